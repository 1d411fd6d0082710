"""The calls of a remote model beside a run, made as a run makes its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterable
from contextlib import AsyncExitStack, ExitStack, aclosing, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar, cast

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage

from langchain_minions._chat.closing import RemoteCall
from langchain_minions._chat.speaking import CoreCall
from minions_core.config import RunConfig
from minions_core.drivers import Permits
from minions_core.effects import Ask
from minions_core.errors import BudgetExceeded, MinionsError, ModelError
from minions_core.failures import as_model_error, named
from minions_core.ledger import price
from minions_core.messages import Reply
from minions_core.models import OnText, Retrying
from minions_core.protocols.purse import Purse
from minions_core.result import MinionsResult
from minions_core.tokens import token_counter

T = TypeVar("T")

_ANY = Ask("remote", (), label="close")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A call that holds a permit while it is made, and is made again if its transport failed.

    A stream is begun again as long as nothing of it has come, and holds its permit to its end.
    What goes wrong is told in the errors of a run, which bring along what a run before the call
    came to.

    Attributes:
        call: the call.
        name: what the model is called.
        permits: how many calls may be in flight.
        retries: how often it is made again at most.
        partial: what the run before it came to, if there was one.
    """

    call: RemoteCall | CoreCall
    name: str
    permits: Permits
    retries: int
    partial: MinionsResult | None = None

    def reply(self) -> AIMessage:
        """The reply, blocking.

        Raises:
            MinionsError: there is none.
        """

        def attempt() -> AIMessage:
            with self.permits.for_thread("remote"):
                return self.call.reply()

        with self._failing():
            return _patiently(attempt, self.retries)

    async def areply(self) -> AIMessage:
        """The reply."""

        async def attempt() -> AIMessage:
            async with self.permits.for_task("remote"):
                return await self.call.areply()

        with self._failing():
            return await _apatiently(attempt, self.retries)

    def pieces(self) -> Generator[AIMessageChunk]:
        """The reply as it arrives; there is always a piece."""
        with self._failing(), ExitStack() as held:
            first, others = _patiently(partial(self._begun, held), self.retries)
            yield first
            yield from others

    async def apieces(self) -> AsyncGenerator[AIMessageChunk]:
        """The reply as it arrives; there is always a piece."""
        with self._failing():
            async with AsyncExitStack() as held:
                first, others = await _apatiently(partial(self._abegun, held), self.retries)
                yield first
                async for piece in others:
                    yield piece

    def _begun(self, held: ExitStack) -> tuple[AIMessageChunk, Generator[AIMessageChunk]]:
        """The first piece, and what brings the others; `held` is what to close after them."""
        with ExitStack() as attempt:
            attempt.enter_context(self.permits.for_thread("remote"))
            pieces = attempt.enter_context(closing(self.call.pieces()))
            first = self._there(next(pieces, None))
            held.enter_context(attempt.pop_all())
            return first, pieces

    async def _abegun(
        self, held: AsyncExitStack
    ) -> tuple[AIMessageChunk, AsyncGenerator[AIMessageChunk]]:
        """The first piece, and what brings the others; `held` is what to close after them."""
        async with AsyncExitStack() as attempt:
            await attempt.enter_async_context(self.permits.for_task("remote"))
            pieces = await attempt.enter_async_context(aclosing(self.call.apieces()))
            first = self._there(await anext(pieces, None))
            await held.enter_async_context(attempt.pop_all())
            return first, pieces

    def _there(self, piece: AIMessageChunk | None) -> AIMessageChunk:
        if piece is None:
            raise ModelError(f"{self.name} sent an empty stream", retryable=True)
        return piece

    @contextmanager
    def _failing(self) -> Generator[None]:
        try:
            yield
        except Exception as error:
            failure = error if isinstance(error, MinionsError) else as_model_error(error)
            if isinstance(failure, ModelError):
                named(failure, "remote", self.name)
            failure.partial = failure.partial or self.partial
            if failure is error:
                raise
            raise failure from error


def refuse_if_too_dear(
    messages: Iterable[BaseMessage], result: MinionsResult, settings: RunConfig, name: str
) -> None:
    """Refuse a call after a run that left too little of its tokens or money for it.

    Args:
        messages: what would be sent.
        result: what the run came to.
        settings: the settings of the run, with its budget.
        name: what the remote model is called.

    Raises:
        BudgetExceeded: it did.
    """
    cost_of = partial(price, model=settings.price_as or name)
    purse = Purse(settings.budget, cost_of, result.ledger.remote.usage)
    count = token_counter(name)
    try:
        purse.reply_room(sum(count(str(message.text)) for message in messages))
    except BudgetExceeded as error:
        error.partial = result
        raise


def _patiently(attempt: Callable[[], T], retries: int) -> T:
    trial = _Trial(attempt)
    Retrying(trial, retries).reply(_ANY)
    return cast("T", trial.outcome)


async def _apatiently(attempt: Callable[[], Awaitable[T]], retries: int) -> T:
    trial = _Trial(attempt)
    await Retrying(trial, retries).areply(_ANY)
    return cast("T", trial.outcome)


class _Trial:
    """Something to try, as a core model: the core knows what to try again, and when."""

    name = "trial"
    context_window = None

    def __init__(self, attempt: Callable[[], Any]) -> None:
        self._attempt = attempt
        self.outcome: Any = None

    def reply(self, ask: Ask, on_text: OnText | None = None) -> Reply:  # noqa: ARG002  # a model's
        self.outcome = self._attempt()
        return Reply(text="")

    async def areply(self, ask: Ask, on_text: OnText | None = None) -> Reply:  # noqa: ARG002  # a model's
        self.outcome = await self._attempt()
        return Reply(text="")
