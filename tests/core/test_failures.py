"""Errors of all providers, read by their shape, and what they tell people to do."""

import socket

import httpx
import pytest

from minions_core.errors import (
    ContextWindowExceeded,
    ModelError,
    ModelTimedOut,
    ModelUnavailable,
)
from minions_core.failures import Server, as_model_error, masked, named, nobody_listens

LOST = ConnectionResetError("gone")


class HttpError(Exception):
    """An error as the SDKs of providers raise them."""

    def __init__(self, status_code, text="no", headers=None, url=None):
        super().__init__(text)
        self.status_code = status_code
        self.response = type("Response", (), {"headers": headers or {}})()
        if url:
            self.request = httpx.Request("POST", url)


class ReadTimeout(Exception):
    """Named like httpx's."""


class APIConnectionError(Exception):
    """Named like OpenAI's."""


class APIError(Exception):
    """Named like OpenAI's."""


class RemoteProtocolError(Exception):
    """Named like httpx's."""


def caused_by(cause, error=None):
    """An error as SDKs wrap them, two deep."""
    within, error = OSError("connect failed"), error or APIConnectionError("Connection error.")
    within.__cause__, error.__context__ = cause, within
    return error


class TestKinds:
    @pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504, 529])
    def test_a_passing_trouble_is_retryable(self, status):
        error = as_model_error(HttpError(status))
        assert (type(error), error.retryable, error.fatal) == (ModelError, True, False)

    @pytest.mark.parametrize("status", [401, 403, 404])
    def test_a_refusal_is_fatal(self, status):
        error = as_model_error(HttpError(status))
        assert (type(error), error.retryable, error.fatal) == (ModelUnavailable, False, True)

    @pytest.mark.parametrize("status", [400, 413, 422, 501])
    def test_a_wrong_request_is_neither(self, status):
        error = as_model_error(HttpError(status))
        assert (type(error), error.retryable, error.fatal) == (ModelError, False, False)

    @pytest.mark.parametrize("error", [TimeoutError("late"), ReadTimeout("late")])
    def test_time_outs_are_told_by_type_or_name(self, error):
        assert type(as_model_error(error)) is ModelTimedOut

    @pytest.mark.parametrize("error", [LOST, APIConnectionError("gone"), RemoteProtocolError("?")])
    def test_a_lost_connection_is_retryable(self, error):
        found = as_model_error(error)
        assert (found.retryable, found.fatal) == (True, False)

    @pytest.mark.parametrize("error", [APIError("boom"), HttpError(-1, "boom")])
    def test_an_error_in_the_midst_of_a_stream_is_retryable(self, error):
        found = as_model_error(error)
        assert (str(found), found.retryable) == ("the reply broke off: boom", True)

    @pytest.mark.parametrize(
        "said", ["maximum context length is 4096 tokens", "type: exceed_context_size_error"]
    )
    def test_a_prompt_that_is_too_long_is_told_by_what_the_server_says(self, said):
        with pytest.raises(ContextWindowExceeded, match=r"shorten the prompt.*num_ctx"):
            raise as_model_error(HttpError(400, said))

    @pytest.mark.parametrize("told", ["code", "body"])
    def test_a_prompt_that_is_too_long_is_told_by_code_or_body_of_the_error(self, told):
        error = HttpError(400, "Error code: 400 - too many tokens")
        setattr(error, told, {"type": "context_length_exceeded"})
        assert isinstance(as_model_error(error), ContextWindowExceeded)

    def test_a_rate_limit_on_tokens_is_no_prompt_that_is_too_long(self):
        assert as_model_error(HttpError(429, "tokens in your context window a minute")).retryable

    def test_a_status_may_stand_in_the_response_alone(self):
        response = httpx.Response(503, request=httpx.Request("POST", "http://host/v1"))
        error = httpx.HTTPStatusError("unavailable", request=response.request, response=response)
        assert as_model_error(error).retryable

    def test_anything_else_is_neither_retryable_nor_fatal(self):
        error = as_model_error(KeyError("choices"))
        assert (error.retryable, error.fatal) == (False, False)

    def test_an_error_of_ours_stays_as_it_is(self):
        busy = ModelError("busy", retryable=True)
        assert as_model_error(busy) is busy

    def test_the_text_names_the_error(self):
        assert str(as_model_error(KeyError("choices"))) == "KeyError: 'choices'"

    @pytest.mark.parametrize(
        ("headers", "seconds"),
        [({"retry-after": "1.5"}, 1.5), ({"retry-after": "Wed, 21 Oct 2026"}, None), ({}, None)],
    )
    def test_retry_after_is_seconds_or_nothing(self, headers, seconds):
        assert as_model_error(HttpError(503, headers=headers)).retry_after == seconds


