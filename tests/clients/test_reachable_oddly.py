"""Servers that answer in odd ways, and passwords in URLs."""

import threading

import pytest

from minions_core.clients._answers import at_once
from minions_core.clients.reachable import reachable
from tests.clients.answering import NOWHERE, SHOWN, answering, entries, found, ollama

HUGE = 10**400


@pytest.fixture(autouse=True)
def _no_ollama(monkeypatch):
    monkeypatch.setenv("OLLAMA_HOST", NOWHERE)


@pytest.mark.parametrize(
    "tag",
    [
        {"details": None},
        {"details": "none"},
        {"details": {"parameter_size": 3}},
        {"size": "large"},
        {"size": HUGE},
        {"size": -1},
        {"remote_host": 1},
    ],
)
def test_a_detail_of_a_wrong_form_is_unknown(monkeypatch, tag):
    (model,) = ollama(monkeypatch, {"name": "a", **tag}).models
    assert (model.size, model.parameters, model.is_remote) == (None, None, False)


def test_a_tag_without_a_name_hides_no_other(monkeypatch):
    server = ollama(monkeypatch, {"name": "a"}, {"size": 1}, None, {"name": "b"})
    assert [model.name for model in server.models] == ["a", "b"]


@pytest.mark.parametrize(
    "shown",
    [
        {**SHOWN, "model_info": None},
        {**SHOWN, "model_info": {"x.context_length": HUGE}},
        {**SHOWN, "model_info": {"x.context_length": -1}},
        {"capabilities": "completion"},
    ],
)
def test_a_window_that_is_none_is_unknown(monkeypatch, shown):
    (model,) = ollama(monkeypatch, {"name": "a"}, shown=shown).models
    assert model.context_window is None


@pytest.mark.parametrize(
    "entry",
    [
        {"max_model_len": "8k"},
        {"max_model_len": HUGE},
        {"meta": {"n_params": HUGE, "size": HUGE}},
        {"meta": "none"},
        {"owned_by": 1},
    ],
)
def test_an_entry_of_an_odd_form_is_a_model_all_the_same(entry):
    (model,) = found(entries({"id": "a", **entry})).models
    assert (model.name, model.context_window, model.parameters) == ("a", None, None)


def test_an_entry_without_a_name_hides_no_other():
    assert [model.name for model in found(entries({}, {"id": "b"}, 3)).models] == ["b"]


def test_a_list_of_other_things_is_no_list_of_models():
    assert not found(entries({"title": "a"}, {"title": "b"})).is_there


@pytest.mark.parametrize("props", [{"default_generation_settings": None}, {}, []])
def test_settings_of_an_odd_form_leave_the_window_unknown(props):
    (model,) = found(entries({"id": "a", "owned_by": "llamacpp"}), **{"/props": props}).models
    assert model.context_window is None


def test_few_models_are_asked_about_at_a_time():
    now, most, lock = [0], [0], threading.Lock()

    def call():
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        threading.Event().wait(0.005)
        with lock:
            now[0] -= 1
        return True

    assert at_once([call] * 200, 30) == [True] * 200
    assert 1 < most[0] <= 32


def test_calls_that_time_is_too_short_for_have_no_result():
    assert at_once([lambda: True] * 3, -1) == [None] * 3


def test_a_call_that_fails_has_no_result():
    assert at_once([lambda: 1 / 0, lambda: 2], 5) == [None, 2]


def with_password(url, pair="user:s%40cret"):
    return url.replace("://", f"://{pair}@")


def test_the_password_of_a_url_is_sent_and_not_shown():
    with answering({"/v1/models": entries({"id": "a"})}, password="user:s@cret") as url:
        server = reachable([with_password(url)], usual=()).servers[1]
    assert (server.url, server.models[0].spec) == (f"{url}/v1", f"{url}/v1#a")


def test_the_password_of_an_ollama_is_sent_and_not_shown(monkeypatch):
    routes = {"/api/tags": {"models": [{"name": "a"}]}, "/api/show": SHOWN}
    with answering(routes, password="user:s@cret") as url:
        monkeypatch.setenv("OLLAMA_HOST", with_password(url))
        server = reachable(usual=()).servers[0]
    assert (server.url, server.models[0].context_window) == (url, 131_072)


@pytest.mark.parametrize("pair", ["user:s3cret", "s3cret", ":s3cret"])
def test_no_password_is_in_what_is_told(monkeypatch, pair):
    monkeypatch.setenv("OLLAMA_HOST", with_password(NOWHERE, pair))
    library = entries({"id": "a", "owned_by": "library"})
    with answering({"/v1/models": library}, password=pair if ":" in pair else f"{pair}:") as url:
        told = reachable([with_password(url, pair), with_password(NOWHERE, pair)], usual=())
    assert told.servers[1].is_there
    assert "s3cret" not in repr(told)
