"""What calls are made with, decided alike for every client and both frameworks' models."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from minions_core.effects import JsonSchema

SMALLEST_WINDOW = 8192
"""Tokens; the window of a model that is called before one was chosen."""

_OLLAMA_URL = "http://localhost:11434"
_WINDOW_STEP = 4096
_LIVELY = 0.7  # the least temperature at which samples of one prompt are worth comparing
_REASONING = re.compile(r"(.*/)?(ft:)?(o\d|gpt-[5-9])")
_NOT_IN_NAMES = re.compile(r"[^a-zA-Z0-9_-]")
_LONGEST_NAME = 64


def window_for(tokens: int, *, chosen: int | None = None, trained: int | None = None) -> int:
    """The context window (`num_ctx`) to call a model with.

    Ollama loads a model again whenever its window changes, so windows come in steps of 4096 tokens,
    8192 at least: runs that differ a little share one. What the window holds is what a run works
    with: its chunks are cut to it.

    Args:
        tokens: prompt and reply of the longest call together.
        chosen: what the user set, which stands whatever is needed.
        trained: the longest context the model was trained for, where that is known.

    Returns:
        Tokens; fewer than `tokens` if `chosen` or `trained` are.
    """
    if chosen is not None:
        return chosen
    wanted = max(SMALLEST_WINDOW, -(-tokens // _WINDOW_STEP) * _WINDOW_STEP)
    return min(wanted, trained or wanted)


def ollama_url(given: object) -> str:
    """Where an Ollama listens: at the URL given, else at `OLLAMA_HOST`, else at its usual port."""
    return str(given or os.environ.get("OLLAMA_HOST") or _OLLAMA_URL).rstrip("/")


def trained_length(info: Mapping[str, Any]) -> int | None:
    """The longest context a model was trained for, in tokens; None if Ollama does not tell.

    Args:
        info: the `model_info` of Ollama's `/api/show`.
    """
    lengths = (value for key, value in info.items() if key.endswith(".context_length"))
    return next((length for length in lengths if isinstance(length, int)), None)


class Chance(NamedTuple):
    """How replies are drawn.

    Attributes:
        temperature: 0 for the likeliest reply; None for the model's own setting.
        seed: makes drawing repeatable; None leaves it to chance.
    """

    temperature: float | None
    seed: int | None


def chance_for(sample: int, own: Chance) -> Chance:
    """How the reply to sample `sample` of a prompt is drawn: unlike the others, yet repeatably.

    Args:
        sample: which of several samples, from 1; 0 if it is the only one.
        own: the model's settings; they stand for a single sample.
    """
    if not sample:
        return own
    return Chance(max(own.temperature or 0.0, _LIVELY), (own.seed or 0) + sample)


def reasons(model: str) -> bool:
    """Whether a model of OpenAI is one that takes neither temperature nor `max_tokens`."""
    return _REASONING.match(model) is not None


def response_format(schema: JsonSchema) -> Mapping[str, Any]:
    """A schema as OpenAI's chat API takes it.

    Not in strict mode, which refuses schemas with optional fields, as those of workers are.
    """
    name = _NOT_IN_NAMES.sub("_", schema.name)[:_LONGEST_NAME]
    form = {"name": name, "schema": dict(schema.schema), "strict": False}
    return {"type": "json_schema", "json_schema": form}
