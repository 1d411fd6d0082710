"""The built-in report in a real browser: a question, its answer, and all that is shown of it."""

import re

import pytest
from playwright.sync_api import expect

from minions_core import MinionsResult
from minions_core.demo import annual_report
from tests.apps.browser.asking import answer, download, open_citation, open_tab, widget
from tests.apps.browser.visiting import picture, visit

FACT = annual_report().facts["capital_expenditure"]


@pytest.fixture(scope="module")
def answered(desktop, app_url):
    """A page on which a question was answered; tests only look at it."""
    with visit(desktop, app_url) as seen:
        widget(seen.page, "example_0").get_by_role("button").click()
        answer(seen.page)
        picture(seen.page, "answered")
        yield seen


@pytest.fixture
def passage(answered):
    """The document, with the passage the answer cites."""
    opened = open_citation(answered.page)
    picture(answered.page, "passage")
    yield opened
    answered.page.keyboard.press("Escape")
    expect(answered.page.get_by_role("dialog")).to_have_count(0)


def test_an_example_question_is_answered(answered):
    expect(answer(answered.page)).to_contain_text(FACT.figure)


def test_the_answer_cites_its_evidence(answered):
    expect(answer(answered.page).locator("button[data-cite]").first).to_have_text(
        re.compile(r"\[\d+\]")
    )


def test_a_citation_says_that_its_quote_was_checked(answered):
    expect(answered.page.locator(".mn-press .mn-badge").first).to_have_text("verified")


def test_a_citation_says_its_page(answered):
    expect(answered.page.locator(".mn-press .mn-place").first).to_contain_text(
        re.compile(r"page \d+")
    )


def test_what_left_the_machine_is_listed(answered):
    quote = answered.page.locator(".mn-press .mn-quote").first.inner_text()
    left = open_tab(answered.page, "What left this machine")
    expect(left.locator(".mn-exactly", has_text=quote).first).to_be_visible()


def test_the_bill_is_drawn(answered):
    bill = open_tab(answered.page, "Tokens and money")
    expect(bill.locator("canvas.marks, svg.marks")).to_be_visible()


def test_the_words_sent_to_the_remote_model_can_be_read(answered):
    expect(open_tab(answered.page, "Transcript")).to_contain_text("To the remote model")


def test_the_steps_that_led_there_can_be_opened(answered):
    answered.page.get_by_text("How it was found").click()
    expect(answered.page.locator(".mn-square.mn-answered").first).to_be_visible()


def test_the_download_is_a_result(answered):
    result = MinionsResult.from_json(download(answered.page, "download_0").read_bytes())
    assert result.question == FACT.question


def test_the_page_runs_without_errors_on_the_console(answered):
    assert answered.errors == []


def test_the_page_asks_nothing_of_other_machines(answered):
    assert answered.strangers == []


def test_a_citation_opens_the_document_with_the_quote_marked(passage):
    expect(passage.locator("mark").first).to_contain_text(FACT.figure)


def test_the_marked_quote_is_in_view(passage):
    expect(passage.locator("mark").first).to_be_in_viewport(ratio=1)


def test_the_rest_of_the_document_can_be_scrolled_to(passage):
    last = passage.locator(".mn-page").last
    last.scroll_into_view_if_needed()
    expect(last).to_be_in_viewport()
