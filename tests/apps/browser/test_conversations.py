"""Documents of one's own, the other protocol, further questions, and what can go wrong."""

import pytest
from playwright.sync_api import expect

from minions_core.demo import annual_report
from tests.apps.browser.asking import (
    answer,
    ask,
    choose_protocol,
    choose_server,
    open_citation,
    paste,
    upload,
    widget,
)
from tests.apps.browser.serving import free_port
from tests.apps.browser.visiting import PATIENCE_MS, picture, visit
from tests.wire import WireReply, WireServer

NOTE = """\
The harbour at Fenwick was dredged in March.

The dredging of the harbour cost $412 million in all.
"""
QUESTION = "How much did the dredging of the harbour cost?"
FACTS = annual_report().facts


@pytest.fixture(scope="module")
def uploaded(desktop, app_url):
    """A page on which a file was uploaded and asked about; tests only look at it."""
    with visit(desktop, app_url) as seen:
        upload(seen.page, "harbour.txt", NOTE)
        ask(seen.page, QUESTION)
        answer(seen.page)
        yield seen.page


@pytest.fixture(scope="module")
def stopped(desktop, app_url):
    """A page on which a run was stopped that waited for its model; tests only look at it."""
    with WireServer(WireReply("too late", delay=300)) as server, visit(desktop, app_url) as seen:
        choose_server(seen.page, "remote", server.openai_url)
        ask(seen.page, FACTS["settlement"].question)
        assert server.requested.wait(PATIENCE_MS / 1000)
        widget(seen.page, "stop").get_by_role("button").click()
        yield seen.page


def test_an_uploaded_file_is_answered_from(uploaded):
    expect(answer(uploaded)).to_contain_text("$412 million")


def test_a_citation_names_the_uploaded_file(uploaded):
    expect(uploaded.locator(".mn-press .mn-place").first).to_contain_text("harbour.txt")


def test_a_damaged_file_is_refused_by_name(tab):
    widget(tab.page, "source").get_by_text("Upload files").click()
    file = {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": b"no PDF at all"}
    widget(tab.page, "upload").locator("input[type=file]").set_input_files(file)
    expect(tab.page.locator(".mn-note.mn-bad")).to_contain_text("scan.pdf")


def test_a_citation_of_a_pasted_text_opens_there(tab):
    paste(tab.page, NOTE)
    ask(tab.page, QUESTION)
    answer(tab.page)
    expect(open_citation(tab.page).locator("mark").first).to_contain_text("$412 million")


def test_minion_shows_what_both_models_said(tab):
    choose_protocol(tab.page, "Minion")
    paste(tab.page, NOTE)
    ask(tab.page, QUESTION)
    answer(tab.page)
    tab.page.get_by_text("How it was found").click()
    picture(tab.page, "minion")
    expect(tab.page.locator(".mn-said.mn-local")).to_contain_text("$412 million")


def test_a_second_question_is_answered_below_the_first(tab):
    ask(tab.page, FACTS["settlement"].question)
    answer(tab.page)
    ask(tab.page, FACTS["ceo"].question)
    expect(answer(tab.page, 1)).to_contain_text(FACTS["ceo"].figure)


def test_a_server_that_is_not_there_is_told_with_advice(tab):
    choose_server(tab.page, "remote", f"http://127.0.0.1:{free_port()}/v1")
    ask(tab.page, FACTS["settlement"].question)
    box = tab.page.get_by_role("alert").filter(has_text="cannot be reached")
    expect(box).to_contain_text("in the settings")
    picture(tab.page, "error")


def test_a_run_can_be_stopped(stopped):
    expect(stopped.get_by_role("alert").filter(has_text="Stopped")).to_be_visible()


def test_after_a_stop_another_question_can_be_asked(stopped):
    expect(widget(stopped, "question").locator("textarea")).to_be_enabled()