class TestNobodyListens:
    @pytest.mark.parametrize(
        "cause",
        [
            ConnectionRefusedError("refused"),
            socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
            ExceptionGroup("all of them failed", [OSError(101), ConnectionRefusedError()]),
        ],
        ids=["refused", "no such host", "every address of a host"],
    )
    def test_a_server_that_is_not_there_ends_the_run(self, cause):
        assert type(as_model_error(caused_by(cause))) is ModelUnavailable

    @pytest.mark.parametrize(
        "cause",
        [
            LOST,
            socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"),
            OSError(101, "Network is unreachable"),
        ],
        ids=["lost", "name not found just now", "no network"],
    )
    def test_a_network_that_fails_for_a_while_does_not(self, cause):
        assert not nobody_listens(caused_by(cause))
        assert as_model_error(caused_by(cause)).retryable

    def test_the_address_is_told_where_an_sdk_knows_it(self):
        error = caused_by(ConnectionRefusedError("refused"))
        error.request = httpx.Request("POST", "http://127.0.0.1:8000/v1/chat/completions")
        with pytest.raises(ModelUnavailable, match=r"nobody listens at http://127\.0\.0\.1:8000: "):
            raise as_model_error(error)

    def test_a_request_that_httpx_does_not_know_is_no_trouble(self):
        error = caused_by(ConnectionRefusedError("refused"), httpx.ConnectError("no"))
        with pytest.raises(ModelUnavailable, match="nobody listens at the server"):
            raise as_model_error(error)

    def test_ollama_is_told_by_its_words(self):
        error = caused_by(ConnectionRefusedError(), ConnectionError("Failed to connect to Ollama."))
        with pytest.raises(ModelUnavailable, match="start it with `ollama serve`"):
            raise as_model_error(error)

    def test_ollama_is_told_by_its_port(self):
        error = caused_by(ConnectionRefusedError("refused"), APIConnectionError("no"))
        error.request = httpx.Request("POST", "http://localhost:11434/v1/chat/completions")
        with pytest.raises(ModelUnavailable, match="`ollama serve`"):
            raise as_model_error(error)


class TestAdvice:
    def test_a_model_ollama_does_not_have_is_to_be_pulled(self):
        error = HttpError(404, "model 'qwen3:4b' not found", url="http://localhost:11434/api/chat")
        with pytest.raises(ModelUnavailable, match=r"get it with `ollama pull qwen3:4b`"):
            raise as_model_error(error)

    def test_a_model_another_server_does_not_have_has_the_wrong_name(self):
        error = HttpError(
            404, "The model `gpt-9` does not exist", url="https://api.openai.com/v1/x"
        )
        with pytest.raises(ModelUnavailable, match=r"https://api\.openai\.com has no model"):
            raise as_model_error(error)

    @pytest.mark.parametrize("status", [401, 403])
    def test_a_key_that_is_refused_is_named(self, status):
        server = Server(url="https://host/v1", key="HOST_API_KEY or api_key")
        with pytest.raises(
            ModelUnavailable, match="https://host/v1 refused the key: check HOST_API"
        ):
            raise as_model_error(HttpError(status), server)

    def test_a_rate_limit_is_told_in_words(self):
        limited = HttpError(429, "slow down", {"retry-after": "7"}, "https://api.openai.com/v1/x")
        assert str(as_model_error(limited)) == (
            "the rate limit of https://api.openai.com is reached, and it asks to wait 7 s: let "
            "fewer calls run at once (HttpError: slow down)"
        )

    def test_an_empty_account_is_no_rate_limit(self):
        spent = HttpError(429, "You exceeded your current quota: insufficient_quota")
        with pytest.raises(ModelUnavailable, match="nothing left to spend"):
            raise as_model_error(spent)

    def test_a_time_out_says_how_long_it_was(self):
        server = Server(model="llama3.2", timeout=300)
        with pytest.raises(ModelTimedOut, match=r"no word from llama3\.2 for 300 s: pass a larger"):
            raise as_model_error(TimeoutError("late"), server)


class TestNamed:
    def test_an_error_says_whose_it_is(self):
        error = named(ModelUnavailable("nobody listens"), "local", "llama3.2")
        assert (str(error), error.role) == ("local model llama3.2: nobody listens", "local")

    def test_it_says_so_once(self):
        error = named(ModelTimedOut("late"), "remote", "gpt-4o")
        assert str(named(error, "remote", "gpt-4o")) == "remote model gpt-4o: late"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://jan:secret@h:1/v1#m", "http://***@h:1/v1#m"),
        ("at https://jan@h, and (http://a:b@c)", "at https://***@h, and (http://***@c)"),
        ("http://jan:se@cret@h/", "http://***@h/"),
        ("reachable at jan:secret@h:11434: start it", "reachable at ***@h:11434: start it"),
        ("http://h:1/v1#a@b", "http://h:1/v1#a@b"),
        ("https://h/pkg@1.0?a=b@c", "https://h/pkg@1.0?a=b@c"),
        ("at noon: write to jan@h", "at noon: write to jan@h"),
        ("ollama:m@q4", "ollama:m@q4"),
    ],
)
def test_passwords_of_addresses_are_masked_and_nothing_else(text, shown):
    assert masked(text) == shown


def test_no_error_of_a_server_tells_the_password_in_its_address():
    server = Server(url="http://ann:secret@127.0.0.1:9/v1")
    said = str(as_model_error(ConnectionRefusedError("http://ann:secret@127.0.0.1:9"), server))
    assert ("secret" in said, "127.0.0.1:9" in said) == (False, True)
