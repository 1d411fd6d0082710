"""What a run is given, checked at the door, before anything is paid."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast

from minions_core.config import MinionsConfig, RunConfig
from minions_core.documents import Document
from minions_core.errors import UsageError
from minions_core.models import Model, is_model, well_formed
from minions_core.prompts.own import refuse_unfit
from minions_core.result import MinionsResult, Turn

if TYPE_CHECKING:
    from pydantic import BaseModel

    from minions_core.messages import Role

Context: TypeAlias = str | Document | Sequence[str | Document]
"""What to read: one text or document, or several."""

History: TypeAlias = Sequence[MinionsResult | Turn]
"""What was asked and answered before, oldest first."""

C = TypeVar("C", bound=RunConfig)
S = TypeVar("S", bound="BaseModel")

_NO_LISTS: tuple[type, ...] = (Mapping, bytes, bytearray)
_PATH = re.compile(
    r"\S{0,200}[\w)]\.(?:txt|md|pdf|docx?|html?|csv|json|xml|rtf|epub)", re.IGNORECASE
)


def as_documents(context: Context) -> tuple[Document, ...]:
    """A run's context as documents, each text named by its place in the list.

    Raises:
        UsageError: there is no text in it, or paths and PDF files alone, or something that is
            neither text nor document.
    """
    items = [context] if isinstance(context, str | Document) else _listed(context)
    documents = tuple(_document(item, number, len(items)) for number, item in enumerate(items, 1))
    doubts = [_doubt(document.text) for document in documents if document.text.strip()]
    if not doubts:
        raise UsageError("context is empty: pass the text, or a list of texts or Documents")
    if doubts[0] and all(doubts):  # among other finds of a search such a text may well be one
        raise UsageError(doubts[0])
    return documents


def _doubt(text: str) -> str | None:
    """Why a text does not seem to be one, or None if it does."""
    if text.startswith("%PDF-"):
        return (
            "context holds a PDF file as it is: pass the text in it, as pypdf or a loader of your "
            "framework extracts it"
        )
    if _PATH.fullmatch(text.strip()):
        return (
            f"context is {text.strip()!r}, which looks like a path: pass the text of the file, "
            "such as pathlib.Path(...).read_text()"
        )
    return None


def _listed(context: object) -> list[object]:
    if isinstance(context, _NO_LISTS) or not isinstance(context, Iterable):
        raise UsageError(
            f"context is a {type(context).__name__}: pass the text itself, a "
            "minions_core.Document, or a list of them"
        )
    return list(cast("Iterable[object]", context))


def _document(item: object, number: int, of: int) -> Document:
    if isinstance(item, Document):
        return replace(item, text=well_formed(item.text), name=well_formed(item.name))
    if isinstance(item, str):
        return Document(well_formed(item), "document" if of == 1 else f"document {number}")
    raise UsageError(
        f"context holds a {type(item).__name__}: pass str or minions_core.Document "
        "(the framework adapters take the documents of their frameworks)"
    )


def model(given: object, role: Role) -> Model:
    """The model of a role.

    Raises:
        UsageError: it is none.
    """
    if not is_model(given):
        raise UsageError(
            f"{role} is a {type(given).__name__}, which is no model: pass a client of "
            "minions_core.clients, or use the adapter of your framework"
        )
    return given


def question(task: object) -> str:
    """The question, trimmed.

    Raises:
        UsageError: it is no text, or empty.
    """
    if not isinstance(task, str) or not task.strip():
        raise UsageError("task is empty: pass the question as a string")
    return well_formed(task).strip()


def notes(doc_metadata: object) -> str:
    """What is said about the documents, trimmed; None is nothing.

    Raises:
        UsageError: it is no text.
    """
    if doc_metadata is None:
        return ""
    if not isinstance(doc_metadata, str):
        raise UsageError(
            f"doc_metadata is a {type(doc_metadata).__name__}: say in a string what kind of "
            "documents they are"
        )
    return well_formed(doc_metadata).strip()


def turns(history: object) -> tuple[Turn, ...]:
    """Earlier results as turns.

    Raises:
        UsageError: something in it is neither a result nor a turn.
    """
    if isinstance(history, Sequence) and not isinstance(history, str):
        return tuple(map(_turn, cast("Sequence[object]", history)))
    return (_turn(history),)


def _turn(item: object) -> Turn:
    if isinstance(item, MinionsResult):
        return item.as_turn()
    if isinstance(item, Turn):
        return item
    raise UsageError(
        f"history holds a {type(item).__name__}: pass earlier results, or "
        "minions_core.Turn(question=..., answer=...) for each"
    )


def settings(config: S | None, default: S) -> S:
    """The settings given, or else the defaults.

    Raises:
        UsageError: they are those of another protocol, or have prompts that cannot take the place
            of its own.
    """
    if config is None:
        return default
    if not isinstance(config, type(default)):
        wanted = type(default).__name__
        raise UsageError(f"config is a {type(config).__name__}: pass a {wanted}")
    if isinstance(config, RunConfig):
        refuse_unfit(config.prompts, "minions" if isinstance(config, MinionsConfig) else "minion")
    return config


def with_rounds(config: C, max_rounds: object) -> C:
    """The settings, with another `max_rounds` if one is given.

    Raises:
        UsageError: it is no whole number of at least 1.
    """
    if max_rounds is None:
        return config
    if not isinstance(max_rounds, int) or max_rounds < 1:
        raise UsageError(f"max_rounds is {max_rounds!r}: pass a whole number of at least 1")
    return config.model_copy(update={"max_rounds": max_rounds})
