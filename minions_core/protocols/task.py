"""What a protocol is given."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar

from minions_core.briefing import form_of
from minions_core.evidence import Library
from minions_core.outline import Heading, heading_at, headings
from minions_core.prompts import render
from minions_core.prompts.own import excess
from minions_core.protocols.blank import blank_form
from minions_core.protocols.purse import CostOf, unknown_cost
from minions_core.redaction import Vault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from minions_core.config import RunConfig
    from minions_core.documents import Chunk, Document
    from minions_core.effects import JsonSchema
    from minions_core.messages import TokenCounter
    from minions_core.result import Turn

INVENTORY_TOKENS = 1000
"""What the list of the documents may come to in the first turn."""

HISTORY_TOKENS = 2000
"""The same for the turns before."""

_SAMPLES = 8
_SAMPLE_CHARS = 500
_MOST_CHARS_PER_TOKEN = 3.0
_CONTRACT_TOKENS = 2000
_TURN_TOKENS = 1000
_REPORTS = ("minions_report", "minion_reply")
_ONCE = (
    *("minions_system", "minions_plan_code", "minions_plan_json", "minions_replan"),
    *("minion_system", "open", "earlier"),
)

C_co = TypeVar("C_co", covariant=True, bound="RunConfig")


@dataclass(frozen=True, kw_only=True)
class Task(Generic[C_co]):
    """A question, the documents that hold the answer, and how to go about it.

    Attributes:
        question: what the user wants to know.
        documents: where to look, at least one.
        config: the protocol's settings.
        count: counts tokens.
        notes: what the user says about the documents, passed to the remote model.
        window: tokens of prompt and reply the local model holds, where that is known and matters.
        history: what was asked and answered before.
        passages: what of the documents suits the question best, to show in the very first turn.
        cost_of: prices the remote model.
    """

    question: str
    documents: tuple[Document, ...]
    config: C_co
    count: TokenCounter
    notes: str = ""
    window: int | None = None
    history: tuple[Turn, ...] = ()
    passages: tuple[Chunk, ...] = ()
    cost_of: CostOf = unknown_cost

    @cached_property
    def _searched(self) -> tuple[Vault, tuple[Document, ...]]:
        """A vault that knows what is sensitive in all texts, and the documents with that hidden."""
        said = [text for turn in self.history for text in (turn.question, turn.answer)]
        named = [document.name for document in self.documents]
        asked = [self.question, self.notes, self.form_prompt, *self.config.prompts.values()]
        others = [*asked, *said, *named]
        vault = Vault(self.config.redactor, (*others, *(each.text for each in self.documents)))
        for text in others:
            _ = vault.learn(text)
        for document in self.documents:  # what one tells may stand half said in another
            _ = vault.learn(document.text)
        return vault, tuple(replace(each, text=vault.hide(each.text)) for each in self.documents)

    def render(self, template: str, /, **values: object) -> str:
        """A prompt of the run: the user's own text where the settings have one, or else ours.

        Raises:
            LookupError: `values` are not exactly what the text names.
        """
        return render(template, self.config.prompts, **values)

    @cached_property
    def form(self) -> JsonSchema | None:
        """The form the answer is to be put into; None if there is none."""
        schema = self.config.output_schema
        return None if schema is None else blank_form(schema)

    @cached_property
    def form_prompt(self) -> str:
        """How the remote model is told to fill in the form; nothing if there is none."""
        if self.form is None:
            return ""
        schema = json.dumps(self.form.schema, ensure_ascii=False, separators=(",", ":"))
        return self.render("answer_form", schema=schema)

    @cached_property
    def form_fields(self) -> str:
        """What the remote model is told of the form before it asks; nothing if there is none."""
        return form_of([self.form.schema] if self.form else [])

    def report_tokens(self, found: int) -> int:
        """How many tokens `found` tokens of evidence come to in a report.

        As many, as our few words around them do not count; more, if the user's own text around
        them is longer than ours.
        """
        return found + excess(self.config.prompts, *_REPORTS)

    def search(self) -> Self:
        """Search all texts for what is sensitive now: of long ones that takes a while.

        Otherwise it is done when the vault is first wanted.

        Raises:
            RedactionError: the redactor failed.
        """
        _ = self._searched
        return self

    @property
    def vault(self) -> Vault:
        """Hides what must not leave the machine; knows all texts of the task, and is one run's."""
        return self._searched[0]

    @property
    def hidden(self) -> tuple[Document, ...]:
        """The documents with what is sensitive in them hidden."""
        return self._searched[1]

    @cached_property
    def library(self) -> Library:
        """The documents, folded at most once for all rounds, to look quotes up in."""
        return Library(self.documents)

    @cached_property
    def _headings(self) -> tuple[list[Heading], ...]:
        return tuple(headings(document.text) for document in self.documents)

    @cached_property
    def chars_per_token(self) -> float:
        """How many characters of the documents make a token, at the least, by samples.

        Rows of figures run to about three, some scripts to less than one.
        """
        samples = (sample for document in self.documents for sample in _samples(document.text))
        counted = ((len(sample), self.count(sample)) for sample in filter(str.strip, samples))
        return min(
            [_MOST_CHARS_PER_TOKEN, *(chars / tokens for chars, tokens in counted if tokens)]
        )

    def heading_at(self, document: int, offset: int) -> str | None:
        """The nearest heading above a character of a document, or None."""
        heading = heading_at(self._headings[document], offset)
        return heading.text if heading else None


def _samples(text: str) -> Iterator[str]:
    """Stretches from all over a text; a short one would tell nothing, so the last is no shorter."""
    last = max(0, len(text) - _SAMPLE_CHARS)
    for start in range(0, last + 1, last // _SAMPLES + 1):
        yield text[start : start + _SAMPLE_CHARS]


def remote_tokens_needed(task: Task[RunConfig]) -> int:
    """Tokens the remote model's conversation may come to: the contract, and every round of it."""
    config = task.config
    evidence = getattr(config, "max_evidence_tokens", config.max_reply_tokens)
    preview = getattr(config, "preview", 0)
    asked = task.count(task.question) + task.count(task.notes)
    earlier = HISTORY_TOKENS if task.history else 0
    told = INVENTORY_TOKENS + asked + earlier + preview + task.count(task.form_fields)
    opening = _CONTRACT_TOKENS + told + excess(config.prompts, *_ONCE)
    form = 2 * task.count(task.form_prompt) + _TURN_TOKENS if task.form else 0
    return opening + form + (config.max_rounds + 1) * (task.report_tokens(evidence) + _TURN_TOKENS)
