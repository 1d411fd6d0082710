"""What synthesizers and engines are given besides two LLMs, and what comes of it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypedDict, TypeVar, get_args

from llama_index.core.callbacks import CallbackManager
from pydantic import BaseModel, ValidationError

from llama_index_minions._report import Listed
from minions_core.config import RunConfig
from minions_core.engine import Engine
from minions_core.errors import UsageError
from minions_core.journal import Journal

C = TypeVar("C", bound=RunConfig)


class SynthesizerOptions(TypedDict, Generic[C], total=False):
    """What a synthesizer takes besides two models; see `ProtocolSynthesizer`."""

    settings: C | None
    output_cls: type[BaseModel] | None
    streaming: bool
    callback_manager: CallbackManager | None
    empty_response: str | None
    source_nodes: Listed
    journal: Journal | str | os.PathLike[str] | None
    doc_metadata: str


@dataclass
class Kept:
    """The engine of a synthesizer and of its copies: another one once they have other prompts."""

    engine: Engine[Any]


def listed(source_nodes: Listed) -> Listed:
    """Which nodes a response lists.

    Raises:
        UsageError: it is neither of the two.
    """
    if source_nodes not in get_args(Listed):
        raise UsageError(f"source_nodes is {source_nodes!r}: pass 'all' or 'cited'")
    return source_nodes


def with_output(settings: RunConfig, output_cls: type[BaseModel] | None) -> RunConfig:
    """The settings with the class an answer is put into, if there is one.

    Raises:
        UsageError: no answer can be put into it.
    """
    if output_cls is None:
        return settings
    try:
        return settings.replaced(output_schema=output_cls)
    except ValidationError as error:
        raise UsageError(f"output_cls: {error.errors()[0]['msg']}") from error


def refuse_unknown(options: Mapping[str, object]) -> None:
    """Check the names of options, which Python would say of a class nobody knows.

    Raises:
        UsageError: there is no such option.
    """
    known = SynthesizerOptions.__annotations__
    unknown = sorted(options.keys() - known.keys())
    if unknown:
        raise UsageError(
            f"no option is named {', '.join(unknown)}: there are node_postprocessors, "
            f"{', '.join(known)}. What a retriever takes, such as similarity_top_k, goes into "
            "from_index(..., retriever_kwargs={...})"
        )
