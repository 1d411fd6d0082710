"""A turn of the remote model: ask, read the move, tell it what was wrong, ask again."""
# pyright: reportUnusedCallResult=error

from __future__ import annotations

from typing import TYPE_CHECKING

from minions_core.effects import Ask, Emit, Steps
from minions_core.errors import ContextWindowExceeded
from minions_core.events import PlanRejected
from minions_core.messages import Message

if TYPE_CHECKING:
    from minions_core.messages import Reply
    from minions_core.protocols.task import Memory

_THINKING, _THOUGHT = "<think>", "</think>"
_OPEN, _CLOSE = "<answer>", "</answer>"


def ask_remote(memory: Memory, label: str) -> Steps[Reply]:
    """Show the remote model the whole conversation and take down its reply.

    Raises:
        ContextWindowExceeded: the server cut the conversation, so the model read only a part.
    """
    conversation = tuple(memory.conversation)
    reply = yield from Ask(
        "remote", conversation, label, stream=AnswerText, disclosed=memory.leaving()
    )
    memory.conversation.append(Message("assistant", reply.text))
    if reply.finish_reason == "input_truncated":
        raise ContextWindowExceeded(
            "the server of the remote model cut the conversation: give that model a larger context "
            "window (num_ctx), or lower max_rounds or max_evidence_tokens"
        )
    return reply


def note_if_cut(memory: Memory, reply: Reply) -> None:
    """Tell the reader of the result that an answer ends too early."""
    if reply.finish_reason == "length":
        memory.notes.append("The answer was cut off at the remote model's limit for one reply.")


def complain(memory: Memory, round_number: int, reason: str, demand: str) -> Steps[None]:
    """Tell the remote model why its reply was of no use, and what is wanted instead."""
    yield from Emit(PlanRejected(round=round_number, reason=reason))
    memory.hear(f"{reason} {demand}")


class AnswerText:
    """A filter that lets through what stands between `<answer>` and `</answer>`.

    Fed a reply piece by piece, however the pieces are cut; holds back what may turn out to be the
    beginning of a tag, passes over `<think>` blocks, and drops the white space around the answer.
    """

    def __init__(self) -> None:
        self._held = ""
        self._until = _OPEN
        self._shown = False

    def __call__(self, piece: str) -> str:
        """What of `piece`, and of what was held back, a reader may see now."""
        self._held += piece
        while self._until == _OPEN and self._enter():
            pass
        return self._inside() if self._until == _CLOSE else ""

    def _enter(self) -> bool:
        """Go past the next opening tag, if it is here; True if there may be another to pass."""
        places = {tag: self._held.lower().find(tag) for tag in (_OPEN, _THINKING)}
        found = [tag for tag, place in places.items() if place >= 0]
        if not found:
            self._held = self._held[-len(_OPEN) :]
            return False
        tag = min(found, key=lambda tag: places[tag])
        if tag == _OPEN:
            self._held = self._held[places[tag] + len(_OPEN) :]
            self._until = _CLOSE
            return False
        end = self._held.lower().find(_THOUGHT)
        if end < 0:
            return False
        self._held = self._held[end + len(_THOUGHT) :]
        return True

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
