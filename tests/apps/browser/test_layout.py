"""Where the page stands and how it fits, on a desk and in a pocket."""

import pytest
from playwright.sync_api import expect

from minions_core.demo import annual_report
from tests.apps.browser.asking import answer, ask, open_citation, open_tab, settled
from tests.apps.browser.visiting import DESKTOP, PHONE, picture, visit, window

FACTS = annual_report().facts
WIDER_THAN_THE_WINDOW = """() => [...document.querySelectorAll("[class^=mn-], .stMain")]
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1)
    .filter(e => !e.closest(".mn-scroll, .mn-tip, pre"))
    .map(e => e.className)"""


@pytest.fixture(scope="module", params=[DESKTOP, PHONE], ids=["desk", "phone"])
def screen(browser, request):
    with window(browser, request.param) as context:
        yield context


@pytest.fixture(scope="module")
def opened(screen, app_url):
    """The page as it opens; tests only look at it."""
    with visit(screen, app_url) as seen:
        settled(seen.page)
        picture(seen.page, f"empty_{seen.page.viewport_size['width']}")
        yield seen.page


@pytest.fixture(scope="module")
def told(screen, app_url):
    """A page with two questions and their answers, as it stands when the second is there."""
    with visit(screen, app_url) as seen:
        ask(seen.page, FACTS["settlement"].question)
        answer(seen.page)
        ask(seen.page, FACTS["ceo"].question)
        answer(seen.page, 1)
        settled(seen.page)
        yield seen.page


@pytest.fixture
def used(told):
    """The same page, for tests that press what is on it; it is scrolled back after each."""
    stood = told.locator(".stMain").evaluate("main => main.scrollTop")
    yield told
    told.locator(".stMain").evaluate("(main, stood) => main.scrollTo(0, stood)", stood)


def test_the_page_opens_at_its_top(opened):
    expect(opened.locator(".mn-brand")).to_be_in_viewport(ratio=1)


def test_the_box_for_questions_is_in_view_at_once(opened):
    expect(opened.locator(".st-key-question textarea")).to_be_in_viewport(ratio=1)


def test_nothing_is_wider_than_the_window_at_first(opened):
    assert opened.evaluate(WIDER_THAN_THE_WINDOW) == []


def test_the_newest_question_is_in_view_with_its_answer(told):
    expect(told.locator(".mn-question").last).to_be_in_viewport(ratio=1)


def test_the_newest_answer_is_in_view(told):
    expect(told.locator(".mn-answer").last).to_be_in_viewport(ratio=1)


def test_no_answer_is_wider_than_the_window(told):
    assert told.evaluate(WIDER_THAN_THE_WINDOW) == []


def test_what_left_is_not_wider_than_the_window(used):
    open_tab(used, "What left this machine")
    assert used.evaluate(WIDER_THAN_THE_WINDOW) == []


def test_an_opened_passage_is_not_wider_than_the_window(used):
    open_citation(used)
    wide = used.evaluate(WIDER_THAN_THE_WINDOW)
    used.keyboard.press("Escape")
    assert wide == []
