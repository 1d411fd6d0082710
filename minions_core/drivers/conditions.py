"""What both drivers do alike, once: permits, the charge, the budget, events."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from minions_core.errors import (
    BudgetExceeded,
    MinionsError,
    ModelError,
    RunCancelled,
    UsageError,
)
from minions_core.events import (
    CallFailed,
    CallFinished,
    CallRetried,
    CallStarted,
    Event,
    TextDelta,
)
from minions_core.failures import named
from minions_core.json_plans import run_json_plan
from minions_core.ledger import Call, Meter
from minions_core.messages import Usage
from minions_core.models import well_formed

if TYPE_CHECKING:
    from minions_core.config import Budget
    from minions_core.effects import Ask, PlanRun, RunPlan, TextFilter
    from minions_core.messages import Reply, Role, TokenCounter
    from minions_core.models import Model
    from minions_core.sandbox import Sandbox

_LEAST_PLAN_SECONDS = 0.1  # so that a plan fails in words and not at its first step
_RUN_LESS = "use fewer jobs, or documents, pages and near, so that less text is cut and searched"


def ignore(event: Event) -> None:
    """Watch a run without interest."""


def go_on() -> None:
    """Let a run go on: nobody can stop it but from outside."""


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
    so nested fan-outs cannot lock each other out. A copy of what holds them shares them.
    """

    def __init__(self, limits: Mapping[Role, int]) -> None:
        self.limits = dict(limits)
        self._threads = {role: threading.BoundedSemaphore(n) for role, n in limits.items()}
        self._loops: WeakKeyDictionary[Any, dict[Role, asyncio.Semaphore]] = WeakKeyDictionary()

    def __deepcopy__(self, memo: object) -> Permits:
        return self

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
    """Hears one attempt at a reply piece by piece and shows what a reader may see.

    Args:
        readable: picks what a reader may see.
        show: shows that; what it is given first begins the answer anew.
        check: looks after every piece whether the run goes on, and raises if it does not.
    """

    def __init__(
        self, readable: TextFilter, show: Callable[[TextDelta], None], check: Callable[[], None]
    ) -> None:
        self._pieces: list[str] = []
        self._readable = readable
        self._show = show
        self._check = check
        self._is_first = True

    @property
    def heard(self) -> str:
        """What it heard so far; a model that cannot stream says nothing before the end."""
        return "".join(self._pieces)

    def __call__(self, text: str) -> None:
        """Hear a piece."""
        self._pieces.append(text)
        self._check()
        shown = self._readable(text)
        if shown:
            self._show(TextDelta(text=well_formed(shown), anew=self._is_first))
            self._is_first = False


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
        streams: whether the answer is shown as it arrives.
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
    streams: bool = True
    clock: Callable[[], float] = time.monotonic
    _began: float = field(init=False)
    _slowest_remote: float = field(init=False, default=0.0)
    _has_shown: bool = field(init=False, default=False)
    _is_over: bool = field(init=False, default=False)
    _noting: threading.Lock = field(init=False, default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._began = self.clock()

    @property
    def width(self) -> int:
        """How many branches of a fan-out are worth having alive at once."""
        return max(self.permits.limits.values())

    def run_plan(self, plan: RunPlan) -> PlanRun:
        """Run a plan, blocking: code in the sandbox, data right here, both within their time.

        Raises:
            SandboxError: the sandbox itself could not run.
        """
        seconds = self._plan_seconds()
        if plan.language == "python":
            return self.sandbox.run(replace(plan, seconds=seconds))
        until = self.clock() + seconds

        def check() -> None:
            if self.clock() >= until:
                raise UsageError(f"the plan ran longer than {seconds:.3g} s: {_RUN_LESS}")

        return run_json_plan(plan, check)

    def tell(self, event: Event) -> None:
        """Tell the observer.

        Raises:
            ObserverFailed: it raised something, which the end of the run takes out again.
        """
        try:
            self.observe(event)
        except (Exception, asyncio.CancelledError) as error:
            self.end()
            raise ObserverFailed(error) from error

    def end(self) -> None:
        """Let no further call out, before whoever waits for a permit gets one."""
        self._is_over = True

    def admit(self, ask: Ask, *, again: bool = False) -> float:
        """Let a call go out: budget, disclosure, event. Returns the time it begins.

        Args:
            ask: the call.
            again: whether it went out before; then only the budget is looked at.

        Raises:
            BudgetExceeded: a limit is reached, and the call must not be made.
            RunCancelled: an observer's exception ends the run.
        """
        if self._is_over:
            raise RunCancelled("the run was stopped")
        self._check_budget(ask)
        if not again:
            self.meter.disclosed.extend(ask.disclosed)
            self.tell(CallStarted(role=ask.role, label=ask.label))
        return self.clock()

    def settle(self, ask: Ask, reply: Reply, began: float, listener: Listener | None) -> Reply:
        """Charge a reply the moment it is here, before anybody reads it."""
        text = well_formed(reply.text)
        usage = reply.usage or self._counted(ask, text)
        model = reply.model or self.models[ask.role].name
        seconds = self.clock() - began
        for _ in range(reply.failed):
            self.came_to_nothing(ask)
        self._charge(ask, model, usage)
        if ask.role == "remote":
            self._slowest_remote = max(self._slowest_remote, seconds)
        if listener and not listener.heard:
            listener(text)
        self.tell(CallFinished(role=ask.role, label=ask.label, usage=usage, seconds=seconds))
        return replace(reply, text=text, usage=usage, model=model)

    def broken_off(self, ask: Ask, listener: Listener | None) -> None:
        """Charge a call nobody waits for any longer, by its prompt and what was heard of it."""
        heard = listener.heard if listener else ""
        self._charge(ask, self.models[ask.role].name, self._counted(ask, heard))

    def came_to_nothing(self, ask: Ask) -> None:
        """Count an attempt that failed, whether or not there will be another."""
        with self._noting:
            self.meter.note_failure(ask.role)

    def retried(self, ask: Ask, error: ModelError, attempt: int, wait: float) -> None:
        """Tell of an attempt that failed, before the wait for the next."""
        self.tell(
            CallRetried(
                role=ask.role, label=ask.label, attempt=attempt, wait=wait, error=str(error)
            )
        )

    def failed(self, ask: Ask, error: MinionsError) -> None:
        """Mark an error that ends a call with whose it was; only a model's errors are told of."""
        if isinstance(error, ModelError):
            told = named(error, ask.role, self.models[ask.role].name)
            self.tell(CallFailed(role=ask.role, label=ask.label, error=str(told)))

    def listener(self, ask: Ask, check: Callable[[], None]) -> Listener | None:
        """What hears an attempt as it arrives: if the protocol lets it and anybody wants to see.

        Servers tell less of a stream than of a whole reply: some leave out its usage.
        """
        if ask.stream is None or not self.streams or self.observe is ignore:
            return None
        return Listener(ask.stream(), self._show, check)

    def _show(self, piece: TextDelta) -> None:
        """Tell of a piece; where none was shown before, there is nothing to begin anew."""
        self.tell(replace(piece, anew=piece.anew and self._has_shown))
        self._has_shown = True

    def _charge(self, ask: Ask, model: str, usage: Usage) -> None:
        with self._noting:
            self.meter.note(Call(role=ask.role, label=ask.label, model=model, usage=usage))

    def _counted(self, ask: Ask, text: str) -> Usage:
        prompt = sum(self.count(message.content) for message in ask.messages)
        return Usage(input_tokens=prompt, output_tokens=self.count(text), estimated=True)

    def within_time(self, ask: Ask, wait: float = 0) -> float:
        """As much of `wait`, in seconds, as the budget has time for before this call goes out.

        Raises:
            BudgetExceeded: it has none left at all.
        """
        allowed = self.budget.seconds
        if allowed is None:
            return wait
        spent = self.clock() - self._began
        kept = self._kept_for_the_answer(allowed) if ask.role == "local" else 0
        if spent >= allowed - kept:
            raise BudgetExceeded("seconds", spent, allowed, kept if spent < allowed else 0)
        return min(wait, allowed - kept - spent)

    def _plan_seconds(self) -> float:
        """How long a plan may run: as the sandbox has it, within what the budget leaves."""
        allowed = self.budget.seconds
        if allowed is None:
            return self.sandbox.seconds
        spent = self.clock() - self._began
        left = allowed - self._kept_for_the_answer(allowed) - spent
        return min(self.sandbox.seconds, max(_LEAST_PLAN_SECONDS, left))

    def _kept_for_the_answer(self, allowed: float) -> float:
        """Seconds the remote model, if there is one, may need to answer: as its slowest call."""
        if "remote" not in self.models:
            return 0
        return min(max(self._slowest_remote, allowed / 10), allowed / 2)

    def _check_budget(self, ask: Ask) -> None:
        self.within_time(ask)
        if ask.role == "local":
            return
        tokens = self.budget.remote_tokens
        if tokens is not None and self.meter.remote_tokens() >= tokens:
            raise BudgetExceeded("remote_tokens", self.meter.remote_tokens(), tokens)
        cost = self.meter.cost() if self.budget.cost is not None else None
        if cost is not None and self.budget.cost is not None and float(cost) >= self.budget.cost:
            raise BudgetExceeded("cost", float(cost), self.budget.cost)
