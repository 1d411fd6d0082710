"""The bill and the list of what left, in words."""

from decimal import Decimal

import pytest

from minions_core import MinionsResult
from minions_core.app.bill import disclosed, figures
from minions_core.app.rounds import rounds
from minions_core.ledger import Disclosed, Disclosure, Ledger
from minions_core.messages import Message
from minions_core.result import RoundRecord
from tests.apps.app.visits import ANSWER, PLAN, TREASURE, Visit, spoken
from tests.wire import WireReply, WireServer

NOBODY = "http://127.0.0.1:9/v1"


def saved(cost, baseline, status="answered"):
    """The figures of a run, by its cost and that of sending everything."""
    ledger = Ledger(cost=Decimal(cost), baseline=baseline and Decimal(baseline))
    return figures(result(ledger=ledger, status=status))


def result(protocol="minions", status="answered", **given):
    return MinionsResult(protocol=protocol, question="", answer="", status=status, **given)


def sent(tokens, of):
    """The figures of a run, by what was sent and what the documents hold."""
    return figures(result(disclosure=Disclosure(tokens=tokens, document_tokens=of)))


def left(*documents):
    items = tuple(Disclosed(kind="quote", text="some words", document=name) for name in documents)
    return disclosed(Disclosure(items=items))


def test_what_was_saved_is_a_share():
    assert '<div class="mn-value">75%</div>' in saved("0.01", "0.04")


@pytest.mark.parametrize(("cost", "times"), [("0.05", "5.0"), ("0.012", "1.2"), ("0.5", "50")])
def test_a_run_that_cost_more_than_sending_everything_says_how_many_times(cost, times):
    shown = saved(cost, "0.01")
    assert '<div class="mn-value">costs more</div>' in shown
    assert f">{times} x sending everything<" in shown


@pytest.mark.parametrize("status", ["failed", "exhausted", "budget"])
def test_a_run_without_an_answer_saved_nothing(status):
    assert '<div class="mn-value">nothing</div>' in saved("0.01", "0.04", status)


def test_what_the_remote_model_was_sent_is_a_share():
    assert '<div class="mn-value">0.3%</div>' in sent(3, 1000)


def test_of_short_documents_what_was_sent_is_told_in_words():
    shown = sent(41, 33)
    assert '<div class="mn-value">41 tokens</div>' in shown
    assert "short" in shown


def test_where_nothing_is_known_of_the_documents_nothing_was_sent():
    assert '<div class="mn-value">0.0%</div>' in sent(0, 0)


def test_a_figure_names_the_remote_model_alone():
    assert '<div class="mn-label">Sent to the remote model</div>' in sent(3, 1000)


def test_beside_the_figure_it_is_said_that_a_local_model_elsewhere_got_more():
    shown = figures(result(), is_read_elsewhere=True)
    assert "on another machine, was sent whole passages" in shown


def test_where_the_local_model_is_here_nobody_else_is_spoken_of():
    assert "another machine" not in figures(result())


def test_without_a_price_what_was_saved_is_unknown():
    assert '<div class="mn-value">unknown</div>' in saved("0.04", None)


def test_the_documents_are_named_where_there_are_several():
    assert "<td>b.txt</td>" in left("a.txt", "b.txt")


def test_a_single_document_is_not_named_in_every_line():
    assert "a.txt" not in left("a.txt", "a.txt", None)


@pytest.mark.parametrize(
    ("protocol", "words"), [("minions", "The plan"), ("minion", "The remote model asked")]
)
def test_a_round_tells_what_the_remote_model_wrote(protocol, words):
    record = RoundRecord(number=1, plan="", report="")
    assert f">{words}<" in rounds(result(protocol, rounds=(record,)))


def test_messages_are_numbered():
    said = (Message("system", "rules"), Message("user", "question"))
    assert "2. To the remote model" in rounds(result(transcript=said))


def charts(remote):
    """How many charts there are once the treasure was asked for."""
    with WireServer(spoken(remote=remote)) as server:
        visit = Visit()
        visit.paste(TREASURE)
        visit.choose_server("local", server.openai_url)
        visit.choose_server("remote", server.openai_url)
        visit.tab.text_input(key="price_as").set_value("gpt-4o").run()
        visit.answered("How much is it worth?")
    return len(visit.tab.get("vega_lite_chart") + visit.tab.get("arrow_vega_lite_chart"))


def test_an_answer_is_weighed_against_sending_everything():
    assert charts([PLAN, ANSWER]) == 1


def test_a_run_without_an_answer_is_weighed_against_nothing():
    assert charts([PLAN, WireReply("out of order", status=400)]) == 0


def test_a_run_that_came_to_nothing_shows_no_figures():
    visit = Visit()
    visit.paste(TREASURE)
    visit.choose_server("remote", NOBODY)
    visit.answered("How much is it worth?")
    assert 'class="mn-figures"' not in visit.shown


def test_a_run_that_came_to_nothing_tells_what_may_have_left():
    visit = Visit()
    visit.paste(TREASURE)
    visit.choose_server("remote", NOBODY)
    visit.answered("How much is it worth?")
    assert "document name" in visit.shown
