"""Plans in JSON: what plan code can do, as data.

    {"jobs": [{"tasks": ["One question?"], "search": ["words"], "k": 4}]}

Each entry puts each of its tasks to each of its chunks. The chunks are cut from documents, pages or
the surroundings of evidence, then thinned out by keywords, then by search. Such a plan runs through
the helpers plan code has, within the same limits, and needs no sandbox.
"""

from minions_core.json_plans.reading import holds_json_plan
from minions_core.json_plans.running import run_json_plan
from minions_core.json_plans.schema import chunker_names

__all__ = ["chunker_names", "holds_json_plan", "run_json_plan"]
