"""Keys and passwords are hidden, wherever they come from and however they arrive."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.app.hiding import Hiding, Secrets
from tests.apps.app.visits import TREASURE, Visit
from tests.wire import WireReply, WireServer

SECRET = "sk-do-not-tell-0123456789"
WITH_PASSWORD = "http://bob:PASSW0RD@127.0.0.1:1/v1"


def echoing(request):
    """A server that repeats the key it was called with."""
    return f"<answer>You sent {request.headers.get('authorization')}.</answer>"


def asked_at(url, key=""):
    """A tab in which the treasure was asked for, with the remote model on a server."""
    visit = Visit()
    visit.paste(TREASURE)
    visit.choose_server("remote", url, key)
    visit.answered("What is the treasure worth?")
    return visit


@pytest.fixture
def echoed():
    """A tab whose server repeated the key in its answer."""
    with WireServer(echoing) as server:
        yield asked_at(server.openai_url, SECRET)


def test_a_key_that_an_answer_repeats_is_not_on_the_page(echoed):
    assert "[the key]" in echoed.answer()
    assert SECRET not in echoed.shown + echoed.answer()


def test_a_key_that_an_answer_repeats_is_not_in_the_download(echoed):
    assert SECRET not in echoed.session.turns[0].result.to_json()


@pytest.mark.parametrize("variable", ["OPENAI_API_KEY", "TOGETHER_API_KEY"])
def test_a_key_of_the_environment_is_hidden_in_an_error(monkeypatch, variable):
    monkeypatch.setenv(variable, SECRET)
    with WireServer(WireReply(f"{SECRET} is no key of ours", status=401)) as server:
        visit = asked_at(server.openai_url)
    assert "[the key] is no key of ours" in visit.alerts


@pytest.fixture
def refused():
    """A tab whose server, called with a password in its address, refused it."""
    with WireServer(WireReply("no", status=401)) as server:
        yield asked_at(server.openai_url.replace("http://", "http://bob:PASSW0RD@"))


def test_the_password_of_an_address_is_hidden_in_an_error(refused):
    assert "cannot be reached" in refused.alerts
    assert "PASSW0RD" not in refused.shown


def test_the_password_of_an_address_is_not_in_the_download(refused):
    assert "PASSW0RD" not in refused.session.turns[0].result.to_json()


@pytest.mark.parametrize(
    ("url", "values"),
    [
        (WITH_PASSWORD, {"PASSW0RD", "Ym9iOlBBU1NXMFJE"}),
        ("http://bob:a%40b@box/v1", {"a%40b", "a@b", "Ym9iOmFAYg=="}),
        ("http://token@box/v1", {"token", "dG9rZW46"}),
        ("http://box/v1", set()),
        ("http://[", set()),
    ],
)
def test_what_an_address_holds_is_known_in_every_form(monkeypatch, url, values):
    monkeypatch.delenv("OLLAMA_HOST", raising=False)
    assert set(Secrets.of(urls=[url]).values) == values


@pytest.mark.parametrize("variable", ["OLLAMA_HOST", "OPENAI_BASE_URL"])
def test_an_address_of_the_environment_is_looked_at_too(monkeypatch, variable):
    monkeypatch.setenv(variable, WITH_PASSWORD)
    assert "PASSW0RD" in Secrets.of().values


def test_of_two_keys_the_longer_is_hidden_first():
    assert Secrets.of(["abc", "abcdef"]).hidden("abcdef abc") == "[the key] [the key]"


def test_secrets_are_in_no_words_about_them():
    assert SECRET not in repr(Secrets((SECRET,)))


@given(st.lists(st.sampled_from([SECRET, SECRET[:9], "s", " ", "a word", "sk-"])), st.data())
def test_text_in_pieces_comes_out_like_the_whole(parts, data):
    text, heard = "".join(parts), []
    cut = data.draw(st.integers(0, len(text)))
    hiding = Hiding(Secrets((SECRET,)), heard.append)
    hiding(text[:cut])
    hiding(text[cut:])
    hiding.end()
    assert "".join(heard) == Secrets((SECRET,)).hidden(text)


def test_text_that_begins_no_secret_is_passed_on_at_once():
    heard = []
    Hiding(Secrets((SECRET,)), heard.append)("a word")
    assert heard == ["a word"]
