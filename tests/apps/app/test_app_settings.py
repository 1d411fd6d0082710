"""The settings at the left, and what a run makes of them."""

import re

import pytest

from minions_core.app.models import Found, Shelf, look_again, shelved
from minions_core.clients.reachable import Reachable, ReachableModel, ReachableServer
from tests.apps.app.visits import ANSWER, PLAN, TREASURE, Visit, spoken
from tests.clients.answering import answering
from tests.wire import WireServer

SECRET = "sk-do-not-tell"
LLAMA = {"name": "llama3.2:latest", "model": "llama3.2:latest", "size": 1, "details": {}}
QUESTION = "What is the treasure worth?"


def treasure():
    """A tab in which the treasure can be asked for."""
    visit = Visit()
    visit.paste(TREASURE)
    return visit


@pytest.fixture
def served():
    """A tab in which both models are on a server that wants a key, and the server."""
    with WireServer(spoken()) as server:
        visit = treasure()
        visit.choose_server("local", server.openai_url, SECRET)
        visit.choose_server("remote", server.openai_url, SECRET)
        visit.answered(QUESTION)
        yield visit, server


def test_a_key_goes_to_its_server(served):
    _, server = served
    assert {request.headers["authorization"] for request in server.requests} == {f"Bearer {SECRET}"}


def test_a_key_is_in_no_result(served):
    visit, _ = served
    assert SECRET not in visit.session.turns[0].result.to_json()


def test_a_key_is_nowhere_on_the_page(served):
    visit, _ = served
    assert SECRET not in visit.shown + visit.answer()


def test_a_key_is_typed_unseen(served):
    visit, _ = served
    field = visit.tab.text_input(key="remote_key_server").proto
    assert field.type == field.PASSWORD


def test_nothing_of_the_tab_but_the_field_holds_a_key(served):
    visit, _ = served
    assert SECRET not in repr(visit.session.turns[0].__dict__)


def test_a_price_that_is_not_known_is_said_to_be_unknown(served):
    visit, _ = served
    assert '<div class="mn-label">Cost</div><div class="mn-value">unknown' in visit.shown


def test_the_offline_models_are_not_mentioned_where_they_have_no_part(served):
    visit, _ = served
    assert "are not language models" not in visit.shown


def test_a_model_without_its_key_cannot_be_asked():
    visit = treasure()
    visit.tab.selectbox(key="remote").set_value("openai").run()
    question = visit.tab.chat_input(key="question")
    assert (question.disabled, question.placeholder) == (
        True,
        "Settings: fill in the key of the remote model",
    )


