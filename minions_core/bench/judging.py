"""A language model marks the answers, by the key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast, get_args

from minions_core.bench.dataset import Question
from minions_core.bench.direct import ask_once
from minions_core.bench.players import served_at
from minions_core.bench.records import Judgement, Paid, Record, Verdict, fingerprint
from minions_core.effects import Ask, JsonSchema
from minions_core.errors import ModelError, UsageError
from minions_core.events import CallFinished, Event
from minions_core.evidence.markers import renumbered
from minions_core.ledger import Meter
from minions_core.loose_json import objects, without_thoughts
from minions_core.messages import Message, TokenCounter
from minions_core.models import Model, well_formed
from minions_core.prompts import fenced, render, template
from minions_core.tokens import token_counter

_VERDICTS: tuple[str, ...] = get_args(Verdict)
_SCHEMA = JsonSchema(
    name="verdict",
    schema={
        "type": "object",
        "properties": {
            "reason": {"type": "string"},
            "verdict": {"type": "string", "enum": list(_VERDICTS)},
        },
        "required": ["reason", "verdict"],
        "additionalProperties": False,
    },
)
_NOT_TOLD = "The documents do not tell."
_OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Judge:
    """A model that marks answers.

    Attributes:
        model: the model.
        spec: what tells it from others.
    """

    model: Model
    spec: str

    def __post_init__(self) -> None:
        """Refuse the stand-in.

        Raises:
            UsageError: it is no language model.
        """
        if self.spec == _OFFLINE:
            raise UsageError("--judge offline: the offline models cannot judge; name a real one")

    def key(self, question: Question, record: Record) -> str:
        """The fingerprint of the judgement of an answer."""
        return fingerprint(
            judge=self.spec,
            served_at=served_at(self.model),
            prompts=[template("judge_system"), template("judge")],
            question=question.text,
            answers=list(question.answers),
            answer=record.answer,
        )

    def judge(
        self, question: Question, record: Record, observe: Callable[[Event], None]
    ) -> Judgement:
        """Mark an answer, blocking; no reply, or one that cannot be read, is no verdict.

        Raises:
            ModelError: no further call can succeed.
        """
        calls: list[Paid] = []

        def note(event: Event) -> None:
            if isinstance(event, CallFinished):
                calls.append(Paid(role=event.role, usage=event.usage))
            observe(event)

        key, ask, count = self.key(question, record), _ask(question, record), self._count
        try:
            reply = ask_once(ask, self.model, count=count, meter=Meter(), observe=note)
        except ModelError as error:
            if error.fatal:
                raise
            return Judgement(key=key, reason=well_formed(str(error)), calls=tuple(calls))
        verdict, reason = _read(without_thoughts(reply.text))
        return Judgement(
            key=key, verdict=verdict, reason=reason, calls=tuple(calls), model=reply.model
        )

    @property
    def _count(self) -> TokenCounter:
        return token_counter(self.model.name)


def _ask(question: Question, record: Record) -> Ask:
    told = render(
        "judge",
        question=fenced(question.text),
        key=fenced("\nor: ".join(question.answers) or _NOT_TOLD),
        answer=fenced(renumbered(record.answer, {}) or "(no answer)"),
    )
    system = Message("system", render("judge_system"))
    return Ask("remote", (system, Message("user", told)), "verdict", schema=_SCHEMA)


def _read(text: str) -> tuple[Verdict | None, str]:
    """The verdict and its reason, from the object that gives one, whatever stands around it.

    Where objects differ, as where the judge quotes an answer that marks itself, there is none.
    """
    found = [one.value for one in objects(text)]
    if not found:
        return None, f"the judge did not reply in JSON: {_begun(text)}"
    marks = {word: one for one in found if (word := _word(one.get("verdict"))) in _VERDICTS}
    if len(marks) != 1:
        said = "two verdicts" if marks else "no verdict"
        return None, f"the judge gave {said}: {_begun(text)}"
    ((word, given),) = marks.items()
    return cast("Verdict", word), str(given.get("reason", ""))


def _word(given: object) -> str:
    return given.strip(" .").casefold() if isinstance(given, str) else ""


def _begun(text: str) -> str:
    return text.strip()[:200]
