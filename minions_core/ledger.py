"""What a run used, what it cost, and what of the documents left the machine.

A `Meter` notes every call the moment its reply arrives; a `Ledger` is what the notes add up to.
Prices are those of genai-prices, bundled with it: nothing is fetched.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from minions_core.messages import Role, Usage

DisclosedKind: TypeAlias = Literal[
    "name", "outline", "passage", "answer", "quote", "heading", "task", "plan_output", "history"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosed:
    """One string, derived from a document, that left for the remote model.

    Attributes:
        kind: what it was sent as.
        text: the string, verbatim.
        document: the name of the document it came from, or None if that cannot be told.
    """

    kind: DisclosedKind
    text: str
    document: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """Everything derived from the documents that left for the remote model.

    Attributes:
        items: each string once, in the order of leaving.
        tokens: how many tokens they are.
        document_tokens: how many tokens the documents are.
    """

    items: tuple[Disclosed, ...] = ()
    tokens: int = 0
    document_tokens: int = 0

    @property
    def share(self) -> float:
        """Tokens that left, as a share of the documents' tokens (0.0 to 1.0, rarely above)."""
        return self.tokens / self.document_tokens if self.document_tokens else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call to a model, paid for."""

    role: Role
    label: str
    model: str
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The calls of one role, added up.

    Attributes:
        calls: how many were answered, repairs included, and those broken off midway.
        failed: how many attempts came to nothing, those that were tried again included; what a
            provider charges for them is not known and not in `usage`.
        usage: the tokens of `calls`; those of a call that was broken off are estimated.
        models: the names of the models that answered, in order of first use.
    """

    calls: int = 0
    failed: int = 0
    usage: Usage = Usage()
    models: tuple[str, ...] = ()

    def with_call(self, call: Call) -> Account:
        """This account, and one call more."""
        named = () if call.model in self.models else (call.model,)
        return Account(
            calls=self.calls + 1,
            failed=self.failed,
            usage=self.usage + call.usage,
            models=self.models + named,
        )

    def counts(self) -> dict[str, Any]:
        """Calls, tokens and models as plain JSON data, for the outputs of frameworks."""
        return {
            "calls": self.calls,
            "failed": self.failed,
            "input_tokens": self.usage.input_tokens,
            "output_tokens": self.usage.output_tokens,
            "cached_input_tokens": self.usage.cached_input_tokens,
            "total_tokens": self.usage.total_tokens,
            "estimated": self.usage.estimated,
            "models": list(self.models),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The bill of a run.

    Attributes:
        local: calls and tokens of the local model, which cost nothing.
        remote: calls and tokens of the remote model.
        cost: what the remote calls cost in US dollars, or None if a price is unknown.
        baseline: what it would have cost to send the documents and the question to the remote
            model in one call and get this answer, or None if the price is unknown.
    """

    local: Account = Account()
    remote: Account = Account()
    cost: Decimal | None = None
    baseline: Decimal | None = None

    @property
    def saving(self) -> Decimal | None:
        """What the run saved against the baseline (below 0 if it cost more), or None."""
        if self.cost is None or self.baseline is None:
            return None
        return self.baseline - self.cost


def _two_accounts() -> dict[Role, Account]:
    return {"local": Account(), "remote": Account()}


@dataclass(slots=True)
class Meter:
    """Notes calls, failures and disclosures as they happen.

    Threads that share one take a lock to note; reading needs none. Local calls, of which there may
    be any number, are added up at once; remote ones are kept, since prices go by the call.

    Attributes:
        price_as: price remote calls as this model instead of by the name it reports.
        otherwise: the model to price them as where the name it reports has no price.
        accounts: the calls of each role, added up.
        disclosed: what left for the remote model, in the order of leaving.
    """

    price_as: str | None = None
    otherwise: str | None = None
    accounts: dict[Role, Account] = field(default_factory=_two_accounts)
    disclosed: list[Disclosed] = field(default_factory=list[Disclosed])
    _priced: list[Call] = field(default_factory=list[Call])

    def note(self, call: Call) -> None:
        """Charge a call."""
        self.accounts[call.role] = self.accounts[call.role].with_call(call)
        if call.role == "remote":
            self._priced.append(call)

    def note_failure(self, role: Role) -> None:
        """Count an attempt that came to nothing."""
        account = self.accounts[role]
        self.accounts[role] = replace(account, failed=account.failed + 1)

    def remote_tokens(self) -> int:
        """Remote tokens used so far."""
        return self.accounts["remote"].usage.total_tokens

    def cost(self) -> Decimal | None:
        """Money spent so far in US dollars, or None if a price is unknown."""
        total = Decimal(0)
        for call in self._priced:
            amount = self._price(call.usage, call.model)
            if amount is None:
                return None
            total += amount
        return total

    def ledger(self, baseline: Usage | None = None) -> Ledger:
        """The bill as it stands; `baseline` is the usage of asking the remote model alone."""
        remote = self.accounts["remote"]
        named = remote.models[-1] if remote.models else self.price_as or self.otherwise
        return Ledger(
            local=self.accounts["local"],
            remote=remote,
            cost=self.cost(),
            baseline=self._price(baseline, named) if baseline and named else None,
        )

    def _price(self, usage: Usage, reported: str) -> Decimal | None:
        amount = price(usage, self.price_as or reported)
        if amount is None and self.otherwise and not self.price_as:
            return price(usage, self.otherwise)
        return amount


def price(usage: Usage, model: str) -> Decimal | None:
    """What `usage` of `model` costs in US dollars, or None if its price is not known."""
    from genai_prices import Usage as PricedUsage
    from genai_prices import calc_price

    counts = PricedUsage(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cached_input_tokens,
    )
    try:
        return calc_price(counts, model_ref=model).total_price
    except (LookupError, ValueError):  # no such model; counts that cannot be, such as more cached
        return None