def test_a_key_of_the_environment_is_enough(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    visit = treasure()
    visit.tab.selectbox(key="remote").set_value("openai").run()
    assert not visit.tab.chat_input(key="question").disabled


def test_a_key_of_the_environment_is_not_shown(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    visit = treasure()
    visit.tab.selectbox(key="remote").set_value("openai").run()
    assert visit.tab.text_input(key="remote_key_openai").placeholder == "from OPENAI_API_KEY"


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://box/v1", "http://[", ""])
def test_an_address_must_be_one(url):
    visit = treasure()
    visit.choose_server("remote", url)
    assert visit.tab.chat_input(key="question").disabled


def test_a_local_model_elsewhere_is_warned_of():
    visit = treasure()
    visit.choose_server("local", "https://far.example/v1")
    assert "the texts it reads leave" in visit.shown


def test_a_local_model_on_this_machine_is_not_warned_of():
    visit = treasure()
    visit.choose_server("local", "http://localhost:8000/v1")
    assert "the texts it reads leave" not in visit.shown


def test_a_limit_on_remote_tokens_is_kept():
    visit = treasure()
    visit.tab.number_input(key="budget_tokens").set_value(1).run()
    visit.answered(QUESTION)
    assert visit.session.turns[0].result.status == "budget"


def test_without_quotes_none_leaves():
    visit = treasure()
    visit.tab.radio(key="privacy").set_value("answers").run()
    visit.answered(QUESTION)
    kinds = {item.kind for item in visit.session.turns[0].result.disclosure.items}
    assert "quote" not in kinds


def test_redaction_hides_addresses_and_restores_them():
    visit = Visit()
    visit.paste("The treasure is worth $512 million, says captain@perla.example.")
    visit.tab.checkbox(key="redact").check().run()
    visit.answered(QUESTION)
    left = " ".join(item.text for item in visit.session.turns[0].result.disclosure.items)
    address = "captain@perla.example"
    assert (address in left, address in visit.answer()) == (False, True)


def test_no_more_rounds_are_made_than_were_allowed():
    with WireServer(spoken(remote=(PLAN, PLAN, ANSWER))) as server:
        visit = treasure()
        visit.choose_server("local", server.openai_url)
        visit.choose_server("remote", server.openai_url)
        visit.tab.number_input(key="max_rounds").set_value(1).run()
        visit.answered(QUESTION)
    assert len(visit.session.turns[0].result.rounds) == 1


def test_the_offline_stand_in_is_priced_as_a_model_people_know():
    visit = treasure()
    visit.answered(QUESTION)
    assert visit.session.turns[0].result.ledger.cost > 0


def test_another_model_can_be_named_for_the_price():
    visit, other = treasure(), treasure()
    other.tab.text_input(key="price_as").set_value("gpt-4o-mini").run()
    visit.answered(QUESTION)
    other.answered(QUESTION)
    costs = [tab.session.turns[0].result.ledger.cost for tab in (visit, other)]
    assert costs[0] > costs[1]


def test_models_of_ollama_can_be_chosen(monkeypatch):
    with answering({"/api/tags": {"models": [LLAMA]}, "/api/show": {}}) as url:
        monkeypatch.setenv("OLLAMA_HOST", url)
        look_again()
        labels = Visit().tab.selectbox(key="local").options
    assert "llama3.2:latest · Ollama" in labels


def test_models_are_looked_for_again_when_asked(monkeypatch):
    visit = Visit()
    with answering({"/api/tags": {"models": [LLAMA]}, "/api/show": {}}) as url:
        monkeypatch.setenv("OLLAMA_HOST", url)
        visit.press("refresh_models")
    assert "llama3.2:latest · Ollama" in visit.tab.selectbox(key="local").options


def test_a_model_that_went_away_stays_chosen(monkeypatch):
    with answering({"/api/tags": {"models": [LLAMA]}, "/api/show": {}}) as url:
        monkeypatch.setenv("OLLAMA_HOST", url)
        look_again()
        visit = Visit()
        visit.tab.selectbox(key="local").set_value("ollama:llama3.2").run()
    monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1:9")
    visit.press("refresh_models")
    assert visit.tab.selectbox(key="local").value == "ollama:llama3.2"


CLOUD = {**LLAMA, "name": "big", "model": "big", "remote_host": "https://ollama.com"}


def test_a_model_of_the_cloud_is_known_for_it_while_its_server_is_not_reached(monkeypatch):
    with answering({"/api/tags": {"models": [CLOUD]}, "/api/show": {}}) as url:
        monkeypatch.setenv("OLLAMA_HOST", url)
        look_again()
        visit = treasure()
        visit.tab.selectbox(key="local").set_value("ollama:big").run()
    monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1:9")
    visit.press("refresh_models")
    assert "the texts it reads leave" in visit.shown


def test_a_model_of_this_machine_stays_one_while_its_server_is_not_reached(monkeypatch):
    with answering({"/api/tags": {"models": [LLAMA]}, "/api/show": {}}) as url:
        monkeypatch.setenv("OLLAMA_HOST", url)
        look_again()
        visit = treasure()
        visit.tab.selectbox(key="local").set_value("ollama:llama3.2").run()
    monkeypatch.setenv("OLLAMA_HOST", "http://127.0.0.1:9")
    visit.press("refresh_models")
    assert "the texts it reads leave" not in visit.shown


def test_of_a_model_never_found_it_is_taken_that_it_is_elsewhere():
    shelf = Shelf({})
    assert (shelf.is_elsewhere("ollama:never"), shelf.is_elsewhere("offline")) == (True, False)


def test_a_page_for_a_local_model_elsewhere_does_not_say_that_it_reads_here():
    visit = treasure()
    visit.choose_server("local", "https://far.example/v1")
    assert "on this machine" not in re.sub("It does not run on this machine", "", visit.shown)


def test_it_is_said_how_to_get_models():
    assert "ollama serve" in Visit().tab.button(key="refresh_models").proto.help


def test_a_model_that_its_server_hands_on_is_known_for_it():
    cloud = ReachableModel(name="big", spec="ollama:big", is_remote=True)
    server = ReachableServer(
        name="Ollama", url="http://127.0.0.1:11434", is_there=True, models=(cloud,)
    )
    assert shelved(Reachable(servers=(server,), keys=())) == Shelf(
        {"ollama:big": Found(label="big · Ollama", is_elsewhere=True)}
    )


def test_protocol_and_settings_of_a_chat_go_together():
    visit = treasure()
    visit.tab.radio(key="protocol").set_value("minion").run()
    visit.tab.checkbox(key="redact").check().run()
    visit.answered(QUESTION)
    assert visit.session.turns[0].result.protocol == "minion"
