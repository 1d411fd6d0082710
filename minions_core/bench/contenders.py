"""Who answers: either model alone, the remote one after a search, and both protocols."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from minions_core.bench import direct
from minions_core.bench.dataset import Place, Question
from minions_core.bench.players import Answered, Contender, Models, Name, Options, served_at
from minions_core.config import MinionConfig, MinionsConfig
from minions_core.effects import Ask
from minions_core.engine import Minion, Minions
from minions_core.events import Event
from minions_core.ledger import Ledger, Meter
from minions_core.loose_json import without_thoughts
from minions_core.messages import Role, TokenCounter
from minions_core.models import Model, Resizable, sized_for
from minions_core.prompts import render, template
from minions_core.result import Citation
from minions_core.tokens import token_counter

_PROMPTS = ("direct_system", "direct_question", "answer_alone", "briefing_part")
_NO_MATTER = {"local_concurrency", "remote_concurrency", "max_retries", "price_as", "redactor"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outright:
    """One call of one model, with the whole documents or the chunks found best.

    Attributes:
        name: what it is called.
        role: which model it is.
        model: the model, with room for the longest of its questions if that can be had.
        spec: what tells the model from others.
        top_k: how many chunks it is shown; None for the whole documents.
        count: counts tokens.
    """

    name: Name
    role: Role
    model: Model
    spec: str
    top_k: int | None
    count: TokenCounter = field(compare=False)

    @property
    def settings(self) -> Mapping[str, Any]:
        """All that bears on its answers, as plain JSON data."""
        chunk = None if self.top_k is None else direct.CHUNK_CHARS
        return {
            "contender": self.name,
            "model": self.spec,
            "served_at": served_at(self.model),
            "room": direct.REPLY_TOKENS if self.role == "local" else None,
            "top_k": self.top_k,
            "chunk": chunk,
            "prompts": [template(name) for name in _PROMPTS],
        }

    def needed(self, question: Question) -> int:
        """How many tokens a question, what is shown with it, and the answer take."""
        shown, _ = self._shown(question)
        return direct.tokens_needed(question.text, shown, self.count) + direct.REPLY_TOKENS

    def answer(self, question: Question, observe: Callable[[Event], None]) -> Answered:
        """Answer a question, blocking."""
        shown, found = self._shown(question)
        prompt = direct.tokens_needed(question.text, shown, self.count)
        room = direct.room_beside(prompt, self.model)
        ask = Ask(
            self.role,
            direct.messages(question.text, shown),
            "answer",
            max_output_tokens=room if self.role == "local" else None,
        )
        meter = Meter()
        reply = direct.ask_once(ask, self.model, count=self.count, meter=meter, observe=observe)
        return Answered(
            answer=without_thoughts(reply.text).strip(),
            ending="answered",
            found=found,
            cited=None,
            remote_model=_remote_model(meter.ledger()),
            disclosed_share=self._share(question, shown),
            cut=reply.finish_reason == "length",
        )

    def _shown(self, question: Question) -> tuple[list[direct.Shown], tuple[Place, ...] | None]:
        if self.top_k is None:
            return direct.whole(question.documents), None
        chunks = direct.best_chunks(question.documents, question.text, self.top_k)
        places = (
            Place(chunk.document, chunk.span.start, chunk.span.end)
            for chunk in chunks
            if chunk.document is not None and chunk.span is not None
        )
        return direct.excerpts(question.documents, chunks), tuple(places)

    def _share(self, question: Question, shown: Sequence[direct.Shown]) -> float:
        if self.role == "local":
            return 0.0
        left = sum(self.count(item.text) for item in shown)
        return left / sum(self.count(item.text) for item in question.documents)


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Both models, by one of the protocols.

    Attributes:
        name: what it is called.
        engine: the protocol with its models and settings.
        models: the models, for what tells them from others.
    """

    name: Name
    engine: Minion | Minions
    models: Models

    @property
    def settings(self) -> Mapping[str, Any]:
        """All that bears on its answers, as plain JSON data."""
        config = self.engine.config
        return {
            "contender": self.name,
            "local": self.models.local_spec,
            "remote": self.models.remote_spec,
            "served_at": [served_at(self.models.local), served_at(self.models.remote)],
            "config": config.model_dump(mode="json", exclude=_NO_MATTER),
            "redactor": config.redactor and type(config.redactor).__qualname__,
            "notes": render("answer_alone"),
        }

    def answer(self, question: Question, observe: Callable[[Event], None]) -> Answered:
        """Answer a question, blocking."""
        result = self.engine.run(
            question.text,
            question.documents,
            doc_metadata=render("answer_alone"),
            on_event=observe,
            streams=False,
        )
        return Answered(
            answer=result.answer if result.status == "answered" else "",
            ending=result.status,
            found=_places(result.evidence),
            cited=_places(result.citations),
            remote_model=_remote_model(result.ledger),
            disclosed_share=result.disclosure.share,
        )


def _places(passages: Iterable[Citation]) -> tuple[Place, ...]:
    return tuple(
        Place(item.document_index, item.start, item.end)
        for item in passages
        if item.document_index is not None and item.start is not None and item.end is not None
    )


def _remote_model(ledger: Ledger) -> str | None:
    return ledger.remote.models[-1] if ledger.remote.models else None


def contenders(
    names: Iterable[Name], models: Models, options: Options, questions: Sequence[Question]
) -> list[Contender]:
    """The contenders of these names, in this order.

    Args:
        names: which; each is taken once.
        models: who plays.
        options: what they are told.
        questions: what they will be asked, so that a model whose window can be chosen gets one
            that holds the longest of them.
    """
    return [_contender(name, models, options, questions) for name in dict.fromkeys(names)]


def _contender(
    name: Name, models: Models, options: Options, questions: Sequence[Question]
) -> Contender:
    match name:
        case "minion":
            engine = Minion(models.local, models.remote, config=MinionConfig(**options.shared))
            return Together(name=name, engine=engine, models=models)
        case "minions":
            planned = Minions(models.local, models.remote, config=MinionsConfig(**options.shared))
            return Together(name=name, engine=planned, models=models)
        case "local":
            alone = _outright(name, "local", models.local, models.local_spec)
        case "remote":
            alone = _outright(name, "remote", models.remote, models.remote_spec)
        case "bm25":
            searched = _outright(name, "remote", models.remote, models.remote_spec)
            alone = replace(searched, top_k=options.top_k)
    return _roomy(alone, questions)


def _outright(name: Name, role: Role, model: Model, spec: str) -> Outright:
    count = lru_cache(maxsize=1024)(token_counter(model.name))
    return Outright(name=name, role=role, model=model, spec=spec, top_k=None, count=count)


def _roomy(alone: Outright, questions: Sequence[Question]) -> Outright:
    """With room for every question; one size, since a server may load its model anew for each."""
    if not isinstance(alone.model, Resizable):
        return alone
    needed = max(map(alone.needed, questions), default=direct.REPLY_TOKENS)
    return replace(alone, model=sized_for(alone.model, needed))
