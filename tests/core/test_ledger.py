"""The bill."""

from decimal import Decimal

from minions_core.ledger import Call, Meter, price
from minions_core.messages import Usage
from minions_core.result import MinionsResult

THOUSAND = Usage(input_tokens=1000, output_tokens=100)


def paid(model, usage=THOUSAND, role="remote"):
    return Call(role=role, label="x", model=model, usage=usage)


def metered(*calls, **settings):
    meter = Meter(**settings)
    for call in calls:
        meter.note(call)
    return meter


def test_a_known_model_has_a_price():
    assert price(THOUSAND, "gpt-4o") == Decimal("0.0035")


def test_cached_tokens_are_priced_as_cached():
    cached = Usage(input_tokens=1000, output_tokens=100, cached_input_tokens=1000)
    assert price(cached, "gpt-4o") < price(THOUSAND, "gpt-4o")


def test_an_unknown_price_is_none_and_not_zero():
    assert price(THOUSAND, "my-own-model") is None


def test_one_unknown_price_makes_the_cost_unknown():
    meter = metered(paid("gpt-4o"), paid("my-own-model"))
    assert meter.ledger(THOUSAND).cost is None


def test_local_calls_cost_nothing():
    meter = metered(paid("gpt-4o"), paid("llama3.2", role="local"))
    assert meter.ledger().cost == Decimal("0.0035")


def test_the_saving_is_the_baseline_less_the_cost():
    meter = metered(paid("gpt-4o"))
    ledger = meter.ledger(Usage(input_tokens=100_000, output_tokens=100))
    assert ledger.saving == ledger.baseline - ledger.cost == Decimal("0.2475")


def test_without_a_price_the_saving_is_unknown():
    meter = metered(paid("my-own-model"))
    assert meter.ledger(THOUSAND).saving is None


def test_a_run_may_be_priced_as_another_model():
    meter = metered(paid("offline"), price_as="gpt-4o")
    assert meter.ledger().cost == Decimal("0.0035")


def test_calls_add_up_by_role():
    meter = metered(paid("a", role="local"), paid("b", role="local"), paid("c"))
    local = meter.ledger().local
    assert (local.calls, local.usage.input_tokens, local.models) == (2, 2000, ("a", "b"))


def test_a_run_without_remote_calls_cost_nothing():
    assert Meter().ledger().cost == 0


def test_counts_that_cannot_be_have_no_price():
    impossible = Usage(input_tokens=10, output_tokens=1, cached_input_tokens=500)
    assert price(impossible, "gpt-4o") is None


def test_a_call_under_a_name_without_a_price_is_priced_as_the_model_that_was_asked():
    meter = metered(paid("deployment-7"), otherwise="gpt-4o")
    assert meter.ledger(THOUSAND).cost == meter.ledger(THOUSAND).baseline == Decimal("0.0035")


def test_a_price_that_was_asked_for_and_is_not_known_is_not_replaced():
    meter = metered(paid("gpt-4o"), price_as="my-own-model", otherwise="gpt-4o")
    assert meter.ledger(THOUSAND).cost is None


def test_attempts_that_came_to_nothing_are_counted_by_role():
    meter = metered(paid("gpt-4o"))
    meter.note_failure("local")
    meter.note_failure("local")
    ledger = meter.ledger()
    assert (ledger.local.failed, ledger.remote.failed) == (2, 0)


def test_failures_are_neither_calls_nor_tokens():
    meter = metered(paid("gpt-4o"))
    meter.note_failure("remote")
    meter.note(paid("gpt-4o"))
    remote = meter.ledger().remote
    assert (remote.calls, remote.failed, remote.usage.input_tokens) == (2, 1, 2000)


def test_each_call_is_priced_by_its_own_length():
    long = Usage(input_tokens=150_000)
    meter = metered(paid("gemini-2.5-pro", long), paid("gemini-2.5-pro", long))
    assert meter.cost() == 2 * price(long, "gemini-2.5-pro")


def test_a_ledger_comes_back_from_json_as_it_went():
    meter = metered(paid("gpt-4o"), paid("llama3.2", role="local"))
    meter.note_failure("local")
    ledger = meter.ledger(THOUSAND)
    result = MinionsResult(
        protocol="minions", question="Q", answer="A", status="answered", ledger=ledger
    )
    assert MinionsResult.from_json(result.to_json()).ledger == ledger
