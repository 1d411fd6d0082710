"""A run that goes on while a person looks around: what was opened stays open, a tab may go away."""

import select
import threading
import time
from socket import MSG_PEEK

import pytest
from playwright.sync_api import expect

from minions_core.demo import annual_report
from tests.apps.browser.asking import answer, ask, choose_server, open_citation, widget
from tests.apps.browser.visiting import PATIENCE_MS, visit
from tests.wire import WireServer

FACTS = annual_report().facts
FOUND = '{"explanation": "It says so.", "citation": "none", "answer": "$330 million"}'
PATIENCE_SECONDS = PATIENCE_MS / 1000


class Turnstile:
    """A script of a local model that reads no passage before it is let."""

    def __init__(self):
        self._places = threading.Semaphore(0)

    def __call__(self, _request):
        self._places.acquire(timeout=PATIENCE_SECONDS)
        return FOUND

    def let(self, passages):
        self._places.release(passages)


@pytest.fixture
def turnstile():
    turnstile = Turnstile()
    yield turnstile
    turnstile.let(1000)


@pytest.fixture
def server(turnstile):
    with WireServer(turnstile) as server:
        yield server
        turnstile.let(1000)


@pytest.fixture
def reading(desktop, app_url, server):
    """A page with one answer, and a second question whose passages wait to be let."""
    with visit(desktop, app_url) as seen:
        ask(seen.page, FACTS["settlement"].question)
        answer(seen.page)
        choose_server(seen.page, "local", server.openai_url)
        ask(seen.page, FACTS["capital_expenditure"].question)
        expect(widget(seen.page, "live").locator(".mn-square.mn-reading").first).to_be_visible()
        yield seen.page


def test_the_plan_stays_open_while_passages_are_read(reading, turnstile):
    live = widget(reading, "live")
    live.get_by_text("The plan it wrote").click()
    turnstile.let(1)
    expect(live.locator(".mn-square.mn-answered")).to_have_count(1)
    expect(live.locator("pre")).to_be_visible()


def test_a_passage_stays_open_when_the_run_ends(reading, turnstile):
    passage = open_citation(reading)
    turnstile.let(1000)
    widget(reading, "answer_1").wait_for(state="attached")
    expect(passage.locator("mark").first).to_be_in_viewport()


def test_a_passage_that_was_closed_stays_closed(reading, turnstile):
    open_citation(reading)
    reading.keyboard.press("Escape")
    expect(reading.get_by_role("dialog")).to_have_count(0)
    turnstile.let(1000)
    answer(reading, 1)
    expect(reading.get_by_role("dialog")).to_have_count(0)


def left(server):
    """Wait until the app has hung up on all calls that are at work; False if it does not."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (gone := all(map(is_hung_up, server._http._open))) and time.monotonic() < deadline:
        time.sleep(0.1)
    return gone


def is_hung_up(connection):
    return bool(select.select([connection], [], [], 0)[0]) and not connection.recv(1, MSG_PEEK)


def test_a_run_whose_page_is_loaded_anew_ends(reading, server):
    reading.reload(wait_until="domcontentloaded")
    assert left(server)


def test_a_run_whose_tab_is_closed_ends(reading, server):
    reading.close()
    assert left(server)
