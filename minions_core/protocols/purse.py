"""What a run's budget still has for the remote model, so that an answer is always left in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING, TypeAlias

from minions_core.config import Budget
from minions_core.errors import BudgetExceeded
from minions_core.messages import Usage

if TYPE_CHECKING:
    from collections.abc import Iterator

CostOf: TypeAlias = Callable[[Usage], Decimal | None]
"""Usage of the remote model in, US dollars out; None if its price is not known."""

_MANY = 1_000_000
_SHORTEST_REPLY = 60
_MOST_DRIFT = 1.5  # vocabularies differ by less; what is more is overhead


def unknown_cost(_: Usage) -> Decimal | None:
    """The price of a model nobody knows the price of."""
    return None


@dataclass(slots=True)
class Purse:
    """The part of a budget that pays the remote model.

    Attributes:
        budget: what the run may spend.
        cost_of: prices the remote model.
        spent: tokens of its replies so far.
        drift: how many tokens the server counts for one of ours, by its last reply.
        overhead: how many more it counted then; a gateway may add a prompt of its own.
    """

    budget: Budget = Budget()
    cost_of: CostOf = unknown_cost
    spent: Usage = Usage()
    drift: float = 1.0
    overhead: int = 0

    def pay(self, usage: Usage, estimated_input: int = 0) -> None:
        """Take the usage of a reply out of it.

        Args:
            usage: what it used.
            estimated_input: what its prompt had been taken for, to know better next time.
        """
        self.spent += usage
        if estimated_input:
            self.drift = max(1.0, usage.input_tokens / estimated_input)
            self.overhead = max(0, usage.input_tokens - estimated_input)

    def room(self, call: Usage) -> int | None:
        """How many input tokens more a call, or several added up, may have.

        Args:
            call: its tokens as far as they are known or guessed.

        Returns:
            A number, below 0 if it is too dear as it is; None if there is no limit.
        """
        left = min((left for _, left in self._left(call, Usage(input_tokens=_MANY))), default=None)
        return None if left is None else int(left / (1 if self.drift > _MOST_DRIFT else self.drift))

    def reply_room(self, input_tokens: int) -> int | None:
        """How many tokens the reply to a prompt of `input_tokens` may have; None without a limit.

        Raises:
            BudgetExceeded: too few for any reply, so the call must not be made.
        """
        prompt, output = Usage(input_tokens=input_tokens), Usage(output_tokens=_MANY)
        limits = list(self._left(prompt, output))
        for limit, left in limits:
            if left < _SHORTEST_REPLY:
                raise limit
        return min((left for _, left in limits), default=None)

    def _left(self, call: Usage, unit: Usage) -> Iterator[tuple[BudgetExceeded, int]]:
        """Each limit, and how much of a million `unit`s it leaves after the call."""
        is_overhead = self.drift > _MOST_DRIFT
        counted = (
            call.input_tokens + self.overhead if is_overhead else call.input_tokens * self.drift
        )
        call = replace(call, input_tokens=ceil(counted))
        tokens = self.budget.remote_tokens
        if tokens is not None:
            spent = self.spent.total_tokens
            limit = BudgetExceeded("remote_tokens", spent, tokens)
            yield limit, tokens - spent - call.total_tokens
        paid, due, each = self.cost_of(self.spent), self.cost_of(call), self.cost_of(unit)
        if self.budget.cost is not None and paid is not None and due is not None and each:
            left = (Decimal(str(self.budget.cost)) - paid - due) / each * _MANY
            yield BudgetExceeded("cost", float(paid), self.budget.cost), int(left)
