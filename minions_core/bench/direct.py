"""Asking a model outright: the documents, or the passages that suit best, and the question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from minions_core.config import Budget
from minions_core.documents import Chunk, Document
from minions_core.drivers import Conditions, Permits, ThreadedDriver
from minions_core.effects import Ask, Steps
from minions_core.errors import ContextWindowExceeded
from minions_core.events import Event
from minions_core.ledger import Meter
from minions_core.messages import Message, Reply, TokenCounter
from minions_core.models import Model
from minions_core.prompts import fenced, render
from minions_core.run import observers_error
from minions_core.sandbox import MontySandbox
from minions_core.search import Index, cut_all

CHUNK_CHARS = 1000
REPLY_TOKENS = 2048
"""Room for the reply to a direct question, on top of its prompt: some models think first."""
_LEAST_REPLY_TOKENS = 512

_RETRIES = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """What a model is shown of the documents, and what it is called there."""

    title: str
    text: str


def whole(documents: Sequence[Document]) -> list[Shown]:
    """All of the documents."""
    named = enumerate(documents, start=1)
    return [Shown(f"Document {n}: {item.name}", item.text) for n, item in named]


def excerpts(documents: Sequence[Document], chunks: Sequence[Chunk]) -> list[Shown]:
    """Chunks of the documents."""
    return [_excerpt(documents[chunk.document or 0], chunk) for chunk in chunks]


def _excerpt(document: Document, chunk: Chunk) -> Shown:
    page = document.page_at(chunk.span.start) if chunk.span else None
    on = "" if page is None else f", p. {page}"
    title = f"{document.name}{on}, excerpt {chunk.number} of {chunk.of}"
    return Shown(title, chunk.text)


def best_chunks(documents: tuple[Document, ...], question: str, k: int) -> list[Chunk]:
    """The chunks that suit a question best by BM25, best first."""
    chunks, index = _indexed(documents)
    return [chunks[found] for found in index.top(question, k)]


@lru_cache(maxsize=4)
def _indexed(documents: tuple[Document, ...]) -> tuple[list[Chunk], Index]:
    chunks = list(cut_all(documents, CHUNK_CHARS))
    return chunks, Index([chunk.text for chunk in chunks])


def messages(question: str, shown: Sequence[Shown]) -> tuple[Message, ...]:
    """The conversation that asks a question outright."""
    parts = [render("briefing_part", title=item.title, text=fenced(item.text)) for item in shown]
    system = render("direct_system", answer_alone=render("answer_alone"))
    asked = render("direct_question", documents="\n\n".join(parts), question=question)
    return Message("system", system), Message("user", asked)


def tokens_needed(question: str, shown: Sequence[Shown], count: TokenCounter) -> int:
    """How many tokens the conversation that asks a question takes, a reply to it left out."""
    around = sum(count(message.content) for message in messages(question, ()))
    return around + sum(count(item.text) + count(item.title) for item in shown)


def ask_once(
    ask: Ask,
    model: Model,
    *,
    count: TokenCounter,
    meter: Meter,
    observe: Callable[[Event], None],
) -> Reply:
    """One call of one model, tried again as in every run.

    Raises:
        ContextWindowExceeded: what is asked does not fit the model.
        ModelError: the call failed.
    """
    conditions = Conditions(
        models={ask.role: model},
        sandbox=MontySandbox(),
        permits=Permits({ask.role: 1}),
        count=count,
        observe=observe,
        budget=Budget(),
        meter=meter,
        retries=_RETRIES,
    )
    with observers_error():
        reply = ThreadedDriver(conditions).run(_asking(ask))
    if reply.finish_reason == "input_truncated":
        raise ContextWindowExceeded("the server cut the prompt: the documents do not fit the model")
    return reply


def _asking(ask: Ask) -> Steps[Reply]:
    return (yield from ask)


def room_beside(prompt: int, model: Model) -> int:
    """How many tokens a reply to a prompt of so many may have: fewer where the window is short.

    Some of a short window is left over, since a server may count the prompt longer.

    Raises:
        ContextWindowExceeded: the model's window is known, and leaves too few.
    """
    window = model.context_window
    if window is None:
        return REPLY_TOKENS
    if window - prompt < _LEAST_REPLY_TOKENS:
        raise ContextWindowExceeded(
            f"documents, question and answer need about {prompt + _LEAST_REPLY_TOKENS:,} tokens "
            f"and {model.name} holds {window:,}"
        )
    return min(REPLY_TOKENS, max(_LEAST_REPLY_TOKENS, (window - prompt) * 3 // 4))
