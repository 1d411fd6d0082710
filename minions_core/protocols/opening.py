"""How a run opens: the question, the documents, what came before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minions_core.config import RunConfig
from minions_core.effects import Emit
from minions_core.events import EvidenceGathered
from minions_core.evidence import (
    Wording,
    one_line,
    passages_report,
    quoted,
    recalled,
    report_line,
)
from minions_core.ledger import Disclosed
from minions_core.messages import Message
from minions_core.outline import outline
from minions_core.protocols.task import HISTORY_TOKENS, INVENTORY_TOKENS

if TYPE_CHECKING:
    from minions_core.documents import Document
    from minions_core.effects import Steps
    from minions_core.protocols.memory import Memory
    from minions_core.protocols.task import Task
    from minions_core.result import Turn

_OUTLINE_TOKENS = 100
_STILL_STANDS = "Evidence of those answers, which still stands and may be cited again:"
_PREVIEW = "Passages found by search; answer at once if they suffice:"
_MOST_NAME_CHARS = 80
_MOST_DOCUMENTS = 60
_MOST_TURN_CHARS = 4000
_LONG_CHARS = 10_000
_BEGINNING_CHARS = 150
_MOST_BEGINNING_CHARS = 1000  # white space included


def open_conversation(
    task: Task[RunConfig], memory: Memory, system: str, limits: str
) -> Steps[None]:
    """Tell the remote model what the run is about, and whoever watches what is known already.

    Args:
        task: the question and all there is to answer it.
        memory: takes down the conversation, and the evidence of earlier turns and of the preview.
        system: the contract, the same for every run of the same settings.
        limits: what the remote model may ask for.
    """
    # Ours names nobody; one of the user's own may.
    contract = memory.vault.hide(system) if task.config.prompts else system
    memory.conversation.append(Message("system", contract))
    told = "\n".join(filter(None, (task.notes, task.form_fields)))
    notes = f"Notes: {told}\n" if told else ""
    earlier, said = _earlier(task, memory)
    inventory, listed = _inventory(task, memory)
    preview, shown = _preview(task, memory)
    opening = task.render(
        "open",
        earlier=earlier,
        question=task.question,
        notes=notes,
        inventory=inventory,
        preview=preview,
        limits=limits,
    )
    memory.hear(opening, (*said, *listed, *shown))
    if memory.findings:
        known = memory.evidence(task.documents)
        yield from Emit(
            EvidenceGathered(
                round=0, findings=len(known), report=f"{earlier}{preview}", evidence=known
            )
        )


def _inventory(task: Task[RunConfig], memory: Memory) -> tuple[str, list[Disclosed]]:
    """The documents, a line each, and what that discloses."""
    lines: list[str] = []
    disclosed: list[Disclosed] = []
    room = _OUTLINE_TOKENS // len(task.documents)
    tokens = 0
    for index, document in enumerate(task.hidden):
        if index == _MOST_DOCUMENTS or tokens >= INVENTORY_TOKENS:
            lines.append(_and_more(index, len(task.documents)))
            break
        written = len(lines)
        name = one_line(memory.vault.hide(document.name), _MOST_NAME_CHARS)
        pages = _pages(document)
        size = f"{len(document.text):,} characters" + (f", {pages} pages" if pages else "")
        lines.append(f"{index}: {name}, {size}")
        disclosed.append(Disclosed(kind="name", text=name, document=document.name))
        if task.config.privacy == "quotes":
            title, contents = _contents(document, room, task)
            if contents:
                lines.append(f"  {title}: {contents}")
                disclosed.append(Disclosed(kind="outline", text=contents, document=document.name))
        tokens += sum(map(task.count, lines[written:]))
    return "\n".join(lines), disclosed


def _and_more(first: int, documents: int) -> str:
    left = documents - first
    if left == 1:
        return f"... and 1 more document, context[{first}]"
    return f"... and {left:,} more documents, context[{first}] to context[{documents - 1}]"


def _contents(document: Document, room: int, task: Task[RunConfig]) -> tuple[str, str]:
    """The outline of a document, or how it begins if it is long and has none."""
    contents = one_line(outline(document, room, task.count))
    if contents or len(document.text) < _LONG_CHARS:
        return "Outline", contents
    return "Begins", one_line(document.text[:_MOST_BEGINNING_CHARS], _BEGINNING_CHARS)


def _pages(document: Document) -> int | None:
    end = len(document.text.rstrip())  # a form feed at the end begins no page
    first, last = document.page_at(0), document.page_at(end)
    return last - first + 1 if first is not None and last is not None else None


def _earlier(task: Task[RunConfig], memory: Memory) -> tuple[str, list[Disclosed]]:
    """The turns before, with the evidence that still stands, numbered anew."""
    if not task.history:
        return "", []
    latest = _latest(task)
    findings, turns = recalled(latest, library=task.library, heading_of=task.heading_at)
    _ = memory.learn(findings, task.documents)
    lines = [report_line(finding, task.documents, memory.discretion) for finding in findings]
    once_cited = Wording(item.quote for turn in task.history for item in turn.evidence)
    said = [
        (one_line(turn.question, _MOST_TURN_CHARS), _answer(turn, once_cited, memory))
        for turn in turns
    ]
    disclosed = [Disclosed(kind="history", text=answer) for _, answer in said]
    text = task.render(
        "earlier",
        turns="\n".join(
            [
                *_left_out(len(task.history) - len(latest)),
                *(f"Question: {question}\nAnswer: {answer}" for question, answer in said),
            ]
        ),
        evidence="\n".join([_STILL_STANDS, *(line.text for line in lines)]) if lines else "",
    )
    disclosed += [item for line in lines for item in line.disclosed]
    return f"{text.rstrip()}\n\n", disclosed


def _latest(task: Task[RunConfig]) -> tuple[Turn, ...]:
    """The latest turns that fit, the last in any case."""
    room = HISTORY_TOKENS
    for number, turn in enumerate(reversed(task.history)):
        quotes = (text for item in turn.evidence for text in (item.answer, item.quote))
        room -= sum(map(task.count, (turn.question, turn.answer, *quotes)))
        if room < 0:
            return task.history[-max(1, number) :]
    return task.history


def _left_out(turns: int) -> list[str]:
    return [f"(turns before these, left out: {turns})"] if turns else []


def _answer(turn: Turn, once_cited: Wording, memory: Memory) -> str:
    """An earlier answer on one line, its markers as they are: they are ours.

    Args:
        turn: the earlier turn.
        once_cited: what the earlier answers quoted, of documents that may no longer be given.
        memory: knows what may leave.
    """
    told = memory.told(turn.answer)
    if not memory.discretion.lets_wording_out:
        told = once_cited.without_copies(told)
    told = " ".join(told.split())
    return told if len(told) <= _MOST_TURN_CHARS else f"{told[:_MOST_TURN_CHARS]}..."


def _preview(task: Task[RunConfig], memory: Memory) -> tuple[str, tuple[Disclosed, ...]]:
    """The passages that suit the question best, each a piece of evidence."""
    if not task.passages:
        return "", ()
    findings = quoted(
        task.passages,
        library=task.library,
        heading_of=task.heading_at,
        first_number=len(memory.findings) + 1,
    )
    _ = memory.learn(findings, task.documents)
    told = passages_report(findings, task.documents, memory.discretion)
    return f"\n{_PREVIEW}\n{told.text}\n", told.disclosed
