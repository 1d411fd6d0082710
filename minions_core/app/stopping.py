"""A way to end a run at once: its calls in flight are broken off, and the next are not made."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from minions_core.app.hiding import NO_SECRETS, Hiding, Secrets
from minions_core.effects import Ask
from minions_core.errors import RunCancelled
from minions_core.messages import Reply
from minions_core.models import OnText, Wrapping, sized_for


class Switch:
    """Ends the calls of one run; may be used from any thread."""

    def __init__(self) -> None:
        self._off = threading.Event()
        self._calls: dict[asyncio.Task[Reply], asyncio.AbstractEventLoop] = {}
        self._lock = threading.Lock()

    @property
    def is_off(self) -> bool:
        """Whether the run was asked to end."""
        return self._off.is_set()

    def turn_off(self) -> None:
        """End the calls in flight, and let no other be made."""
        with self._lock:
            self._off.set()
            for call, loop in self._calls.items():
                with suppress(RuntimeError):  # the loop is closed, and its calls are over
                    loop.call_soon_threadsafe(call.cancel)

    def check(self) -> None:
        """Go on, or raise.

        Raises:
            RunCancelled: the run was asked to end.
        """
        if self.is_off:
            raise RunCancelled("the run was stopped")

    async def guarded(self, call: asyncio.Task[Reply]) -> Reply:
        """What a call comes to.

        Raises:
            RunCancelled: the run was asked to end before that.
        """
        with self._lock:
            self._calls[call] = asyncio.get_running_loop()
        try:
            self.check()
            return await call
        except asyncio.CancelledError:
            self.check()
            raise
        finally:
            call.cancel()
            with self._lock:
                del self._calls[call]


@dataclass(frozen=True, slots=True)
class Stoppable(Wrapping):
    """A model whose calls end when a switch is turned off.

    Attributes:
        model: the model that does the work.
        switch: ends them; only calls on an event loop.
        secrets: what neither its replies nor its errors may repeat.
    """

    switch: Switch
    secrets: Secrets = NO_SECRETS

    def sized_for(self, tokens: int) -> Stoppable:
        """The model within, with room for `tokens`, and the same switch."""
        return replace(self, model=sized_for(self.model, tokens))

    def reply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer, blocking; only the next call can be kept from being made."""
        self.switch.check()
        with self._discreet(on_text) as told:
            reply = self.model.reply(ask, told)
        return self._without_secrets(reply)

    async def areply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer, without blocking the event loop.

        Raises:
            RunCancelled: the switch was turned off.
        """
        return await self.switch.guarded(asyncio.ensure_future(self._asked(ask, on_text)))

    async def _asked(self, ask: Ask, on_text: OnText | None) -> Reply:
        with self._discreet(on_text) as told:
            reply = await self.model.areply(ask, told)
        return self._without_secrets(reply)

    @contextmanager
    def _discreet(self, on_text: OnText | None) -> Generator[OnText | None, None, None]:
        """Who is told a reply as it arrives; an error on the way tells no secret either."""
        hiding = Hiding(self.secrets.telling, on_text) if on_text else None
        try:
            yield hiding
        except Exception as error:
            error.args = tuple(map(self._without_key, error.args))
            raise
        if hiding:
            hiding.end()

    def _without_key(self, told: object) -> object:
        return self.secrets.hidden(told) if isinstance(told, str) else told

    def _without_secrets(self, reply: Reply) -> Reply:
        hidden = self.secrets.telling.hidden
        return replace(reply, text=hidden(reply.text), model=reply.model and hidden(reply.model))
