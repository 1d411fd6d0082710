"""A turn of the remote model: ask, read the move, tell it what was wrong, ask again."""
# pyright: reportUnusedCallResult=error

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from minions_core.effects import Ask, Emit, Steps
from minions_core.events import PlanRejected
from minions_core.messages import Message

if TYPE_CHECKING:
    from minions_core.messages import Reply
    from minions_core.protocols.task import Memory

_OPEN, _CLOSE = "<answer>", "</answer>"


def ask_remote(memory: Memory, label: str) -> Steps[Reply]:
    """Show the remote model the whole conversation and take down its reply."""
    conversation = tuple(memory.conversation)
    reply = yield from Ask(
        "remote", conversation, label, stream=AnswerText, disclosed=memory.leaving()
    )
    memory.conversation.append(Message("assistant", reply.text))
    return reply


def complain(memory: Memory, round_number: int, reason: str, demand: str) -> Steps[None]:
    """Tell the remote model why its reply was of no use, and what is wanted instead."""
    yield from Emit(PlanRejected(round=round_number, reason=reason))
    memory.hear(f"{reason} {demand}")


def AnswerText() -> Callable[[str], str]:  # noqa: N802 - made like a class, one for each reply
    """A filter that lets through what stands between `<answer>` and `</answer>`.

    Fed a reply piece by piece, however the pieces are cut; holds back what may turn out to be the
    beginning of a tag.
    """
    held, inside, over = "", False, False

    def readable(piece: str) -> str:
        nonlocal held, inside, over
        held += piece
        if not inside:
            start = held.find(_OPEN)
            if start < 0:
                held = held[-len(_OPEN) :]
                return ""
            inside, held = True, held[start + len(_OPEN) :].lstrip()
        if over:
            return ""
        end = held.find(_CLOSE)
        over = end >= 0
        cut = end if over else len(held) - _tag_begun(held)
        shown, held = held[:cut], held[cut:]
        return shown.rstrip() if over else shown

    return readable


def _tag_begun(text: str) -> int:
    """How many characters at the end of `text` may be the beginning of a closing tag."""
    sizes = range(min(len(_CLOSE) - 1, len(text)), 0, -1)
    return next((size for size in sizes if _CLOSE.startswith(text[-size:])), 0)
