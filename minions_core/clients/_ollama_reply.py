"""A reply of Ollama's chat API, gathered from its parts or in one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from minions_core.messages import FinishReason, Reply, Usage

if TYPE_CHECKING:
    from ollama import ChatResponse

    from minions_core.models import OnText

_FINISH: Mapping[str | None, FinishReason] = {"stop": "stop", "length": "length"}


class Heard:
    """Gathers a reply.

    Args:
        model: the model's tag.
        on_text: told each piece as it arrives.
    """

    def __init__(self, model: str, on_text: OnText | None) -> None:
        self._model = model
        self._on_text = on_text
        self._pieces: list[str] = []
        self._last: ChatResponse | None = None

    def add(self, part: ChatResponse) -> None:
        """Take a part of a stream, or a reply that came in one."""
        piece = part.message.content or ""
        self._pieces.append(piece)
        self._last = part
        if piece and self._on_text:
            self._on_text(piece)

    def reply(self) -> Reply:
        """All that was heard."""
        told = self._last.done_reason if self._last else None
        return Reply(
            text="".join(self._pieces),
            usage=self._usage(),
            finish_reason=_FINISH.get(told, "other"),
            model=self._model,
        )

    def _usage(self) -> Usage | None:
        if self._last is None or not self._last.prompt_eval_count:
            return None
        return Usage(
            input_tokens=self._last.prompt_eval_count, output_tokens=self._last.eval_count or 0
        )
