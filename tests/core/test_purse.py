"""What a budget still has for the remote model."""

from functools import partial

import pytest

from minions_core.config import Budget
from minions_core.errors import BudgetExceeded
from minions_core.ledger import price
from minions_core.messages import Usage
from minions_core.protocols.purse import Purse

ASK = Usage(input_tokens=400, output_tokens=100)


def test_without_a_limit_there_is_none():
    purse = Purse()
    assert (purse.room(ASK), purse.reply_room(400)) == (None, None)


def test_room_is_what_the_tokens_leave():
    purse = Purse(Budget(remote_tokens=1000))
    purse.pay(Usage(input_tokens=200, output_tokens=50))
    assert (purse.room(ASK), purse.reply_room(400)) == (250, 350)


def test_a_call_too_dear_leaves_less_than_nothing():
    assert Purse(Budget(remote_tokens=300)).room(ASK) == -200


def test_money_is_counted_in_tokens_of_the_model():
    purse = Purse(Budget(cost=0.0025), partial(price, model="gpt-4o"))
    assert purse.room(Usage()) == 1000
    assert purse.reply_room(0) == 250


def test_the_tighter_limit_counts():
    purse = Purse(Budget(remote_tokens=10_000, cost=0.0025), partial(price, model="gpt-4o"))
    assert purse.room(Usage()) == 1000


def test_of_a_model_without_a_price_only_tokens_count():
    assert Purse(Budget(cost=0.0025, remote_tokens=500)).room(ASK) == 0


def test_no_room_for_a_reply_is_an_error_that_names_the_limit():
    purse = Purse(Budget(remote_tokens=420))
    with pytest.raises(BudgetExceeded, match="remote_tokens"):
        purse.reply_room(400)


def test_a_server_that_counts_more_than_we_do_is_believed():
    purse = Purse(Budget(remote_tokens=1000))
    purse.pay(Usage(input_tokens=150), estimated_input=100)
    assert purse.reply_room(400) == 1000 - 150 - 600


def test_a_server_that_counts_less_changes_nothing():
    purse = Purse(Budget(remote_tokens=1000))
    purse.pay(Usage(input_tokens=50), estimated_input=100)
    assert purse.reply_room(400) == 550


def test_what_a_gateway_adds_to_every_prompt_is_added_and_not_multiplied():
    purse = Purse(Budget(remote_tokens=50_000))
    purse.pay(Usage(input_tokens=3_300), estimated_input=300)
    assert purse.reply_room(10_000) == 50_000 - 3_300 - 13_000
