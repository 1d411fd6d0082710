"""A reply of OpenAI's chat API, gathered from its pieces or in one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from minions_core.errors import ModelError
from minions_core.messages import FinishReason, Reply, Usage

if TYPE_CHECKING:
    from openai.types import CompletionUsage
    from openai.types.chat import ChatCompletion, ChatCompletionChunk

    from minions_core.models import OnText

_FINISH: Mapping[str | None, FinishReason] = {"stop": "stop", "length": "length"}


class Heard:
    """Gathers a reply.

    Args:
        on_text: told each piece as it arrives.
    """

    def __init__(self, on_text: OnText | None) -> None:
        self._on_text = on_text
        self._pieces: list[str] = []
        self._finish: str | None = None
        self._usage: CompletionUsage | None = None
        self._model: str | None = None

    def add_whole(self, completion: ChatCompletion) -> None:
        """Take a reply that came in one.

        Raises:
            ModelError: there is none in it.
        """
        if not completion.choices:
            raise ModelError(f"a reply without choices: {completion}", retryable=True)
        choice = completion.choices[0]
        self._pieces.append(choice.message.content or choice.message.refusal or "")
        self._finish = choice.finish_reason
        self._usage, self._model = completion.usage, completion.model

    def add(self, chunk: ChatCompletionChunk) -> None:
        """Take a piece of a stream; usage and finish reason may come on different ones."""
        self._usage, self._model = chunk.usage or self._usage, chunk.model or self._model
        for choice in chunk.choices[:1]:
            self._finish = choice.finish_reason or self._finish
            piece = choice.delta.content or choice.delta.refusal or ""
            self._pieces.append(piece)
            if piece and self._on_text:
                self._on_text(piece)

    def reply(self) -> Reply:
        """All that was heard."""
        return Reply(
            text="".join(self._pieces),
            usage=_usage(self._usage) if self._usage else None,
            finish_reason=_FINISH.get(self._finish, "other"),
            model=self._model,
        )


def _usage(told: CompletionUsage) -> Usage:
    details = told.prompt_tokens_details
    return Usage(
        input_tokens=told.prompt_tokens,
        output_tokens=told.completion_tokens,
        cached_input_tokens=(details.cached_tokens if details else None) or 0,
    )
