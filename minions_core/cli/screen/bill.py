"""What a run cost and what left the machine, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minions_core.cli.screen.paper import Line
from minions_core.cli.screen.words import counted, dollars

if TYPE_CHECKING:
    from minions_core.ledger import Account, Disclosure, Ledger
    from minions_core.messages import Usage
    from minions_core.result import MinionsResult


def bill(result: MinionsResult, price_as: str | None) -> list[Line]:
    """The lines of the bill: what left, tokens of both models, money against remote-only.

    Args:
        result: how the run ended, or what there is of it.
        price_as: the model its remote calls were priced as, if not by their own names.
    """
    return [
        Line("Left the machine", _left(result.disclosure)),
        Line("Remote", _account(result.ledger.remote)),
        Line("Local", _account(result.ledger.local)),
        Line("Money", _money(result.ledger, price_as, is_over=result.status != "failed")),
    ]


def tokens_told(usage: Usage) -> str:
    """Tokens in and out; `about` where a server told none and they were counted here."""
    cached = f" ({usage.cached_input_tokens:,} cached)" if usage.cached_input_tokens else ""
    return f"{about(usage)}{usage.input_tokens:,} tokens in{cached}, {usage.output_tokens:,} out"


def tokens_in_out(usage: Usage) -> str:
    """The same in fewer words."""
    return f"{about(usage)}{usage.input_tokens:,} in, {usage.output_tokens:,} out"


def about(usage: Usage) -> str:
    """What to say before a count or a price: that it is estimated, if it is."""
    return "about " if usage.estimated else ""


def _left(disclosure: Disclosure) -> str:
    if disclosure.tokens >= disclosure.document_tokens > 0:
        return (
            f"{disclosure.tokens:,} tokens taken from the text, which has no more than "
            f"{disclosure.document_tokens:,}: it is short enough to be sent whole"
        )
    return (
        f"{disclosure.tokens:,} tokens taken from the text, of {disclosure.document_tokens:,} "
        f"({disclosure.share:.1%})"
    )


def _account(account: Account) -> str:
    failed = f" and {counted(account.failed, 'failed attempt')}" if account.failed else ""
    models = f" ({', '.join(account.models)})" if account.models else ""
    return f"{counted(account.calls, 'call')}{failed}, {tokens_told(account.usage)}{models}"


def _money(ledger: Ledger, price_as: str | None, *, is_over: bool) -> str:
    if ledger.cost is None:
        model = price_as or ", ".join(ledger.remote.models) or "the remote model"
        return f"unknown: no price is known for {model}; see --price-as"
    spent = f"{about(ledger.remote.usage)}{dollars(ledger.cost)}"
    named = f"{spent} at the price of {price_as}" if price_as else spent
    return f"{named}; {_against(ledger)}" if is_over and ledger.baseline is not None else named


def _against(ledger: Ledger) -> str:
    """The cost beside that of sending the remote model everything, which can only be estimated."""
    saving, baseline = ledger.saving, ledger.baseline
    alone = f"sending it everything would cost about {dollars(baseline)}"
    if saving is None or not baseline:
        return alone
    if saving < 0:
        return f"{alone}, so nothing was saved"
    return f"{alone}; saved {dollars(saving)} ({saving / baseline:.0%})"
