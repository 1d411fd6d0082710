"""The driver for asyncio: the reference, in whose image the threaded one is made."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, assert_never, cast

from minions_core.drivers.attempts import Attempts
from minions_core.effects import AnyEffect, Ask, Emit, Gather, RunPlan, Steps
from minions_core.errors import MinionsError
from minions_core.models import Retrying

if TYPE_CHECKING:
    from minions_core.drivers.conditions import Conditions
    from minions_core.messages import Reply

T = TypeVar("T")


class AsyncDriver:
    """Performs the effects of one run on the running event loop.

    Cancelling the task that awaits `run` cancels every call in flight and closes every generator.
    """

    def __init__(self, conditions: Conditions) -> None:
        self._conditions = conditions

    async def run(self, steps: Steps[T]) -> T:
        """Drive `steps` to its end and return what it comes to.

        Raises:
            Exception: whatever the protocol lets through.
        """
        advance = partial(steps.send, None)
        try:
            while True:
                try:
                    effect = advance()
                except StopIteration as stop:
                    return cast("T", stop.value)
                try:
                    answer = await self._perform(effect)
                except Exception as error:
                    advance = partial(steps.throw, error)
                else:
                    advance = partial(steps.send, answer)
        finally:
            steps.close()

    async def _perform(self, effect: AnyEffect) -> Any:
        match effect:
            case Ask():
                return await self._ask(effect)
            case Gather(branches):
                return await self._gather(branches)
            case RunPlan():
                return await asyncio.to_thread(self._conditions.run_plan, effect)
            case Emit(event):
                return self._conditions.tell(event)
            case _:
                assert_never(effect)

    async def _ask(self, ask: Ask) -> Reply:
        conditions = self._conditions
        model = Retrying(
            Attempts(conditions),
            conditions.retries,
            apause=partial(self._pause, ask),
            notice=partial(conditions.retried, ask),
        )
        try:
            return await model.areply(ask)
        except MinionsError as error:
            conditions.failed(ask, error)
            raise

    async def _pause(self, ask: Ask, seconds: float) -> None:
        await asyncio.sleep(self._conditions.within_time(ask, seconds))

    async def _gather(self, branches: Iterable[Steps[T]]) -> list[T]:
        todo = iter(branches)
        results: list[T] = []

        async def work() -> None:
            for branch in todo:
                place = len(results)
                results.append(cast("T", None))
                results[place] = await self.run(branch)

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._conditions.width):
                    group.create_task(work())
        except BaseExceptionGroup as failures:
            raise _first(failures) from None
        return results


def _first(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    """The first error of a group: its siblings were cancelled, or failed on the way out.

    What ends a run goes before what a protocol may handle. A nested fan-out has raised its own
    first error already, so groups never nest.
    """
    ends = (error for error in failures.exceptions if not isinstance(error, Exception))
    return next(ends, failures.exceptions[0])
