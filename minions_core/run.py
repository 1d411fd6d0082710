"""One run: the circumstances of a driver before it, the result after it."""

from __future__ import annotations

import asyncio
import contextvars
import queue
import threading
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from minions_core.config import RunConfig
from minions_core.drivers import AsyncDriver, Conditions, Permits, ThreadedDriver, ignore
from minions_core.drivers.conditions import ObserverFailed
from minions_core.drivers.threaded import Stop
from minions_core.errors import MinionsError, UsageError
from minions_core.events import Event, RunFinished, RunStarted
from minions_core.ledger import Disclosure, Meter, price
from minions_core.messages import Usage
from minions_core.protocols import Memory, Task
from minions_core.result import MinionsResult, Outcome

if TYPE_CHECKING:
    from minions_core.effects import Steps
    from minions_core.messages import Role, TokenCounter
    from minions_core.models import Model
    from minions_core.sandbox import Sandbox

C = TypeVar("C", bound=RunConfig)
T = TypeVar("T")

_ELSEWHERE = (
    "this stream began on another event loop: read it to its end there, with `async for` or "
    "`await`, or ask for an answer that comes whole"
)
_SAMPLES = 16
_SAMPLE_CHARS = 25_000


@dataclass(frozen=True, kw_only=True)
class Run(Generic[C]):
    """A task, and everything needed to perform it once."""

    protocol: Literal["minion", "minions"]
    task: Task[C]
    steps: Callable[[Task[C], Memory], Steps[Outcome]]
    models: Mapping[Role, Model]
    sandbox: Sandbox
    permits: Permits
    streams: bool = True

    def __post_init__(self) -> None:
        """Refuse a limit on the cost of a model whose price is not known.

        Raises:
            UsageError: it could never be reached.
        """
        config, remote = self.task.config, self.models["remote"]
        named = config.price_as or remote.name
        if config.budget.cost is not None and price(Usage(), named) is None:
            raise UsageError(
                f"budget.cost is set, and the price of {named!r} is not known: set price_as to a "
                "model whose price is known, or budget.remote_tokens instead"
            )

    def threaded(self, on_event: Callable[[Event], None] | None, stop: Stop) -> MinionsResult:
        """Perform it on the calling thread and its helpers."""
        attempt = _Attempt(self, one_at_a_time(on_event))
        with attempt.explained():
            return attempt.finished(ThreadedDriver(attempt.conditions, stop).run(attempt.steps()))

    async def asynchronous(self, on_event: Callable[[Event], None] | None) -> MinionsResult:
        """Perform it on the running event loop."""
        attempt = _Attempt(self, on_event or ignore)
        with attempt.explained():
            return attempt.finished(await AsyncDriver(attempt.conditions).run(attempt.steps()))

    def streamed(self) -> Generator[Event, None, None]:
        """Perform it on a thread of its own, telling of it here; closing this stops it."""
        events: queue.SimpleQueue[Event | BaseException | None] = queue.SimpleQueue()
        stop = Stop()

        def work() -> None:
            try:
                self.threaded(events.put, stop)
            except BaseException as error:  # noqa: BLE001 - raised again where the events are read
                events.put(error)
            else:
                events.put(None)

        copied = contextvars.copy_context()
        threading.Thread(target=copied.run, args=(work,), daemon=True).start()
        try:
            while (event := events.get()) is not None:
                if isinstance(event, BaseException):
                    raise event
                yield event
        finally:
            stop.ask()

    @cached_property
    def document_tokens(self) -> int:
        """How many tokens the documents are."""
        return sum(count_long(document.text, self.task.count) for document in self.task.documents)


async def astreamed(start: Callable[[], Run[Any]]) -> AsyncGenerator[Event, None]:
    """Perform a run in a task of its own, telling of it here; closing this cancels it.

    Args:
        start: makes the run, blocking.
    """
    run = await asyncio.to_thread(start)
    events: asyncio.Queue[Event | None] = asyncio.Queue()
    # Models that block tell of their text from threads of their own.
    loop = asyncio.get_running_loop()

    def tell(event: Event | None) -> None:
        loop.call_soon_threadsafe(events.put_nowait, event)

    working = asyncio.create_task(run.asynchronous(tell))
    working.add_done_callback(lambda _: tell(None))
    try:
        while (event := await events.get()) is not None:
            yield event
        await working
    finally:
        if asyncio.get_running_loop() is loop:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
        elif not loop.is_closed():
            loop.call_soon_threadsafe(working.cancel)


