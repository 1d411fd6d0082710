"""MinionS as something one can call."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from minions_core.config import MinionsConfig
from minions_core.documents import Chunk
from minions_core.engine.base import Engine
from minions_core.models import Model, schema_of_workers
from minions_core.protocols import Memory, Task, minions
from minions_core.protocols.work import max_job_tokens
from minions_core.sandbox import MontySandbox, Sandbox
from minions_core.search import best_passages

if TYPE_CHECKING:
    from minions_core.effects import Steps
    from minions_core.result import Outcome


class Minions(Engine[MinionsConfig]):
    """MinionS: the remote model plans, many small local jobs read, the evidence goes back.

    k rounds cost k + 1 calls of the remote model (arXiv 2502.15964, section 5), and k + 2 if its
    answer is to be put into an `output_schema`.

        minions = Minions(OllamaClient(model_name="llama3.2"), OpenAIClient(model_name="gpt-4o"))
        result = minions(task="What was capital expenditure in 2023?", context=[report])
        print(result.answer, result.citations, result.ledger.saving)
    """

    protocol = "minions"

    @classmethod
    def _default_config(cls) -> MinionsConfig:
        return MinionsConfig()

    @staticmethod
    def _steps(task: Task[MinionsConfig], memory: Memory) -> Steps[Outcome]:
        return minions(task, memory)

    def _local_tokens(self, task: Task[MinionsConfig]) -> int:
        return max_job_tokens(task.config)

    def _fitted(self, task: Task[MinionsConfig], local: Model) -> Task[MinionsConfig]:
        schema = schema_of_workers(self.local)
        if schema is not None and "worker_output" not in task.config.model_fields_set:
            task = replace(task, config=task.config.with_workers(schema))
        return replace(task, window=local.context_window, passages=_preview(task))

    def _sandbox(self) -> Sandbox:
        return MontySandbox(self.config.plan_seconds, self.config.plan_memory_mb)


def _preview(task: Task[MinionsConfig]) -> tuple[Chunk, ...]:
    room = task.config.preview
    if not room:
        return ()
    found = best_passages(task.documents, task.question, max_tokens=room, count=task.count)
    return tuple(found)
