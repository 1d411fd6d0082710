"""A run and the page that shows it: neither stands in the other's way."""

import itertools
import threading

import pytest

from minions_core.app.hiding import NO_SECRETS
from minions_core.app.models import ModelChoice
from minions_core.app.running import Question, Running
from minions_core.documents import Document
from minions_core.engine import Minions
from minions_core.events import PlanRejected
from tests.apps.app.visits import TREASURE, Visit, spoken
from tests.wire import WireServer

PARAGRAPHS = f"{TREASURE}\n\nThe ship is old.\n\nThe sea is wide.\n\nThe crew is small."


class Gate:
    """A script whose local model waits until it is let through."""

    def __init__(self):
        self.reached, self.opened = threading.Event(), threading.Event()
        self._play = spoken()

    def __call__(self, request):
        if request.body["model"] == "local-model":
            self.reached.set()
            self.opened.wait(30)
        return self._play(request)


@pytest.fixture
def gate():
    gate = Gate()
    yield gate
    gate.opened.set()


@pytest.fixture
def server(gate):
    with WireServer(gate) as server:
        yield server
        gate.opened.set()


@pytest.fixture
def reading(gate, server):
    """A tab in which the local model is reading."""
    visit = Visit()
    visit.paste(PARAGRAPHS)
    visit.choose_server("local", server.openai_url)
    visit.choose_server("remote", server.openai_url)
    visit.ask("What is the treasure worth?")
    assert gate.reached.wait(30)
    visit.draw()
    return visit


def test_the_plan_is_shown_while_its_jobs_are_read(reading):
    assert "def prepare_jobs" in reading.shown


def test_passages_being_read_have_their_colour(reading):
    assert 'class="mn-square mn-reading"' in reading.shown


def test_it_is_said_who_is_waited_for(reading):
    assert "Reading on this machine: 0 of" in reading.shown


def test_tokens_are_counted_as_they_are_spent(reading):
    assert "remote tokens ·" in reading.shown


def test_no_other_question_can_be_asked_meanwhile(reading):
    assert reading.tab.chat_input(key="question").disabled


def test_a_click_in_the_midst_of_a_run_does_not_disturb_it(reading, gate, server):
    reading.tab.checkbox(key="redact").check().run()
    gate.opened.set()
    reading.wait()
    assert "$512 million" in reading.answer()
    assert sum(request.body["model"] == "remote-model" for request in server.requests) == 2


def test_settings_changed_meanwhile_are_those_of_the_next_question(reading, gate):
    reading.tab.radio(key="protocol").set_value("minion").run()
    gate.opened.set()
    reading.wait()
    assert reading.session.turns[0].result.protocol == "minions"


def test_another_tab_knows_nothing_of_it(reading):
    assert Visit().session.turns == []


def test_stop_ends_the_run_at_once(reading):
    reading.press("stop")
    reading.wait()
    assert reading.session.turns[0].trouble.is_stop


def test_stop_breaks_off_the_calls_in_flight(reading, server, gate):
    running = reading.session.running
    reading.press("stop")
    assert running.turn.wait(30)
    gate.opened.set()
    assert server.is_idle()


def test_what_was_known_before_the_stop_is_kept(reading):
    reading.press("stop")
    reading.wait()
    assert reading.session.turns[0].result.status == "failed"
    assert "def prepare_jobs" in reading.shown


def test_passages_that_were_not_read_are_shown_as_such(reading):
    reading.press("stop")
    reading.wait()
    assert "not read" in reading.shown
    assert "mn-square mn-reading" not in reading.shown


def test_after_a_stop_the_next_question_can_be_asked(reading):
    reading.press("stop")
    reading.wait()
    assert not reading.tab.chat_input(key="question").disabled


def test_a_question_that_was_stopped_is_no_history_of_the_next(reading):
    reading.press("stop")
    reading.wait()
    turn = reading.session.turns[0]
    assert reading.session.history(turn.question.documents) == ()


def test_a_new_conversation_ends_the_run(reading):
    turn = reading.session.running.turn
    reading.press("clear")
    assert turn.wait(30)


def test_a_run_nobody_looks_at_any_more_ends(server):
    question = Question(text="What is it worth?", documents=(Document(PARAGRAPHS),))
    running = Running(question, served(server.openai_url), patience=0.1)
    assert running.turn.wait(30)
    assert running.turn.trouble.is_stop


def test_a_run_whose_tab_is_gone_ends(server):
    question = Question(text="What is it worth?", documents=(Document(PARAGRAPHS),))
    make = served(server.openai_url)
    running = Running(question, make, is_there=lambda: False, grace=0.1)
    assert running.turn.wait(30)
    assert running.turn.trouble.is_stop


def test_a_tab_that_comes_back_in_time_keeps_its_run(server, gate):
    question = Question(text="What is it worth?", documents=(Document(PARAGRAPHS),))
    there = itertools.cycle([False, False, True])
    make = served(server.openai_url)
    running = Running(question, make, is_there=lambda: next(there), grace=2.0)
    assert not running.turn.wait(3)
    gate.opened.set()
    assert running.turn.wait(30)
    assert running.turn.result.status == "answered"


def test_a_run_stopped_between_two_calls_is_charged_the_first_alone():
    question = Question(text="What is it worth?", documents=(Document(PARAGRAPHS),))
    begun = threading.Event()

    def make(switch):
        begun.wait(30)
        return served(server.openai_url)(switch)

    with WireServer("Neither a plan nor an answer.") as server:
        running = Running(question, make)
        conversation, add = running.turn.conversation, running.turn.conversation.add
        conversation.add = lambda event: (add(event), isinstance(event, PlanRejected) and stop())
        stop = running.stop
        begun.set()
        assert running.turn.wait(30)
    assert running.turn.result.ledger.remote.calls == len(server.requests) == 1


def test_the_page_looks_at_the_run_it_shows(reading):
    before = reading.session.running._seen
    reading.draw()
    assert reading.session.running._seen > before


def served(url):
    """Makes an engine whose models are on a server."""
    choices = {
        role: ModelChoice(spec=f"{url}#{role}-model", key="none") for role in ("local", "remote")
    }
    return lambda switch: Minions(
        *(choice.model(role, switch, NO_SECRETS) for role, choice in choices.items())
    )
