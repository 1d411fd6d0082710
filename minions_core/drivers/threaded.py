"""The driver for callers that block: scripts, notebooks inside a running loop, sync frameworks.

The same shape as the asynchronous driver, on threads. Every thread runs in a copy of the caller's
context, so traces and other context variables reach the models.
"""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar, assert_never, cast

from minions_core.drivers.attempts import Attempts
from minions_core.effects import AnyEffect, Ask, Emit, Gather, RunPlan, Steps
from minions_core.errors import MinionsError, RunCancelled
from minions_core.models import Retrying

if TYPE_CHECKING:
    from minions_core.drivers.conditions import Conditions
    from minions_core.messages import Reply

T = TypeVar("T")

_GLANCE_SECONDS = 0.1  # how often a wait looks whether a run above it was stopped


class Stop:
    """Asks a run, and every branch below it, to end at its next effect."""

    def __init__(self, above: Stop | None = None) -> None:
        self._asked = threading.Event()
        self._above = above

    def ask(self) -> None:
        """Ask to stop."""
        self._asked.set()

    def check(self) -> None:
        """Go on, or raise if asked to stop.

        Raises:
            RunCancelled: somebody asked.
        """
        if self._asked.is_set():
            raise RunCancelled("the run was stopped")
        if self._above:
            self._above.check()

    def pause(self, seconds: float) -> None:
        """Wait, or raise as soon as asked to stop.

        Raises:
            RunCancelled: somebody asked.
        """
        until = time.monotonic() + seconds
        self.check()
        while (left := until - time.monotonic()) > 0:
            self._asked.wait(min(left, _GLANCE_SECONDS))
            self.check()


class ThreadedDriver:
    """Performs the effects of one run on the calling thread and on threads of its own.

    A call in flight cannot be interrupted, so a stopped run ends when its calls do; their threads
    are daemons and keep nobody from leaving.
    """

    def __init__(self, conditions: Conditions, stop: Stop | None = None) -> None:
        self._conditions = conditions
        self._stop = stop or Stop()

    def run(self, steps: Steps[T]) -> T:
        """Drive `steps` to its end and return what it comes to.

        Raises:
            RunCancelled: the run was asked to stop.
            Exception: whatever the protocol lets through.
        """
        return self._run(steps, self._stop)

    def _run(self, steps: Steps[T], stop: Stop) -> T:
        advance = partial(steps.send, None)
        try:
            while True:
                stop.check()
                try:
                    effect = advance()
                except StopIteration as finished:
                    return cast("T", finished.value)
                try:
                    answer = self._perform(effect, stop)
                except RunCancelled:
                    raise
                except Exception as error:
                    advance = partial(steps.throw, error)
                else:
                    advance = partial(steps.send, answer)
        finally:
            steps.close()

    def _perform(self, effect: AnyEffect, stop: Stop) -> Any:
        match effect:
            case Ask():
                return self._ask(effect, stop)
            case Gather(branches):
                return _FanOut(branches, self._run, stop).results(self._conditions.width)
            case RunPlan():
                return self._conditions.run_plan(effect)
            case Emit(event):
                return self._conditions.tell(event)
            case _:
                assert_never(effect)

    def _ask(self, ask: Ask, stop: Stop) -> Reply:
        conditions = self._conditions
        model = Retrying(
            Attempts(conditions, stop.check),
            conditions.retries,
            pause=partial(self._pause, ask, stop),
            notice=partial(conditions.retried, ask),
        )
        try:
            return model.reply(ask)
        except MinionsError as error:
            conditions.failed(ask, error)
            raise

    def _pause(self, ask: Ask, stop: Stop, seconds: float) -> None:
        stop.pause(self._conditions.within_time(ask, seconds))


class _FanOut(Generic[T]):
    """Branches run on a few threads that share one lazy iterator."""

    def __init__(
        self, branches: Iterable[Steps[T]], run: Callable[[Steps[T], Stop], T], stop: Stop
    ) -> None:
        self._todo = iter(branches)
        self._run = run
        self._stop = Stop(stop)
        self._lock = threading.Lock()
        self._results: list[T] = []
        self._failure: BaseException | None = None
        self._working = 0
        self._over = threading.Event()

    def results(self, width: int) -> list[T]:
        """Run all branches on `width` threads; the first failure stops the rest and is raised.

        It is raised when all have ended, so that their last calls are charged and their branches
        closed. Only what interrupts the wait itself, such as Ctrl-C, leaves at once.
        """
        self._working = width
        try:
            for _ in range(width):
                context = contextvars.copy_context()
                threading.Thread(target=context.run, args=(self._work,), daemon=True).start()
            # With a time-out, since an endless wait keeps Ctrl-C out on some systems.
            while not self._over.wait(timeout=1.0):
                pass
        finally:
            self._stop.ask()
        if self._failure is not None:
            raise self._failure
        return self._results

    def _work(self) -> None:
        try:
            while (taken := self._take()) is not None:
                place, branch = taken
                self._results[place] = self._run(branch, self._stop)
        except BaseException as error:
            self._fail(error)
        finally:
            with self._lock:
                self._working -= 1
                if not self._working:
                    self._over.set()

    def _fail(self, error: BaseException) -> None:
        """Stop the rest; the first error counts, save that what ends a run goes before all else."""
        with self._lock:
            if self._failure is None or not isinstance(error, Exception):
                self._failure = error
        self._stop.ask()

    def _take(self) -> tuple[int, Steps[T]] | None:
        with self._lock:
            self._stop.check()
            branch = next(self._todo, None)
            if branch is None:
                return None
            self._results.append(cast("T", None))
            return len(self._results) - 1, branch
