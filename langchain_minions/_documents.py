"""What a chain is given, as the core reads it, and what it gives back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PureWindowsPath
from typing import Any, TypeAlias, cast

from langchain_core.documents import Document as LangChainDocument
from pydantic import BaseModel, ConfigDict, Field

from minions_core.documents import Document
from minions_core.errors import UsageError
from minions_core.ledger import Account, Ledger
from minions_core.result import Citation, MinionsResult, Status

TASK_KEYS = ("task", "question", "input", "query")

Text: TypeAlias = str | LangChainDocument | Document
CoreText: TypeAlias = str | Document


class ChainInput(BaseModel):
    """What a chain takes: a question and where to look for the answer."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    task: str = Field(description="The question; `question`, `input` and `query` are read too.")
    context: str | LangChainDocument | list[str | LangChainDocument] = Field(
        description="The text to read: a string, a document, or a list of them."
    )
    doc_metadata: str = Field(
        default="", description="What the remote model should know about the documents."
    )


class ChainOutput(BaseModel):
    """What a chain gives back.

    Attributes:
        answer: the answer, with `[n]` markers.
        citations: the passages it rests on, in the order of their first marker.
        documents: the same passages as LangChain documents: the quote, with the metadata of the
            document it stands in and `document`, `start`, `end`, `page`, `number` and `check`.
        status: how the run ended.
        usage: for `local` and `remote` the calls, tokens and models; `cost`, `baseline` and
            `saving` in US dollars, None where a price is unknown.
        result: all of it, with plan, jobs, transcript and ledger.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    answer: str
    citations: list[Citation]
    documents: list[LangChainDocument]
    status: Status
    usage: dict[str, Any]
    result: MinionsResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A chain's input, understood.

    Attributes:
        task: the question.
        context: the texts to read, in the caller's order.
        doc_metadata: what to tell the remote model about them.
    """

    task: str
    context: tuple[CoreText, ...]
    doc_metadata: str = ""


def read_input(given: object, standing_context: object = None) -> Request:
    """What a chain was given, checked.

    Args:
        given: a dict with a question and a context, or the question alone.
        standing_context: what to read where `given` brings no context.

    Raises:
        UsageError: question or context are missing, or of a type that cannot be read.
    """
    fields = cast("Mapping[str, Any]", given) if isinstance(given, Mapping) else {"task": given}
    task = next((fields[key] for key in TASK_KEYS if fields.get(key)), None)
    if not isinstance(task, str) or not task.strip():
        raise UsageError(
            f"no question: give it as a string under one of {_listed(TASK_KEYS)}; "
            f"the input has {_listed(fields) or 'no keys'}"
        )
    texts = _texts(fields.get("context")) or _texts(standing_context)
    if not texts:
        raise UsageError(
            "nothing to read: give the input a 'context' (a string, a Document or a list of them), "
            f"or the chain itself; the input has {_listed(fields)}"
        )
    return Request(
        task=task,
        context=tuple(to_core(text, _unnamed(n, texts)) for n, text in enumerate(texts, start=1)),
        doc_metadata=str(fields.get("doc_metadata") or ""),
    )


def to_core(given: object, unnamed: str = "document") -> CoreText:
    """A text as the core reads it: its name from `source` or `title`, its page from `page`.

    Args:
        given: a string, a LangChain document or a core document.
        unnamed: the name of a LangChain document whose metadata tells none.

    Raises:
        UsageError: `given` is neither a string nor a document.
    """
    if isinstance(given, str | Document):
        return given
    if not isinstance(given, LangChainDocument):
        raise UsageError(
            "a context is made of strings and LangChain Documents, "
            f"not of {type(given).__name__} objects"
        )
    metadata: dict[str, Any] = given.metadata
    return Document(
        given.page_content,
        name=_name(metadata) or unnamed,
        metadata=metadata,
        first_page=_page(metadata),
    )


def to_output(result: MinionsResult, context: Sequence[CoreText]) -> dict[str, Any]:
    """The result of a run over `context`, as `ChainOutput` describes it."""
    return {
        "answer": result.answer,
        "citations": list(result.citations),
        "documents": [_evidence(citation, context) for citation in result.citations],
        "status": result.status,
        "usage": _usage(result.ledger),
        "result": result,
    }


def _texts(given: object) -> list[object]:
    kind = type(given).__name__
    if given is None:
        return []
    if isinstance(given, str | LangChainDocument | Document):
        return [given] if given != "" else []
    if isinstance(given, Mapping) or not isinstance(given, Iterable):
        raise UsageError(f"a context cannot be a {kind}")
    return list(cast("Iterable[object]", given))


def _unnamed(number: int, texts: Sequence[object]) -> str:
    return "document" if len(texts) == 1 else f"document {number}"


def _name(metadata: Mapping[str, Any]) -> str:
    source = str(metadata.get("source") or "")
    # A web address stays whole; of a path only the file name is anybody else's business.
    named = source if "://" in source else PureWindowsPath(source).name
    return named or str(metadata.get("title") or "")


def _page(metadata: Mapping[str, Any]) -> int | None:
    """The page as printed where that is a number; else `page`, which loaders count from 0."""
    label = str(metadata.get("page_label") or "")
    if label.isdecimal():
        return int(label)
    page = metadata.get("page")
    return page + 1 if isinstance(page, int) else None


def _evidence(citation: Citation, context: Sequence[CoreText]) -> LangChainDocument:
    origin = context[citation.document_index]
    place = {
        "document": citation.document,
        "start": citation.start,
        "end": citation.end,
        "page": citation.page,
        "number": citation.number,
        "check": citation.check,
    }
    kept: Mapping[str, Any] = origin.metadata if isinstance(origin, Document) else {}
    known = {key: value for key, value in place.items() if value is not None}
    return LangChainDocument(citation.quote, metadata={**place, **kept, **known})


def _usage(ledger: Ledger) -> dict[str, Any]:
    money = {"cost": ledger.cost, "baseline": ledger.baseline, "saving": ledger.saving}
    return {
        "local": _account(ledger.local),
        "remote": _account(ledger.remote),
        **{name: None if amount is None else float(amount) for name, amount in money.items()},
    }


def _account(account: Account) -> dict[str, Any]:
    usage = account.usage
    return {
        "calls": account.calls,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cached_input_tokens": usage.cached_input_tokens,
        "total_tokens": usage.total_tokens,
        "estimated": usage.estimated,
        "models": list(account.models),
    }


def _listed(names: Iterable[str]) -> str:
    return ", ".join(repr(name) for name in names)
