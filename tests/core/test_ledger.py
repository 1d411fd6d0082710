"""The bill."""

from decimal import Decimal

from minions_core.ledger import Call, Meter, price
from minions_core.messages import Usage

THOUSAND = Usage(input_tokens=1000, output_tokens=100)


def paid(model, usage=THOUSAND, role="remote"):
    return Call(role=role, label="x", model=model, usage=usage)


def test_a_known_model_has_a_price():
    assert price(THOUSAND, "gpt-4o") == Decimal("0.0035")


def test_cached_tokens_are_priced_as_cached():
    cached = Usage(input_tokens=1000, output_tokens=100, cached_input_tokens=1000)
    assert price(cached, "gpt-4o") < price(THOUSAND, "gpt-4o")


def test_an_unknown_price_is_none_and_not_zero():
    assert price(THOUSAND, "my-own-model") is None


def test_one_unknown_price_makes_the_cost_unknown():
    meter = Meter()
    meter.calls += [paid("gpt-4o"), paid("my-own-model")]
    assert meter.ledger(THOUSAND).cost is None


def test_local_calls_cost_nothing():
    meter = Meter()
    meter.calls += [paid("gpt-4o"), paid("llama3.2", role="local")]
    assert meter.ledger().cost == Decimal("0.0035")


def test_the_saving_is_the_baseline_less_the_cost():
    meter = Meter()
    meter.calls.append(paid("gpt-4o"))
    ledger = meter.ledger(Usage(input_tokens=100_000, output_tokens=100))
    assert ledger.saving == ledger.baseline - ledger.cost == Decimal("0.2475")


def test_without_a_price_the_saving_is_unknown():
    meter = Meter()
    meter.calls.append(paid("my-own-model"))
    assert meter.ledger(THOUSAND).saving is None


def test_a_run_may_be_priced_as_another_model():
    meter = Meter(price_as="gpt-4o")
    meter.calls.append(paid("offline"))
    assert meter.ledger().cost == Decimal("0.0035")


def test_calls_add_up_by_role():
    meter = Meter()
    meter.calls += [paid("a", role="local"), paid("b", role="local"), paid("c")]
    local = meter.ledger().local
    assert (local.calls, local.usage.input_tokens, local.models) == (2, 2000, ("a", "b"))


def test_a_run_without_remote_calls_cost_nothing():
    assert Meter().ledger().cost == 0


def test_counts_that_cannot_be_have_no_price():
    impossible = Usage(input_tokens=10, output_tokens=1, cached_input_tokens=500)
    assert price(impossible, "gpt-4o") is None


def test_a_call_under_a_name_without_a_price_is_priced_as_the_model_that_was_asked():
    meter = Meter(otherwise="gpt-4o")
    meter.calls.append(paid("deployment-7"))
    assert meter.ledger(THOUSAND).cost == meter.ledger(THOUSAND).baseline == Decimal("0.0035")


def test_a_price_that_was_asked_for_and_is_not_known_is_not_replaced():
    meter = Meter(price_as="my-own-model", otherwise="gpt-4o")
    meter.calls.append(paid("gpt-4o"))
    assert meter.ledger(THOUSAND).cost is None