class OnOneLoop(AsyncGenerator[T, None]):
    """A stream that is read on the event loop it began on.

    A loop that ends closes the generators begun on it: read on the next, those would just be over.

    Args:
        stream: the stream; it begins with its first item.
        elsewhere: what to say to who reads it on another loop.
    """

    def __init__(self, stream: AsyncGenerator[T, None], elsewhere: str = _ELSEWHERE) -> None:
        self._stream = stream
        self._elsewhere = elsewhere
        self._loop: asyncio.AbstractEventLoop | None = None

    async def asend(self, value: None) -> T:
        """The next item.

        Raises:
            UsageError: the stream began on another event loop.
        """
        loop = asyncio.get_running_loop()
        if self._loop not in {None, loop}:
            raise UsageError(self._elsewhere)
        self._loop = loop
        return await self._stream.asend(value)

    async def athrow(self, *error: Any) -> T:
        """Raise an exception where the stream stands."""
        return await self._stream.athrow(*error)

    async def aclose(self) -> None:
        """End the stream, and the run behind it."""
        await self._stream.aclose()


class _Attempt(Generic[C]):
    """What is alive while a run lasts."""

    def __init__(self, run: Run[C], observe: Callable[[Event], None]) -> None:
        config = run.task.config
        self._run = run
        self._memory = Memory.of(run.task)
        self.conditions = Conditions(
            models=run.models,
            sandbox=run.sandbox,
            permits=run.permits,
            count=run.task.count,
            observe=observe,
            budget=config.budget,
            meter=Meter(price_as=config.price_as, otherwise=run.models["remote"].name),
            retries=config.max_retries,
            streams=run.streams,
        )

    def steps(self) -> Steps[Outcome]:
        task = self._run.task
        started = RunStarted(
            protocol=self._run.protocol,
            question=task.question,
            documents=len(task.documents),
            document_tokens=self._run.document_tokens,
        )
        self.conditions.tell(started)
        return self._run.steps(task, self._memory)

    def finished(self, outcome: Outcome) -> MinionsResult:
        result = self._result(outcome)
        self.conditions.tell(RunFinished(result=result))
        return result

    @contextmanager
    def explained(self) -> Generator[None, None, None]:
        """Give an error that ends the run what was found and paid for before it.

        So with Ctrl-C, which a person presses who has waited long enough and wants what there is.
        An observer's exception comes out as it was raised; only one of ours can carry the rest.
        """
        try:
            with observers_error():
                yield
        except (MinionsError, KeyboardInterrupt) as error:
            documents = self._run.task.documents
            partial = self._result(self._memory.broken_off(documents))
            setattr(error, "partial", partial)  # noqa: B010 - KeyboardInterrupt declares none
            raise

    def _result(self, outcome: Outcome) -> MinionsResult:
        task, meter = self._run.task, self.conditions.meter
        alone = Usage(
            input_tokens=self._run.document_tokens + task.count(task.question),
            output_tokens=task.count(outcome.answer),
        )
        return MinionsResult(
            protocol=self._run.protocol,
            question=task.question,
            answer=outcome.answer,
            status=outcome.status,
            citations=outcome.citations,
            evidence=outcome.evidence,
            rounds=outcome.rounds,
            ledger=meter.ledger(baseline=alone),
            disclosure=Disclosure(
                items=tuple(meter.disclosed),
                tokens=sum(task.count(item.text) for item in meter.disclosed),
                document_tokens=self._run.document_tokens,
            ),
            transcript=outcome.transcript,
            notes=outcome.notes,
            output=outcome.output,
        )


@contextmanager
def observers_error() -> Generator[None, None, None]:
    """Let an observer's exception that ends a run come out as it was raised."""
    try:
        yield
    except ObserverFailed as carrier:
        raise carrier.error from carrier.error.__cause__


def count_long(text: str, count: TokenCounter) -> int:
    """The tokens of `text`; a very long one is counted in samples, to within a few per cent."""
    if len(text) <= _SAMPLES * _SAMPLE_CHARS:
        return count(text)
    step = len(text) // _SAMPLES
    sampled = sum(count(text[i * step : i * step + _SAMPLE_CHARS]) for i in range(_SAMPLES))
    return round(sampled * len(text) / (_SAMPLES * _SAMPLE_CHARS))


def one_at_a_time(on_event: Callable[[Event], None] | None) -> Callable[[Event], None]:
    """An observer that is told from many threads, but never of two events at once."""
    if on_event is None:
        return ignore
    lock = threading.Lock()

    def observe(event: Event) -> None:
        with lock:
            on_event(event)

    return observe
