"""Texts of the user's own in place of ours: which there may be, and what they must hold.

To the remote model, by MinionS:

    minions_system      the contract, which stands first; its plan is one of the next two
    minions_plan_code   how to write a plan in Python
    minions_plan_json   how to write a plan as data
    minions_replan      said when programs did not work, with how to write a plan as data
    minions_report      what a round found

and to the local model:

    minions_worker      what a worker does, the same for all jobs
    minions_job         the excerpt, the task, and the fields of the reply

To the remote model, by Minion:

    minion_system       the contract
    minion_reply        what the local model said, and its quotes checked

and to the local model:

    minion_worker       what it does, and the text
    minion_question     a question of the remote model's

To the remote model, by both:

    open                the question, the documents and the limits
    earlier             what was asked and answered before; a part of `open`
    answer_form         how to put the answer into an `output_schema`

Replies are read as ever, so what a text tells a model of their form must stay true. In
`minions_job`, keep `{{chunk}}` between `<text>` and `</text>`, which nothing inside it can end, and
before all that differs from job to job, so that servers need not read it again; `{{context}}` of
`minion_worker` likewise. With a redactor, own texts are searched like all others. The stand-ins for
models, `ExtractiveClient` and `OfflineSupervisor`, know the built-in texts alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal, TypeAlias

from minions_core.errors import UsageError
from minions_core.messages import estimate_tokens
from minions_core.prompts import marks, template

Protocol: TypeAlias = Literal["minion", "minions"]

REPLACEABLE: Final[Mapping[Protocol, tuple[str, ...]]] = {
    "minions": (
        "minions_system",
        "minions_plan_code",
        "minions_plan_json",
        "minions_replan",
        "minions_report",
        "minions_worker",
        "minions_job",
        "open",
        "earlier",
        "answer_form",
    ),
    "minion": (
        "minion_system",
        "minion_reply",
        "minion_worker",
        "minion_question",
        "open",
        "earlier",
        "answer_form",
    ),
}
"""The templates of each protocol that a text of the user's own may replace."""

_NAMES: Final[Mapping[Protocol, str]] = {"minions": "Minions", "minion": "Minion"}
_CAUTION = 1.2  # local tokenizers make more of a text than estimates do


def refuse_unfit(own: Mapping[str, str], protocol: Protocol) -> None:
    """Check texts that are to replace templates of a protocol.

    Raises:
        UsageError: one replaces no template of this protocol, is blank, cannot be sent, or has not
            each mark of the template it replaces exactly once.
    """
    strange = [name for name in own if name not in REPLACEABLE[protocol]]
    if strange:
        raise UsageError(
            f"prompts has {_listed(strange)}, and the prompts of {_NAMES[protocol]} are "
            f"{_listed(REPLACEABLE[protocol])}{_hint(strange, protocol)}"
        )
    for name, text in own.items():
        _refuse_unfit_text(name, text)


def _hint(strange: Iterable[str], protocol: Protocol) -> str:
    """A pointer to the other protocol, if it is the one that has such prompts."""
    other: Protocol = "minion" if protocol == "minions" else "minions"
    theirs = [name for name in strange if name in REPLACEABLE[other]]
    return f"; {_listed(theirs)} goes into a {_NAMES[other]}Config" if theirs else ""


def _refuse_unfit_text(name: str, text: str) -> None:
    where = f"prompts[{name!r}]"
    if not text.strip():
        raise UsageError(f"{where} is blank: leave it out to have the built-in text")
    if text != text.encode("utf-8", "replace").decode():
        raise UsageError(f"{where} has a lone surrogate in it, which cannot be sent: take it out")
    wanted, found = marks(template(name)), marks(text)
    lacking, unknown = wanted - found.keys(), found.keys() - wanted
    if lacking:
        raise UsageError(f"{where} lacks {_marked(lacking)}: put each where its value belongs")
    if unknown:
        takes = f"it takes {_marked(wanted)}" if wanted else "it takes no marks at all"
        raise UsageError(f"{where} has {_marked(unknown)}, for which there is no value: {takes}")
    repeated = [name for name, places in found.items() if places > 1]
    if repeated:
        raise UsageError(f"{where} repeats {_marked(repeated)}: put each exactly once")


def excess(own: Mapping[str, str], *templates: str) -> int:
    """How many tokens more own texts are than the templates they replace; estimated, rather high.

    A text that is shorter than ours, or that is not replaced, counts as 0.
    """
    longer = (
        estimate_tokens(own[name]) - estimate_tokens(template(name))
        for name in templates
        if name in own
    )
    return round(sum(max(0, more) for more in longer) * _CAUTION)


def _marked(names: Iterable[str]) -> str:
    return ", ".join(f"{{{{{name}}}}}" for name in sorted(names))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names))
