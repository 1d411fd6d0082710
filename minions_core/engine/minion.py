"""Minion as something one can call."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from minions_core.config import MinionConfig
from minions_core.engine.base import Engine
from minions_core.errors import ContextWindowExceeded
from minions_core.models import Model
from minions_core.protocols import Memory, Task, minion
from minions_core.protocols.minion import tokens_needed

if TYPE_CHECKING:
    from minions_core.effects import Steps
    from minions_core.result import Outcome

_MODEST_WINDOW = 8192


class Minion(Engine[MinionConfig]):
    """Minion: the local model has the documents before it, and the remote model questions it.

    r rounds cost r + 1 calls of the remote model (arXiv 2502.15964, section 4), and r + 2 if its
    answer is to be put into an `output_schema`. Cheaper than `Minions`, and enough where the whole
    context fits the local model's window.

        minion = Minion(OllamaClient(model_name="llama3.2"), OpenAIClient(model_name="gpt-4o"))
        result = minion(task="Is the patient at risk?", context=[record])
    """

    protocol = "minion"

    @classmethod
    def _default_config(cls) -> MinionConfig:
        return MinionConfig()

    @staticmethod
    def _steps(task: Task[MinionConfig], memory: Memory) -> Steps[Outcome]:
        return minion(task, memory)

    def _local_tokens(self, task: Task[MinionConfig]) -> int:
        modest = _MODEST_WINDOW if task.config.overflow == "search" else tokens_needed(task)
        return task.config.local_window or self.local.context_window or modest

    def _fitted(self, task: Task[MinionConfig], local: Model) -> Task[MinionConfig]:
        window = task.config.local_window or local.context_window
        if task.config.overflow == "search":
            return replace(task, window=window or _MODEST_WINDOW)
        needed = tokens_needed(task)
        if window is not None and needed > window:
            raise ContextWindowExceeded(
                f"the context needs about {needed:,} tokens and the local model holds {window:,}: "
                "use Minions, which reads in chunks, set overflow='search', or enlarge the window"
            )
        return task
