"""What a chain is given, as the core reads it, and what it gives back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from langchain_core.documents import Document as LangChainDocument
from langchain_core.messages import BaseMessage
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, create_model

from langchain_minions._runs.history import Earlier, turns_of
from langchain_minions._runs.reading import Reading
from langchain_minions._runs.record import usage_of
from minions_core.documents import Document
from minions_core.errors import UsageError
from minions_core.result import Citation, MinionsResult, Status

Text: TypeAlias = str | LangChainDocument | Document

TASK_KEYS = ("task", "question", "input", "query")


class QuestionInput(BaseModel):
    """What a chain with a context of its own takes: a question."""

    task: str = Field(
        validation_alias=AliasChoices(*TASK_KEYS),
        description="The question, in full: it is all that is known of what is asked.",
    )


class ChainInput(QuestionInput):
    """What a chain takes: a question and where to look for the answer."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    context: Text | list[Text] = Field(
        description="The text to read: a string, a document, or a list of them."
    )
    doc_metadata: str = Field(
        default="", description="What the remote model should know about the documents."
    )
    chat_history: list[Any] = Field(
        default=[], description="What was asked and answered before: messages, or earlier outputs."
    )


class ChainOutput(BaseModel):
    """What a chain gives back.

    Attributes:
        answer: the answer, with `[n]` markers.
        citations: the passages it rests on, in the order of their first marker.
        documents: the same passages, in the same order, as LangChain documents: the quote, with the
            metadata of the document it stands in (of the page, where documents are pages) just as
            they were given. Keys that are free there are added: `document` (its name), `start` and
            `end` in its `page_content`, `page_label` (a string: the page, counted from 1),
            `number`, `check`, and `document_id` if it has an id. What is not known is None. A
            passage over the edge of a page is placed on that which holds most of it.

            Of pages loaders count `page` from 0 and `page_number` from 1, and `page_label` is as
            printed; a citation's `page` is the printed number, or else counted from 1.
        evidence: all passages that were found, cited or not, in the same form.
        status: how the run ended.
        usage: for `local` and `remote` the calls, tokens and models; `cost`, `baseline` and
            `saving` in US dollars, None where a price is unknown.
        result: all of it, with plan, jobs, transcript and ledger.
        output: the answer as an object of the settings' `output_schema`, or None if it could not be
            put into it, of which the notes of `result` tell. Only there with such a schema.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    answer: str
    citations: list[Citation]
    documents: list[LangChainDocument]
    evidence: list[LangChainDocument]
    status: Status
    usage: dict[str, Any]
    result: MinionsResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A chain's input, understood.

    Attributes:
        task: the question.
        reading: what to read.
        doc_metadata: what to tell the remote model about them.
        history: what was asked and answered before.
    """

    task: str
    reading: Reading
    doc_metadata: str = ""
    history: tuple[Earlier, ...] = ()


def read_input(given: object, standing_context: object = None) -> Request:
    """What a chain was given, checked.

    Args:
        given: a dict with a question and a context, or the question alone.
        standing_context: what to read where `given` brings no context.

    Raises:
        UsageError: question or context are missing, or something is of a type that cannot be read.
            Other keys a pipe may carry are left alone.
    """
    fields = cast("Mapping[str, Any]", given) if isinstance(given, Mapping) else {"task": given}
    task = _question(fields)
    texts = texts_of(fields.get("context")) or texts_of(standing_context)
    if not texts:
        raise UsageError(
            "nothing to read: give the input a 'context' (a string, a Document or a list of them), "
            f"or the chain itself; the input has {_listed(fields)}"
        )
    return Request(
        task=task,
        reading=Reading.of(texts),
        doc_metadata=str(fields.get("doc_metadata") or ""),
        history=turns_of(fields.get("chat_history")),
    )


def output_schema(form: type[BaseModel] | None) -> type[BaseModel]:
    """The keys of an output, where the settings have this `output_schema`."""
    if form is None:
        return ChainOutput
    filled: Any = form | None
    return create_model("FilledOutput", __base__=ChainOutput, output=(filled, None))


def to_output(
    result: MinionsResult, reading: Reading, form: type[BaseModel] | None = None
) -> dict[str, Any]:
    """The result of a run over `reading`, as `ChainOutput` describes it.

    Args:
        result: what came of the run.
        reading: what it read.
        form: the `output_schema` of its settings.
    """
    output = {
        "answer": result.answer,
        "citations": list(result.citations),
        "documents": [reading.evidence(citation) for citation in result.citations],
        "evidence": [reading.evidence(citation) for citation in result.evidence],
        "status": result.status,
        "usage": usage_of(result.ledger),
        "result": result,
    }
    return output if form is None else {**output, "output": _filled(form, result)}


def _filled(form: type[BaseModel], result: MinionsResult) -> BaseModel | None:
    if result.output is None:
        return None
    return form.model_validate_json(json.dumps(result.output))  # of JSON, for strict classes


def texts_of(given: object) -> list[object]:
    """A context as a list of what is in it, each still to be looked at; None is nothing.

    Raises:
        UsageError: it is nothing that could hold texts.
    """
    kind = type(given).__name__
    if given is None:
        return []
    if isinstance(given, str | LangChainDocument | Document):
        return [given] if given != "" else []
    if isinstance(given, Mapping) or not isinstance(given, Iterable):
        raise UsageError(f"a context cannot be a {kind}")
    return list(cast("Iterable[object]", given))


def _question(fields: Mapping[str, Any]) -> str:
    """The first of the names of a question that holds one; a message is what it says."""
    for key in TASK_KEYS:
        said = fields.get(key)
        text = str(said.text) if isinstance(said, BaseMessage) else said
        if text is not None and not isinstance(text, str):
            kind = type(said).__name__
            raise UsageError(f"the question under {key!r} is a {kind}: give it as a string")
        if text and text.strip():
            return text
    raise UsageError(
        f"no question: give it as a string under one of {_listed(TASK_KEYS)}; "
        f"the input has {_listed(fields) or 'no keys'}, and no question in it"
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(repr(name) for name in names)
