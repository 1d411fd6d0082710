"""A question being answered, beside the page that shows it.

Streamlit runs the page anew at every click, and only while somebody looks. So a run has a thread
of its own, and the page looks at what is known so far. When the tab is gone (it was closed, or
loaded anew), or nobody has looked for some minutes, the run is ended, and costs no more.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TypeAlias

from pydantic import ValidationError

from minions_core.app.conversation import Conversation
from minions_core.app.hiding import NO_SECRETS, Secrets
from minions_core.app.stopping import Switch
from minions_core.app.trouble import Trouble
from minions_core.documents import Document
from minions_core.engine import Minion, Minions
from minions_core.errors import MinionsError
from minions_core.events import Event
from minions_core.progress import Progress
from minions_core.result import MinionsResult

Engine: TypeAlias = Minion | Minions
MakeEngine: TypeAlias = Callable[[Switch], Engine]
"""Makes the engine of a run, whose calls end when the switch is turned off."""

_PATIENCE_SECONDS = 150.0
_GRACE_SECONDS = 5.0  # a connection that breaks is often there again
_LOOKS = 10  # in the time of grace
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked, of what, after what.

    Attributes:
        text: the question.
        documents: what to answer it from.
        history: earlier results about these documents.
        is_offline: whether a model of the run is no language model.
        is_read_elsewhere: whether the local model runs on another machine.
        price_as: what the remote tokens are priced as, if it was chosen.
        remote_name: what the remote model is called.
        secrets: the keys and passwords the models are called with.
    """

    text: str
    documents: tuple[Document, ...]
    history: tuple[MinionsResult, ...] = ()
    is_offline: bool = False
    is_read_elsewhere: bool = False
    price_as: str | None = None
    remote_name: str | None = None
    secrets: Secrets = NO_SECRETS


class Turn:
    """A question and what came of it so far.

    Attributes:
        question: what was asked.
        conversation: what happened.
        result: the result, whole or as far as it went; None before the end, or if there is none.
        trouble: what ended the run early, if something did.
    """

    def __init__(self, question: Question) -> None:
        self.question = question
        self.conversation = Conversation(
            Progress(price_as=question.price_as, remote_name=question.remote_name),
            is_read_elsewhere=question.is_read_elsewhere,
        )
        self.result: MinionsResult | None = None
        self.trouble: Trouble | None = None
        self._over = threading.Event()

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self._over.is_set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the end; False if it did not come in time."""
        return self._over.wait(seconds)

    def perform(self, answered: Coroutine[None, None, MinionsResult]) -> None:
        """Answer the question, blocking; what goes wrong is kept in `trouble`."""
        try:
            with asyncio.Runner() as runner:
                self.result = runner.run(answered)
        except Exception as error:  # noqa: BLE001  # shown to the person who asked
            if not isinstance(error, MinionsError | ValidationError):
                _log.exception("the run broke")
            self.trouble = Trouble.of(error, self.question.secrets)
            self.result = getattr(error, "partial", None)
        finally:
            self.conversation.end()
            self._over.set()


class Running:
    """A turn at work on a thread of its own.

    Args:
        question: what is asked.
        make: makes the engine.
        patience: seconds without a look at it after which it is ended. Browsers wake a tab in the
            background once a minute.
        is_there: tells whether the tab it is for is still there.
        grace: seconds without that tab after which it is ended.

    Attributes:
        turn: the turn.
    """

    def __init__(
        self,
        question: Question,
        make: MakeEngine,
        *,
        patience: float = _PATIENCE_SECONDS,
        is_there: Callable[[], bool] = lambda: True,
        grace: float = _GRACE_SECONDS,
    ) -> None:
        self.turn = Turn(question)
        self._patience, self._grace, self._is_there = patience, grace, is_there
        self._switch = Switch()
        self._seen = time.monotonic()
        work = (self._answered(make),)
        threading.Thread(target=self.turn.perform, args=work, daemon=True).start()

    @property
    def is_stopping(self) -> bool:
        """Whether it was asked to end."""
        return self._switch.is_off

    def stop(self) -> None:
        """End the run; what it found stays."""
        self._switch.turn_off()

    def look(self) -> Turn:
        """The turn, for somebody who looks at it."""
        self._seen = time.monotonic()
        return self.turn

    async def _answered(self, make: MakeEngine) -> MinionsResult:
        watching = asyncio.create_task(self._end_unseen())
        question = self.turn.question
        try:
            return await make(self._switch).arun(
                question.text,
                question.documents,
                history=question.history,
                on_event=self._told,
            )
        finally:
            watching.cancel()

    def _told(self, event: Event) -> None:
        """Take in an event; a run that was stopped goes no further than to the next."""
        self.turn.conversation.add(event)
        self._switch.check()

    async def _end_unseen(self) -> None:
        there = time.monotonic()
        while (now := time.monotonic()) < min(there + self._grace, self._seen + self._patience):
            await asyncio.sleep(self._grace / _LOOKS)
            there = now if self._is_there() else there
        self.stop()
