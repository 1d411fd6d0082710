"""The helpers a plan may call, and what becomes of the jobs it wants."""

from minions_core.plan_tools.manifests import JobList, as_manifests, job_kind, told_of
from minions_core.plan_tools.tools import PlanTools, chunker_options

__all__ = ["JobList", "PlanTools", "as_manifests", "chunker_options", "job_kind", "told_of"]
