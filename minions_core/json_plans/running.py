"""Plans in JSON, run: which chunks each entry is for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from minions_core.effects import Manifest, PlanRun
from minions_core.errors import UsageError
from minions_core.json_plans.reading import read_plan
from minions_core.plan_tools import JobList, PlanTools, told_of

if TYPE_CHECKING:
    from minions_core.documents import Chunk
    from minions_core.effects import RunPlan
    from minions_core.json_plans.schema import Entry

_DEFAULT_K = 4


def _go_on() -> None:
    """Let a plan run on: nobody minds the time."""


def run_json_plan(plan: RunPlan, check: Callable[[], None] = _go_on) -> PlanRun:
    """The jobs of a plan in JSON, or what is wrong with it; blocks while it cuts and searches.

    Args:
        plan: the plan.
        check: called before each cut and each search; raises a `UsageError` for the plan's author
            if there is to be no other.
    """
    if plan.stage == "transform":
        return PlanRun(error="A plan in JSON has no transform_outputs.")
    earlier = [job.manifest.chunk for job in plan.finished]
    try:
        tools = PlanTools(plan.documents, plan.places, earlier, plan.count, check)
        runner = _Runner(plan, tools)
        return PlanRun(manifests=runner.manifests())
    except UsageError as error:
        return PlanRun(error=str(error))


class _Runner:
    """Runs one plan: what is cut the same way twice is cut once."""

    def __init__(self, plan: RunPlan, tools: PlanTools) -> None:
        self._plan = plan
        self._tools = tools
        self._cuts: dict[object, list[Chunk]] = {}

    def manifests(self) -> tuple[Manifest, ...]:
        jobs = JobList(self._plan.max_manifests, self._plan.max_samples)
        for number, entry in enumerate(read_plan(self._plan.code).jobs, start=1):
            with told_of(f"job {number}"):
                for chunk in self._chunks(entry):
                    for task in entry.tasks:
                        jobs.add(_manifest(entry, chunk, task))
        return jobs.manifests()

    def _chunks(self, entry: Entry) -> list[Chunk]:
        cut = entry.cut
        sources = self._sources(entry)
        chunks = sources if cut is None else [c for s in sources for c in self._cut(s, *cut)]
        wanted = [word.casefold() for word in entry.keywords]
        if wanted:
            chunks = [c for c in chunks if any(word in c.text.casefold() for word in wanted)]
        query = entry.search or (entry.keywords if entry.k is not None else ())
        if not query:
            return chunks
        k = _DEFAULT_K if entry.k is None else entry.k
        return [chunks[n] for n in self._tools.best([c.text for c in chunks], query, k)]

    def _sources(self, entry: Entry) -> list[Chunk]:
        """What to cut: the pages and surroundings asked for, else whole documents."""
        tools, count = self._tools, len(self._plan.documents)
        documents = range(count) if entry.documents is None else entry.documents
        wholes = [tools.whole(number) for number in documents]
        pages = [
            tools.page(number, page)
            for page in entry.pages
            for number in self._paged(page, documents, named=entry.documents is not None)
        ]
        near = [tools.near(number) for number in entry.near]
        return [*pages, *near] if entry.pages or entry.near else wholes

    def _paged(self, page: int, documents: Sequence[int], *, named: bool) -> Sequence[int]:
        """The documents to ask for a page: those named, else those that have it, else any."""
        if named:
            return documents
        return [n for n in documents if page in self._tools.pages(n)] or documents[:1]

    def _cut(self, source: Chunk, name: str, options: tuple[tuple[str, int], ...]) -> list[Chunk]:
        key = (source.document, source.span, name, options)
        if key not in self._cuts:
            self._cuts[key] = self._tools.cut(name, source, **dict(options))
        return self._cuts[key]


def _manifest(entry: Entry, chunk: Chunk, task: str) -> Manifest:
    return Manifest(
        chunk=chunk,
        task=task.strip(),
        advice=entry.advice.strip(),
        kind=entry.kind,
        samples=entry.samples,
    )
