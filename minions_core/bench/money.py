"""What the calls of a benchmark cost, told from what they used: prices may be chosen afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from minions_core.bench.records import Judgement, Paid, Record
from minions_core.ledger import price
from minions_core.messages import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Whose prices count, in US dollars; local calls cost nothing.

    Attributes:
        remote: the name of the remote model, where the name it reports has no price.
        price_as: the model whose prices the remote calls have instead.
        judge: the name of the judge, where the name it reports has no price.
    """

    remote: str
    price_as: str | None = None
    judge: str | None = None

    def of_record(self, record: Record) -> Decimal | None:
        """What the remote calls for an answer cost, or None if the price is not known."""
        return _cost(_remote(record.calls), self._names(record))

    def in_all(self, record: Record) -> Decimal | None:
        """The same with the attempts that failed before it."""
        return _cost(_remote((*record.earlier, *record.calls)), self._names(record))

    def of_judgement(self, judgement: Judgement) -> Decimal | None:
        """What a judgement cost, or None if the price is not known."""
        return _cost(judgement.calls, (judgement.model, self.judge))

    def judged_in_all(self, judgement: Judgement) -> Decimal | None:
        """The same with the attempts that failed before it."""
        calls = (*judgement.earlier, *judgement.calls)
        return _cost(calls, (judgement.model, self.judge))

    def alone(self, record: Record) -> Decimal | None:
        """What the remote model alone would cost for this answer: all documents, one call."""
        said = [call.usage.output_tokens for call in record.calls if call.role == "remote"]
        usage = Usage(
            input_tokens=record.document_tokens + record.question_tokens,
            output_tokens=said[-1] if said else 0,
        )
        return _cost([Paid(role="remote", usage=usage)], self._names(record))

    def unknown(self) -> str | None:
        """The remote model, by the name it is priced as, if its price is not known."""
        named = self.price_as or self.remote
        return named if price(Usage(), named) is None else None

    def _names(self, record: Record) -> tuple[str | None, ...]:
        return (self.price_as,) if self.price_as else (record.remote_model, self.remote)


def _remote(calls: Iterable[Paid]) -> Iterable[Paid]:
    return (call for call in calls if call.role == "remote")


def _cost(calls: Iterable[Paid], names: Iterable[str | None]) -> Decimal | None:
    known = [name for name in names if name]
    total = Decimal(0)
    for call in calls:
        amounts = (price(call.usage, name) for name in known)
        amount = next((amount for amount in amounts if amount is not None), None)
        if amount is None:
            return None
        total += amount
    return total
