"""What goes wrong is told in one box, with what to do; what was found before stays."""

import pytest
from pydantic import ValidationError

from minions_core.app.running import Question, Running
from minions_core.app.trouble import Trouble
from minions_core.config import MinionsConfig
from minions_core.documents import Document
from minions_core.errors import (
    BudgetExceeded,
    ContextWindowExceeded,
    MinionsError,
    MissingExtra,
    ModelError,
    ModelTimedOut,
    ModelUnavailable,
    RunCancelled,
    UsageError,
)
from tests.apps.app.visits import PLAN, TREASURE, Visit, spoken
from tests.clients.answering import answering
from tests.wire import WireReply, WireServer

NOBODY = "http://127.0.0.1:9/v1"
SECRET = "sk-do-not-tell"


def asked_at(url, *, local=None, key=""):
    """A tab in which the treasure was asked for, with the remote model on a server."""
    visit = Visit()
    visit.paste(TREASURE)
    visit.choose_server("remote", url, key)
    if local:
        visit.choose_server("local", local)
    visit.answered("What is the treasure worth?")
    return visit


@pytest.mark.parametrize(
    ("error", "title", "advice"),
    [
        (ModelUnavailable("no server"), "cannot be reached", "The offline models always work"),
        (ModelTimedOut("late"), "did not answer in time", "busy"),
        (ContextWindowExceeded("long"), "more text than", "Choose MinionS"),
        (ModelError("broke"), "The model failed", "another model"),
        (MissingExtra("openai", "openai"), "A package is missing", "Install"),
        (UsageError("wrong"), "as it is set", "Change the settings"),
        (BudgetExceeded("cost", 1, 1), "ended early", "other settings"),
        (MinionsError("else"), "ended early", "Ask again"),
        (KeyError("bug"), "should not have", "fault of the app"),
    ],
    ids=lambda given: type(given).__name__,
)
def test_an_error_is_told_with_advice(error, title, advice):
    trouble = Trouble.of(error)
    assert (title in trouble.title, advice in trouble.advice) == (True, True)


def test_what_exactly_went_wrong_is_told():
    assert Trouble.of(ModelUnavailable("no server at port 9")).said == "no server at port 9"


def test_a_wrong_setting_is_told_in_words():
    with pytest.raises(ValidationError) as caught:
        MinionsConfig(max_rounds=0)
    assert "greater than or equal to 1" in Trouble.of(caught.value).said


def test_a_fault_of_the_app_names_its_kind():
    assert Trouble.of(KeyError("bug")).said.startswith("KeyError")


def test_a_stop_is_no_fault():
    assert "mn-bad" not in Trouble.of(RunCancelled("stopped")).box()


def test_a_server_that_is_not_there_is_told_in_one_box():
    visit = asked_at(NOBODY)
    assert visit.alerts.count('role="alert"') == 1
    assert "The model cannot be reached" in visit.alerts


def test_an_error_before_anything_was_done_leaves_no_result(monkeypatch):
    visit = Visit()
    visit.paste(TREASURE)
    tags = {"models": [{"name": "llama3.2", "model": "llama3.2", "details": {}}]}
    with answering({"/api/tags": tags, "/api/show": {}}) as url:
        monkeypatch.setenv("OLLAMA_HOST", url)
        visit.press("refresh_models")
        visit.tab.selectbox(key="local").set_value("ollama:llama3.2").run()
    visit.answered("What is the treasure worth?")
    assert "Ollama is not reachable" in visit.alerts
    assert visit.session.turns[0].result is None


def test_a_fault_of_the_app_is_told_like_any_other(caplog):
    def broken(switch):
        raise KeyError("bug")

    running = Running(Question(text="?", documents=(Document(TREASURE),)), broken)
    assert running.turn.wait(30)
    assert "Something broke" in running.turn.trouble.title
    assert "the run broke" in caplog.text


def test_after_an_error_the_next_question_can_be_asked():
    assert not asked_at(NOBODY).tab.chat_input(key="question").disabled


def test_an_error_never_repeats_the_key():
    with WireServer(WireReply(f"{SECRET} is no key of ours", status=401)) as server:
        visit = asked_at(server.openai_url, key=SECRET)
    assert "[the key] is no key of ours" in visit.alerts
    assert SECRET not in visit.shown


def test_what_was_found_before_an_error_is_shown():
    broken = spoken(remote=(PLAN, WireReply("out of order", status=400)))
    with WireServer(broken) as server:
        visit = asked_at(server.openai_url, local=server.openai_url)
    assert "out of order" in visit.alerts
    assert TREASURE in visit.answer()


def test_a_limit_on_money_needs_a_price():
    visit = Visit()
    visit.paste(TREASURE)
    visit.choose_server("remote", NOBODY)
    visit.tab.number_input(key="budget_dollars").set_value(0.5).run()
    visit.answered("What is the treasure worth?")
    assert "the price of" in visit.alerts


def test_a_file_that_cannot_be_read_is_told_of():
    visit = Visit()
    visit.upload(("broken.pdf", b"%PDF-1.7 and no more", "application/pdf"))
    assert "broken.pdf" in visit.alerts
    assert "A file cannot be read" in visit.alerts


def test_files_that_cannot_be_read_are_told_of_in_one_box():
    visit = Visit()
    broken = [(f"{name}.pdf", b"%PDF-1.7 and no more", "application/pdf") for name in "ab"]
    visit.upload(*broken)
    assert visit.alerts.count('role="alert"') == 1
    assert [f"{name}.pdf" in visit.alerts for name in "ab"] == [True, True]
    assert "Some files cannot be read" in visit.alerts


def test_of_a_file_that_cannot_be_read_the_settings_are_not_to_blame():
    visit = Visit()
    visit.upload(("broken.pdf", b"%PDF-1.7 and no more", "application/pdf"))
    assert "ettings" not in visit.alerts


def test_without_a_readable_file_nothing_can_be_asked():
    visit = Visit()
    visit.upload(("broken.pdf", b"%PDF-1.7 and no more", "application/pdf"))
    assert visit.tab.chat_input(key="question").disabled
