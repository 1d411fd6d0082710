"""A run as it is seen while it goes on: the plan, the passages being read, the bill so far."""

import itertools
import threading

import pytest
from playwright.sync_api import expect

from minions_core.demo import annual_report
from tests.apps.browser.asking import ask, choose_server, widget
from tests.apps.browser.visiting import picture, visit
from tests.wire import WireServer

QUESTION = annual_report().facts["capital_expenditure"].question
FOUND = '{"explanation": "It says so.", "citation": "none", "answer": "$330 million"}'
IN_FLIGHT = 4
JOBS = 6
READING_SECONDS = 120  # longer than all that is tried here


@pytest.fixture(scope="module")
def reading(desktop, app_url):
    """A page whose run stands still: two passages are read, and the others are being read."""
    replies, ended = itertools.count(), threading.Event()

    def read(_request):
        if next(replies) >= JOBS - IN_FLIGHT:
            ended.wait(READING_SECONDS)
        return FOUND

    with WireServer(read) as server, visit(desktop, app_url) as seen:
        try:
            choose_server(seen.page, "local", server.openai_url)
            ask(seen.page, QUESTION)
            expect(seen.page.locator(".mn-square.mn-answered")).to_have_count(JOBS - IN_FLIGHT)
            picture(seen.page, "running")
            yield seen.page
        finally:
            ended.set()


def test_each_passage_is_a_square(reading):
    expect(reading.locator(".mn-square")).to_have_count(JOBS)


def test_passages_being_read_are_told_from_others(reading):
    expect(reading.locator(".mn-square.mn-reading")).to_have_count(IN_FLIGHT)


def test_the_colours_are_explained(reading):
    expect(reading.locator(".mn-legend")).to_contain_text("4 being read")


def test_pointing_at_a_passage_tells_what_was_found_in_it(reading):
    reading.locator(".mn-square.mn-answered").first.hover()
    expect(reading.locator(".mn-tip:visible")).to_contain_text("Answer: $330 million")


def test_what_the_plan_asks_is_shown(reading):
    expect(reading.locator(".mn-tasks")).to_contain_text(QUESTION)


def test_the_plan_itself_can_be_opened(reading):
    reading.get_by_text("The plan it wrote").click()
    expect(reading.locator(".mn-step pre")).to_contain_text("def prepare_jobs")


def test_the_bill_so_far_is_shown(reading):
    expect(reading.locator(".mn-spent")).to_contain_text("remote tokens")


def test_no_other_question_can_be_asked_meanwhile(reading):
    expect(widget(reading, "question").locator("textarea")).to_be_disabled()
