"""A turn of the remote model: ask, read the move, tell it what was wrong, ask again."""
# pyright: reportUnusedCallResult=error

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from minions_core.effects import Ask, Emit, JsonSchema, Steps
from minions_core.errors import ContextWindowExceeded
from minions_core.events import PlanRejected
from minions_core.loose_json import without_thoughts
from minions_core.messages import Message, Usage
from minions_core.plans import OTHER_MOVES, Answer

if TYPE_CHECKING:
    from minions_core.config import RunConfig
    from minions_core.effects import TextFilter
    from minions_core.messages import Reply
    from minions_core.protocols.memory import Memory
    from minions_core.protocols.task import Task
    from minions_core.redaction import Vault

ANSWER_TOKENS = 300
"""What an answer takes, and a form filled in, as far as one can tell before."""

CUT_OFF = "Your reply was cut off at its limit: write a shorter one."
"""What the remote model is told of a reply without an end."""

_MOVE_TOKENS = 350
_LONGEST_REPLY_TOKENS = 4096  # what every model lets one ask for
_NO_REPLY_TOKENS = 16_384  # longer than replies get; with that much room no limit is needed
_SILENCE = "(nothing)"  # servers refuse an empty message
_THINKING, _THOUGHT = "<think>", "</think>"
_OPEN, _CLOSE = "<answer>", "</answer>"


def ask_remote(
    task: Task[RunConfig],
    memory: Memory,
    label: str,
    *,
    last: bool = False,
    form: JsonSchema | None = None,
) -> Steps[Reply]:
    """Show the remote model the whole conversation and take down its reply.

    Args:
        task: what the run is about.
        memory: the conversation, and what is left to pay for it.
        label: a name for traces.
        last: whether only an answer is left to give. Before that, one that comes without evidence,
            or after another move, is not shown as it arrives, since it will not count.
        form: the form the reply is wanted in, if it is no move; such a reply is never shown as it
            arrives.

    Raises:
        BudgetExceeded: the budget has no room for a reply.
        ContextWindowExceeded: the server cut the conversation, so the model read only a part.
    """
    prompt = memory.prompt_tokens(task.count)
    room = memory.purse.reply_room(prompt)
    readable = partial(_readable, memory.vault, () if last else OTHER_MOVES)
    reply = yield from Ask(
        "remote",
        tuple(memory.conversation),
        label,
        schema=form if task.config.redactor is None else None,  # placeholders fit no schema
        max_output_tokens=_reply_limit(room),
        stream=readable if (last or memory.findings) and form is None else None,
        disclosed=memory.leaving(),
    )
    said = without_thoughts(reply.text).strip()
    memory.purse.pay(_used(reply, prompt, task.count(reply.text)), estimated_input=prompt)
    memory.conversation.append(Message("assistant", said or _SILENCE))
    if reply.finish_reason == "input_truncated":
        raise ContextWindowExceeded(
            "the server of the remote model cut the conversation: give that model a larger context "
            "window (num_ctx), or lower max_rounds or max_evidence_tokens"
        )
    return reply


def _reply_limit(room: int | None) -> int | None:
    """The longest reply to ask for when the budget has room for so many tokens."""
    if room is None or room >= _NO_REPLY_TOKENS:
        return None
    return min(room, _LONGEST_REPLY_TOKENS)


def _used(reply: Reply, prompt: int, said: int) -> Usage:
    """What a reply used, the same whether it was made now or comes from a journal."""
    told = reply.recorded or reply.usage
    if told is None or told.estimated or not told.total_tokens:
        return Usage(input_tokens=prompt, output_tokens=said)
    return told


def _readable(vault: Vault, stops: tuple[str, ...]) -> TextFilter:
    """A filter that lets the answer through, with what was hidden in it restored."""
    answer, revealing = AnswerText(stops), vault.revealing()

    def readable(piece: str) -> str:
        shown = revealing(answer(piece))
        return shown + revealing.flush() if answer.is_over else shown

    return readable


