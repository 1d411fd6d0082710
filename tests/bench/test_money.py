"""What calls cost."""

from decimal import Decimal

from minions_core.bench.money import Prices
from minions_core.bench.records import Judgement, Paid, Record
from minions_core.messages import Usage

MILLION = Usage(input_tokens=1_000_000)  # of gpt-4o: $2.50


def record(*calls, model="gpt-4o", **more):
    paid = tuple(Paid(role=role, usage=usage) for role, usage in calls)
    given = {"calls": paid, "remote_model": model, **more}
    return Record(key="k", question="q1", contender="minions", ending="answered", **given)


def test_every_remote_call_is_paid_for():
    made = record(("remote", MILLION), ("remote", MILLION))
    assert Prices(remote="gpt-4o").of_record(made) == Decimal(5)


def test_local_calls_cost_nothing():
    assert Prices(remote="nobody").of_record(record(("local", MILLION))) == 0


def test_a_price_that_is_not_known_is_unknown():
    made = record(("remote", MILLION), model="nobody")
    assert Prices(remote="nobody").of_record(made) is None


def test_the_models_own_name_serves_where_the_reported_one_has_no_price():
    made = record(("remote", MILLION), model="nobody")
    assert Prices(remote="gpt-4o").of_record(made) == Decimal("2.5")


def test_other_prices_may_be_chosen_afterwards():
    made = record(("remote", MILLION), model="gpt-4o-mini")
    assert Prices(remote="x", price_as="gpt-4o").of_record(made) == Decimal("2.5")


def test_a_chosen_price_that_is_not_known_is_unknown():
    made = record(("remote", MILLION))
    assert Prices(remote="gpt-4o", price_as="nobody").of_record(made) is None


def test_tokens_of_a_cache_cost_less():
    cached = Usage(input_tokens=1_000_000, cached_input_tokens=1_000_000)
    assert Prices(remote="gpt-4o").of_record(record(("remote", cached))) == Decimal("1.25")


def test_alone_the_remote_model_would_read_everything():
    made = record(("local", MILLION), document_tokens=999_000, question_tokens=1000)
    assert Prices(remote="gpt-4o").alone(made) == Decimal("2.5")


def test_alone_it_would_write_the_same_answer():
    made = record(
        ("remote", Usage(output_tokens=500_000)), ("remote", Usage(output_tokens=1_000_000))
    )
    assert Prices(remote="gpt-4o").alone(made) == Decimal(10)


def test_a_judge_has_a_price_of_its_own():
    paid = (Paid(role="remote", usage=MILLION),)
    judged = Judgement(key="k", verdict="right", calls=paid, model="gpt-4o")
    assert Prices(remote="nobody", price_as="nobody").of_judgement(judged) == Decimal("2.5")


def test_a_remote_model_without_a_price_is_named():
    assert Prices(remote="nobody").unknown() == "nobody"


def test_a_remote_model_with_a_price_is_not():
    assert Prices(remote="gpt-4o").unknown() is None
