"""A language model marks the answers, by the key."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from minions_core.bench.dataset import Question
from minions_core.bench.direct import ask_once
from minions_core.bench.records import Judgement, Paid, Record, fingerprint
from minions_core.effects import Ask, JsonSchema
from minions_core.errors import UsageError
from minions_core.events import CallFinished, Event
from minions_core.evidence.markers import renumbered
from minions_core.ledger import Meter
from minions_core.loose_json import without_thoughts
from minions_core.messages import Message
from minions_core.models import Model
from minions_core.prompts import fenced, render, template
from minions_core.tokens import token_counter

_VERDICTS = ("right", "partly", "wrong")
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
            prompts=[template("judge_system"), template("judge")],
            question=question.text,
            answers=list(question.answers),
            answer=record.answer,
        )

    def judge(
        self, question: Question, record: Record, observe: Callable[[Event], None]
    ) -> Judgement:
        """Mark an answer, blocking; a reply that cannot be read is no verdict.

        Raises:
            ModelError: the call failed.
        """
        calls: list[Paid] = []

        def note(event: Event) -> None:
            if isinstance(event, CallFinished):
                calls.append(Paid(role=event.role, usage=event.usage))
            observe(event)

        meter = Meter()
        count = token_counter(self.model.name)
        reply = ask_once(_ask(question, record), self.model, count=count, meter=meter, observe=note)
        verdict, reason = _read(without_thoughts(reply.text))
        return Judgement(
            key=self.key(question, record),
            verdict=verdict,
            reason=reason,
            calls=tuple(calls),
            model=reply.model,
        )


def _ask(question: Question, record: Record) -> Ask:
    told = render(
        "judge",
        question=fenced(question.text),
        key=fenced("\nor: ".join(question.answers) or _NOT_TOLD),
        answer=fenced(renumbered(record.answer, {}) or "(no answer)"),
    )
    system = Message("system", render("judge_system"))
    return Ask("remote", (system, Message("user", told)), "verdict", schema=_SCHEMA)


def _read(text: str) -> tuple[Literal["right", "partly", "wrong"] | None, str]:
    """The verdict and its reason, from one JSON object and nothing else, but for a code fence."""
    bare = text.strip().removeprefix("```json").removeprefix("```").removesuffix("```")
    try:
        data: Any = json.loads(bare)
    except ValueError:
        return None, f"the judge did not reply in JSON: {text.strip()[:200]}"
    fields: Mapping[str, Any] = cast("Mapping[str, Any]", data) if isinstance(data, dict) else {}
    verdict = fields.get("verdict")
    if verdict not in _VERDICTS:
        return None, f"the judge gave no verdict: {text.strip()[:200]}"
    return verdict, str(fields.get("reason", ""))
