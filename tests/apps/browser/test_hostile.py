"""A document that attacks the page it is shown on: its words are shown, and do nothing."""

import pytest
from playwright.sync_api import expect

from tests.apps.browser.asking import answer, ask, open_citation, open_tab, paste, upload
from tests.apps.browser.visiting import visit

ATTACK = (
    "The treasure is worth $512 million <script>window.harmed=1;alert(1)</script>"
    "<img src=x onerror='window.harmed=2;alert(2)'> ![spy](http://192.0.2.1/spy.png) "
    "[press](javascript:window.harmed=3) <iframe src='http://192.0.2.1/frame'></iframe> "
    "<a href='javascript:alert(4)'>here</a> :material/home: $x^2$ </div></section> as they say."
)
NAME = "<img src=x onerror=alert(5)>![spy](http://192.0.2.1/name.png).txt"
QUESTION = "How much is the treasure worth?"


@pytest.fixture(scope="module")
def attacked(desktop, app_url):
    """A page on which the document was read, quoted, cited, opened, and all tabs looked into."""
    with visit(desktop, app_url) as seen:
        upload(seen.page, NAME, f"# {ATTACK}\n\n{ATTACK}\n")
        ask(seen.page, QUESTION)
        answer(seen.page)
        open_tab(seen.page, "What left this machine")
        open_tab(seen.page, "Transcript")
        seen.page.get_by_text("How it was found").click()
        open_citation(seen.page)
        yield seen


def test_no_script_of_the_document_runs(attacked):
    assert attacked.page.evaluate("window.harmed") is None


def test_no_dialog_opens(attacked):
    assert attacked.dialogs == []


def test_nothing_is_fetched_from_where_the_document_says(attacked):
    assert attacked.strangers == []


def test_no_link_of_the_document_can_be_pressed(attacked):
    expect(attacked.page.locator("a[href^=javascript]")).to_have_count(0)


def test_no_frame_of_the_document_is_shown(attacked):
    expect(attacked.page.locator("iframe[src*='192.0.2.1']")).to_have_count(0)


def test_no_element_of_the_document_is_made(attacked):
    expect(attacked.page.locator("img[src=x], b[onclick], img[src*='192.0.2.1']")).to_have_count(0)


def test_the_words_of_the_document_are_shown_as_they_are(attacked):
    shown = attacked.page.locator(".mn-pagetext").first
    expect(shown).to_contain_text("<script>window.harmed=1;alert(1)</script>")


def test_an_attack_that_is_pasted_and_asked_does_nothing(tab):
    paste(tab.page, ATTACK)
    ask(tab.page, f"{QUESTION} ![spy](http://192.0.2.1/question.png) <img src=x onerror=alert(6)>")
    answer(tab.page)
    assert (tab.strangers, tab.dialogs) == ([], [])
