"""The fields of `ChatMinions`, for type checkers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypedDict

if TYPE_CHECKING:
    import os

    from langchain_core.caches import BaseCache
    from langchain_core.callbacks import Callbacks
    from langchain_core.language_models import ModelProfile
    from langchain_core.rate_limiters import BaseRateLimiter

    from langchain_minions._runs.engines import Protocol, Shared
    from minions_core.config import Privacy, RunConfig
    from minions_core.journal import Journal


class ModelFields(TypedDict, total=False):
    """What every chat model takes."""

    name: str | None
    cache: BaseCache | bool | None
    verbose: bool
    callbacks: Callbacks
    tags: list[str] | None
    metadata: dict[str, Any] | None
    custom_get_token_ids: Callable[[str], list[int]] | None
    rate_limiter: BaseRateLimiter | None
    disable_streaming: bool | Literal["tool_calling"]
    output_version: str | None
    profile: ModelProfile | None


class ChatFields(ModelFields, total=False):
    """What `ChatMinions` takes beside its models; see there."""

    protocol: Protocol
    settings: RunConfig | None
    max_rounds: int | None
    privacy: Privacy | None
    context: Any
    journal: Journal | str | os.PathLike[str] | None
    long_text_tokens: int
    stop: list[str] | None
    trace_calls: bool
    streaming: bool | None
    shared: Shared