def answer_taken(memory: Memory, reply: Reply, answer: Answer) -> Answer:
    """The answer as the user reads it; the result says so if it ends too early."""
    if reply.finish_reason == "length":
        memory.notes.append("The answer was cut off at the remote model's limit for one reply.")
    return Answer(memory.vault.reveal(answer.text))


def another_round(task: Task[RunConfig], memory: Memory, more: int = 0) -> Usage:
    """What the remote model's next move, the evidence after it, and an answer to that may take.

    Args:
        task: what the run is about.
        memory: the conversation so far.
        more: tokens that are about to be added to it.
    """
    prompt = memory.prompt_tokens(task.count) + more
    evidence = getattr(task.config, "max_evidence_tokens", task.config.max_reply_tokens)
    moved = prompt + _MOVE_TOKENS + task.report_tokens(evidence)
    calls = Usage(input_tokens=prompt + moved, output_tokens=_MOVE_TOKENS + ANSWER_TOKENS)
    return calls + form_turn(task, moved)


def form_turn(task: Task[RunConfig], prompt: int) -> Usage:
    """What it may take to put an answer into a form; nothing, where no form is wanted.

    Args:
        task: what the run is about.
        prompt: tokens of the conversation the answer is given in.
    """
    if task.form is None:
        return Usage()
    asked = prompt + ANSWER_TOKENS + task.count(task.form_prompt)
    return Usage(input_tokens=asked, output_tokens=ANSWER_TOKENS)


def complain(memory: Memory, round_number: int, reason: str, demand: str) -> Steps[None]:
    """Tell the remote model why its reply was of no use, and what is wanted instead."""
    yield from Emit(PlanRejected(round=round_number, reason=reason))
    memory.hear(f"{reason}\n{demand}")


class AnswerText:
    """A filter that lets through what stands between `<answer>` and `</answer>`.

    Fed a reply piece by piece, however the pieces are cut; holds back what may turn out to be the
    beginning of a tag, passes over `<think>` blocks, and drops the white space around the answer.

    Args:
        stops: marks of another move; once one stands before the answer, nothing is let through.
    """

    def __init__(self, stops: tuple[str, ...] = ()) -> None:
        self._held: str = ""
        self._until: str = _OPEN
        self._shown = self._thinking = False
        self._marks = (_OPEN, _THINKING, *stops)
        self._longest = max(map(len, self._marks))

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be let through."""
        return not self._until

    def __call__(self, piece: str) -> str:
        """What of `piece`, and of what was held back, a reader may see now."""
        self._held += piece
        while self._until == _OPEN and self._enter():
            pass
        return self._inside() if self._until == _CLOSE else ""

    def _enter(self) -> bool:
        """Go past the next mark, if it is here; True if there may be another to pass."""
        marks = (_THOUGHT,) if self._thinking else self._marks
        held = self._held.lower()
        found = [(place, mark) for mark in marks if (place := held.find(mark)) >= 0]
        if not found:
            self._held = self._held[-self._longest :]
            return False
        place, mark = min(found)
        self._held = self._held[place + len(mark) :]
        if mark in {_THINKING, _THOUGHT}:
            self._thinking = mark == _THINKING
            return True
        self._until = _CLOSE if mark == _OPEN else ""
        return False

    def _inside(self) -> str:
        end = self._held.lower().find(_CLOSE)
        if end >= 0:
            self._until = ""
        cut = end if end >= 0 else len(self._held) - _tag_begun(self._held)
        text = self._held[:cut] if self._shown else self._held[:cut].lstrip()
        shown = text.rstrip()
        # White space waits, since only what follows tells whether it ends the answer.
        self._held = text[len(shown) :] + self._held[cut:]
        self._shown = self._shown or bool(shown)
        return shown


def _tag_begun(text: str) -> int:
    """How many characters at the end of `text` may be the beginning of a closing tag."""
    sizes = range(min(len(_CLOSE) - 1, len(text)), 0, -1)
    return next((size for size in sizes if _CLOSE.startswith(text[-size:].lower())), 0)
