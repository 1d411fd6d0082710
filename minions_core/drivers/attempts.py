"""A call, attempt by attempt: a permit for each, and a note of what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from minions_core.drivers.conditions import go_on
from minions_core.errors import RunCancelled
from minions_core.failures import as_model_error

if TYPE_CHECKING:
    from minions_core.drivers.conditions import Conditions, Listener
    from minions_core.effects import Ask
    from minions_core.messages import Reply
    from minions_core.models import OnText


class Attempts:
    """The model of one call of a run: every request to it is one attempt.

    An attempt holds a permit while the model is at work and until its reply is charged, so that
    whoever gets the permit next finds the budget as it is. No permit is held between attempts.
    Every attempt is heard by a listener of its own, so that one may follow another that broke off.

    Args:
        conditions: the circumstances of the run.
        check: looks whether the run goes on, once there is a permit and at every piece of a reply.
    """

    name = "attempts"
    context_window = None

    def __init__(self, conditions: Conditions, check: Callable[[], None] = go_on) -> None:
        self._conditions = conditions
        self._check = check
        self._made = 0

    def reply(self, ask: Ask, on_text: OnText | None = None) -> Reply:  # noqa: ARG002  # it listens itself
        """Make an attempt, blocking."""
        with self._conditions.permits.for_thread(ask.role):
            began = self._admitted(ask)
            listener = self._conditions.listener(ask, self._check)
            with self._noted(ask, listener):
                reply = self._conditions.models[ask.role].reply(ask, listener)
            return self._conditions.settle(ask, reply, began, listener)

    async def areply(self, ask: Ask, on_text: OnText | None = None) -> Reply:  # noqa: ARG002  # it listens itself
        """Make an attempt on the event loop."""
        async with self._conditions.permits.for_task(ask.role):
            began = self._admitted(ask)
            listener = self._conditions.listener(ask, self._check)
            with self._noted(ask, listener):
                reply = await self._conditions.models[ask.role].areply(ask, listener)
            return self._conditions.settle(ask, reply, began, listener)

    def _admitted(self, ask: Ask) -> float:
        self._check()
        self._made += 1
        return self._conditions.admit(ask, again=self._made > 1)

    @contextmanager
    def _noted(self, ask: Ask, listener: Listener | None) -> Generator[None, None, None]:
        """Tell an attempt that failed from one that was broken off, which is charged as far."""
        try:
            yield
        except asyncio.CancelledError as error:
            if _cancelled():
                self._conditions.broken_off(ask, listener)
                raise
            self._conditions.came_to_nothing(ask)
            raise as_model_error(error) from error
        except RunCancelled:
            self._conditions.broken_off(ask, listener)
            raise
        except Exception:
            self._conditions.came_to_nothing(ask)
            raise
        except BaseException:
            self._conditions.end()
            self._conditions.broken_off(ask, listener)
            raise


def _cancelled() -> bool:
    """Whether somebody cancelled the running task; if not, a CancelledError is a model's own."""
    try:
        task = asyncio.current_task()
    except RuntimeError:  # no event loop in this thread
        return False
    return task is not None and task.cancelling() > 0
