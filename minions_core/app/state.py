"""What one browser tab has asked so far. Each tab has its own; nothing is kept beyond it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import streamlit as st

from minions_core.app.running import MakeEngine, Question, Running, Turn
from minions_core.documents import Document
from minions_core.result import Citation, MinionsResult

_PLACE = "session"


@dataclass(slots=True)
class Session:
    """The questions of a tab.

    Attributes:
        turns: those asked so far, oldest first, the one at work included.
        running: the one at work.
        next: a question that was chosen by a button, to be asked when the page is drawn.
        uploads: files that were read already, or why they cannot be, by their ids.
        opened: the passage that is open, and the documents it may stand in.
    """

    turns: list[Turn] = field(default_factory=list[Turn])
    running: Running | None = None
    next: str | None = None
    uploads: dict[str, Document | Exception] = field(
        default_factory=dict[str, "Document | Exception"]
    )
    opened: tuple[Citation, tuple[Document, ...]] | None = None

    def begin(
        self, question: Question, make: MakeEngine, is_there: Callable[[], bool] = lambda: True
    ) -> None:
        """Ask a question, for as long as the tab is there."""
        self.running = Running(question, make, is_there=is_there)
        self.turns.append(self.running.turn)

    def settle(self) -> None:
        """Let go of a run that is over."""
        if self.running and self.running.turn.is_over:
            self.running = None

    def history(self, documents: tuple[Document, ...]) -> tuple[MinionsResult, ...]:
        """The answers since these documents were chosen."""
        told: list[MinionsResult] = []
        for turn in reversed(self.turns):
            if turn.question.documents != documents:
                break
            if turn.result and turn.result.status == "answered":
                told.append(turn.result)
        return tuple(reversed(told))

    def choose(self, question: str) -> None:
        """Have a question asked when the page is drawn next."""
        self.next = question

    def chosen(self) -> str | None:
        """The question to ask now, once."""
        question, self.next = self.next, None
        return question

    def clear(self) -> None:
        """Forget all questions, and end the one at work."""
        if self.running:
            self.running.stop()
        self.turns, self.running, self.next, self.opened = [], None, None, None

    def dismiss(self) -> None:
        """Close the passage that is open."""
        self.opened = None


def of_this_tab() -> Session:
    """The session of the tab the page is drawn for."""
    if _PLACE not in st.session_state:
        st.session_state[_PLACE] = Session()
    session: Session = st.session_state[_PLACE]
    return session
