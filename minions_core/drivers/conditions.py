"""What both drivers do alike, once: permits, the charge, the budget, events."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from minions_core.errors import BudgetExceeded, MinionsError, ModelError
from minions_core.events import CallFailed, CallFinished, CallStarted, Event, TextDelta
from minions_core.ledger import Call, Meter
from minions_core.messages import Usage
from minions_core.models import as_model_error, well_formed

if TYPE_CHECKING:
    from minions_core.config import Budget
    from minions_core.effects import Ask, TextFilter
    from minions_core.messages import Reply, Role, TokenCounter
    from minions_core.models import Model
    from minions_core.sandbox import Sandbox


def ignore(event: Event) -> None:
    """Watch a run without interest."""


class ObserverFailed(BaseException):
    """Carries an observer's exception to the end of the run.

    It is no `Exception`, so that no model, no retry and no protocol takes it for a failed call.
    """

    def __init__(self, error: BaseException) -> None:
        super().__init__(str(error))
        self.error = error


class Permits:
    """How many calls each role may have in flight, over all runs that share this object.

    A permit is held only while a model is being called, never while branches wait for one another,
    so nested fan-outs cannot lock each other out.
    """

    def __init__(self, limits: Mapping[Role, int]) -> None:
        self.limits = dict(limits)
        self._threads = {role: threading.BoundedSemaphore(n) for role, n in limits.items()}
        self._loops: WeakKeyDictionary[Any, dict[Role, asyncio.Semaphore]] = WeakKeyDictionary()

    def for_thread(self, role: Role) -> threading.BoundedSemaphore:
        """The permit to hold while calling from a thread."""
        return self._threads[role]

    def for_task(self, role: Role) -> asyncio.Semaphore:
        """The permit to hold while calling from a task; an event loop has its own set."""
        loop = asyncio.get_running_loop()
        if loop not in self._loops:
            self._loops[loop] = {r: asyncio.Semaphore(n) for r, n in self.limits.items()}
        return self._loops[loop][role]


class Listener:
    """Hears a reply piece by piece and tells of what a reader may see.

    Attributes:
        heard: whether it heard anything; a model that cannot stream says nothing before the end.
    """

    def __init__(self, readable: TextFilter, tell: Callable[[Event], None]) -> None:
        self.heard = False
        self._readable = readable
        self._tell = tell

    def __call__(self, text: str) -> None:
        """Hear a piece."""
        self.heard = True
        shown = self._readable(text)
        if shown:
            self._tell(TextDelta(text=well_formed(shown)))


@dataclass(slots=True)
class Conditions:
    """The circumstances of one run: who answers, who watches, what it may cost.

    Attributes:
        models: the model of each role.
        sandbox: where plans run.
        permits: how many calls may be in flight.
        count: counts the tokens of calls whose server reports none.
        observe: told every event; called from whichever thread something happens in.
        budget: what the run may spend.
        meter: notes what it spends and discloses.
        retries: how often a call that failed in transport is sent again.
        clock: seconds on any steady clock.
    """

    models: Mapping[Role, Model]
    sandbox: Sandbox
    permits: Permits
    count: TokenCounter
    observe: Callable[[Event], None]
    budget: Budget
    meter: Meter = field(default_factory=Meter)
    retries: int = 0
    clock: Callable[[], float] = time.monotonic
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        self._began = self.clock()

    @property
    def width(self) -> int:
        """How many branches of a fan-out are worth having alive at once."""
        return max(self.permits.limits.values())

    def tell(self, event: Event) -> None:
        """Tell the observer.

        Raises:
            ObserverFailed: it raised something, which the end of the run takes out again.
        """
        try:
            self.observe(event)
        except (Exception, asyncio.CancelledError) as error:
            raise ObserverFailed(error) from error

    def admit(self, ask: Ask) -> float:
        """Let a call go out: budget, disclosure, event. Returns the time it begins.

        Raises:
            BudgetExceeded: a limit is reached, and the call must not be made.
        """
        self._check_budget(ask)
        self.meter.disclosed.extend(ask.disclosed)
        self.tell(CallStarted(role=ask.role, label=ask.label))
        return self.clock()

    def settle(self, ask: Ask, reply: Reply, began: float, listener: Listener | None) -> Reply:
        """Charge a reply the moment it is here, before anybody reads it."""
        reply = replace(reply, text=well_formed(reply.text))
        usage = reply.usage or self._counted(ask, reply)
        model = reply.model or self.models[ask.role].name
        self.meter.calls.append(Call(role=ask.role, label=ask.label, model=model, usage=usage))
        if listener and not listener.heard:
            listener(reply.text)
        seconds = self.clock() - began
        self.tell(CallFinished(role=ask.role, label=ask.label, usage=usage, seconds=seconds))
        return replace(reply, usage=usage, model=model)

    def failed(self, ask: Ask, raised: BaseException) -> MinionsError:
        """What a failed call raises, saying whose it was; only a model's errors are told of."""
        error = raised if isinstance(raised, MinionsError) else as_model_error(raised)
        if isinstance(error, ModelError):
            error.role = ask.role
            self.tell(CallFailed(role=ask.role, label=ask.label, error=str(error)))
        return error

    def listener(self, ask: Ask) -> Listener | None:
        """What hears a reply as it arrives: only if the protocol lets it and anybody watches.

        Servers tell less of a stream than of a whole reply: some leave out its usage.
        """
        if ask.stream is None or self.observe is ignore:
            return None
        return Listener(ask.stream(), self.tell)

    def _counted(self, ask: Ask, reply: Reply) -> Usage:
        prompt = sum(self.count(message.content) for message in ask.messages)
        return Usage(input_tokens=prompt, output_tokens=self.count(reply.text), estimated=True)

    def within_time(self, wait: float = 0) -> float:
        """As much of `wait`, in seconds, as the budget has time for.

        Raises:
            BudgetExceeded: it has none left at all.
        """
        allowed = self.budget.seconds
        if allowed is None:
            return wait
        spent = self.clock() - self._began
        if spent >= allowed:
            raise BudgetExceeded("seconds", spent, allowed)
        return min(wait, allowed - spent)

    def _check_budget(self, ask: Ask) -> None:
        self.within_time()
        if ask.role == "local":
            return
        tokens = self.budget.remote_tokens
        if tokens is not None and self.meter.remote_tokens() >= tokens:
            raise BudgetExceeded("remote_tokens", self.meter.remote_tokens(), tokens)
        cost = self.meter.cost() if self.budget.cost is not None else None
        if cost is not None and self.budget.cost is not None and float(cost) >= self.budget.cost:
            raise BudgetExceeded("cost", float(cost), self.budget.cost)
