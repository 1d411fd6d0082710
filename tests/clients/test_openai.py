"""`OpenAIClient` and its relatives over the real `openai` package, against a server on loopback."""

import sys
from dataclasses import replace

import pytest

from minions_core.clients import (
    OpenAIClient,
    OpenAICompatibleClient,
    TogetherClient,
    TokasaurusClient,
)
from minions_core.effects import Ask, JsonSchema
from minions_core.errors import (
    ContextWindowExceeded,
    MissingExtra,
    ModelError,
    ModelTimedOut,
    ModelUnavailable,
    UsageError,
)
from minions_core.failures import nobody_listens
from minions_core.messages import Message, Reply, Usage
from minions_core.models import Model, Resizable
from tests.wire import WireReply, WireServer

ASK = Ask("remote", (Message("system", "Be short."), Message("user", "What is it?")))
SCHEMA = {"type": "object", "properties": {"answer": {"type": "string"}}}
ASK_JSON = replace(ASK, schema=JsonSchema(name="Job output", schema=SCHEMA))


def client(server, **settings):
    return OpenAIClient(base_url=server.openai_url, **{"api_key": "sk-test"} | settings)


@pytest.fixture(params=["blocking", "async", "streaming", "async streaming"])
def call(request):
    """Calls a model in each of the four ways."""
    on_text = (lambda _: None) if "streaming" in request.param else None

    async def call(model, ask=ASK):
        if "async" in request.param:
            return await model.areply(ask, on_text)
        return model.reply(ask, on_text)

    return call


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch):
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_ORG_ID", "TOGETHER_API_KEY"):
        monkeypatch.delenv(name, raising=False)


class TestCalls:
    async def test_the_reply_is_what_the_server_says(self, call):
        line = WireReply("42 is the answer", input_tokens=11, output_tokens=5, cached_tokens=8)
        with WireServer(line) as server:
            assert await call(client(server)) == Reply(
                text="42 is the answer",
                usage=Usage(input_tokens=11, output_tokens=5, cached_input_tokens=8),
                finish_reason="stop",
                model="gpt-4o",
            )

    async def test_a_call_carries_messages_and_settings(self, call):
        with WireServer("42") as server:
            model = client(server, seed=7, extra_body={"id_slot": 2})
            await call(model, replace(ASK, max_output_tokens=64))
        body = server.requests[0].body
        body.pop("stream", None)
        body.pop("stream_options", None)
        assert body == {
            "model": "gpt-4o",
            "messages": [
                {"role": "system", "content": "Be short."},
                {"role": "user", "content": "What is it?"},
            ],
            "temperature": 0.0,
            "max_tokens": 64,
            "seed": 7,
            "id_slot": 2,
        }

    @pytest.mark.parametrize("name", ["o1", "o3-mini", "gpt-5", "gpt-5-nano", "openai/o4-mini"])
    def test_reasoning_models_are_asked_as_they_want_it(self, name):
        with WireServer("42") as server:
            client(server, model_name=name).reply(replace(ASK, max_output_tokens=64))
        body = server.requests[0].body
        assert (body.keys(), body["max_completion_tokens"]) == (
            {"model", "messages", "max_completion_tokens"},
            64,
        )

    @pytest.mark.parametrize("name", ["gpt-4o", "gpt-4.1-mini", "llama-3.2-o1", "olmo-2"])
    def test_other_models_are_given_a_temperature(self, name):
        with WireServer("42") as server:
            client(server, model_name=name).reply(ASK)
        assert server.requests[0].body["temperature"] == 0.0

    async def test_a_schema_is_sent_as_the_response_format(self, call):
        with WireServer('{"answer": "42"}') as server:
            await call(client(server), ASK_JSON)
        assert server.requests[0].body["response_format"] == {
            "type": "json_schema",
            "json_schema": {"name": "Job_output", "schema": SCHEMA, "strict": False},
        }

    def test_a_server_without_schemas_is_asked_for_any_json(self):
        with WireServer('{"answer": "42"}') as server:
            client(server, structured_outputs="json_object").reply(ASK_JSON)
        assert server.requests[0].body["response_format"] == {"type": "json_object"}

    def test_a_server_without_structured_outputs_is_asked_freely(self):
        with WireServer('{"answer": "42"}') as server:
            client(server, structured_outputs="none").reply(ASK_JSON)
        assert "response_format" not in server.requests[0].body

    @pytest.mark.parametrize(
        ("told", "finish"), [("stop", "stop"), ("length", "length"), ("content_filter", "other")]
    )
    async def test_the_reason_a_reply_ended_is_passed_on(self, call, told, finish):
        with WireServer(WireReply("42", finish=told)) as server:
            assert (await call(client(server))).finish_reason == finish

    async def test_usage_is_unknown_where_none_is_reported(self, call):
        with WireServer(WireReply("42", reports_usage=False)) as server:
            assert (await call(client(server))).usage is None

    def test_a_call_without_a_limit_uses_the_clients(self):
        with WireServer("42") as server:
            client(server, max_tokens=99).reply(ASK)
        assert server.requests[0].body["max_tokens"] == 99

    def test_of_two_limits_the_lower_counts(self):
        with WireServer("42") as server:
            client(server, max_tokens=99).reply(replace(ASK, max_output_tokens=400))
        assert server.requests[0].body["max_tokens"] == 99

    def test_streams_only_when_somebody_listens(self):
        with WireServer("42") as server:
            client(server).reply(ASK)
            client(server).reply(ASK, [].append)
        assert [request.stream for request in server.requests] == [False, True]

    def test_pieces_arrive_as_they_are_said(self):
        pieces = []
        with WireServer("42 is the answer") as server:
            client(server).reply(ASK, pieces.append)
        assert pieces == ["42 is t", "he answ", "er"]

    async def test_pieces_arrive_as_they_are_said_on_a_loop_too(self):
        pieces = []
        with WireServer("42 is the answer") as server:
            await client(server).areply(ASK, pieces.append)
        assert pieces == ["42 is t", "he answ", "er"]

    async def test_a_failed_call_is_made_once(self, call):
        with WireServer(WireReply("slow down", status=429)) as server:
            with pytest.raises(ModelError, match="slow down"):
                await call(client(server))
            assert len(server.requests) == 1

    async def test_a_prompt_beyond_a_known_window_is_not_sent(self, call):
        with WireServer("42") as server:
            model = client(server, context_window=1000)
            with pytest.raises(ContextWindowExceeded, match="does not fit the 1000 tokens"):
                await call(model, Ask("remote", (Message("user", "word " * 2000),)))
        assert server.requests == []

    async def test_what_a_model_refuses_to_say_is_its_reply(self, call):
        with WireServer(WireReply("I cannot help with that.", refuses=True)) as server:
            assert (await call(client(server))).text == "I cannot help with that."


class TestKeys:
    def test_a_key_comes_from_the_environment(self, monkeypatch):
        monkeypatch.setenv("OPENAI_API_KEY", "sk-environment")
        with WireServer("42") as server:
            client(server, api_key=None).reply(ASK)
        assert server.requests[0].headers["authorization"] == "Bearer sk-environment"

    def test_a_key_may_be_given(self, monkeypatch):
        monkeypatch.setenv("OPENAI_API_KEY", "sk-environment")
        with WireServer("42") as server:
            client(server, api_key="sk-given").reply(ASK)
        assert server.requests[0].headers["authorization"] == "Bearer sk-given"

    def test_without_a_key_nothing_is_made(self):
        with pytest.raises(ModelUnavailable, match="set OPENAI_API_KEY or pass api_key"):
            OpenAIClient(model_name="gpt-4o")

    def test_a_server_of_ones_own_needs_no_key(self):
        with WireServer("42") as server:
            assert client(server, api_key=None).reply(ASK).text == "42"

    def test_the_key_of_openai_goes_to_no_other_server(self, monkeypatch):
        monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
        with WireServer("42") as server:
            OpenAICompatibleClient("qwen3", server.openai_url).reply(ASK)
        assert "sk-secret" not in server.requests[0].headers["authorization"]

    def test_together_has_a_key_of_its_own(self, monkeypatch):
        monkeypatch.setenv("TOGETHER_API_KEY", "together-key")
        with WireServer("42") as server:
            TogetherClient("meta-llama/Llama-3.3-70B", base_url=server.openai_url).reply(ASK)
        assert server.requests[0].headers["authorization"] == "Bearer together-key"

    def test_together_needs_its_key(self, monkeypatch):
        monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
        with pytest.raises(ModelUnavailable, match="TOGETHER_API_KEY"):
            TogetherClient("meta-llama/Llama-3.3-70B")

    def test_keys_are_not_shown(self):
        assert "sk-secret" not in repr(OpenAIClient(api_key="sk-secret"))


class TestConstruction:
    def test_is_a_model_of_fixed_size(self):
        model = OpenAIClient(model_name="gpt-4o", api_key="sk-test")
        assert isinstance(model, Model)
        assert not isinstance(model, Resizable)
        assert (model.name, model.context_window) == ("gpt-4o", None)

    def test_together_has_a_home(self):
        model = TogetherClient("m", api_key="key")
        assert str(model._sessions.blocking().base_url) == "https://api.together.xyz/v1/"

    def test_tokasaurus_has_its_usual_port(self):
        assert TokasaurusClient("m").base_url == "http://127.0.0.1:10210/v1"

    def test_tokasaurus_may_listen_elsewhere(self):
        with WireServer("42") as server:
            assert TokasaurusClient("m", server.openai_url).reply(ASK).text == "42"

    @pytest.mark.parametrize("make", [OpenAICompatibleClient, TogetherClient, TokasaurusClient])
    def test_relatives_guess_no_model(self, make):
        with pytest.raises(TypeError, match="model_name"):
            make(api_key="key")

    @pytest.mark.parametrize("seconds", [0, -1, None])
    def test_a_timeout_is_a_must(self, seconds):
        with pytest.raises(UsageError, match="positive number of seconds"):
            OpenAIClient(api_key="sk-test", timeout=seconds)

    def test_names_the_extra_that_is_missing(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "openai", None)
        with pytest.raises(MissingExtra, match=r"minions-integrations\[openai\]"):
            OpenAIClient(api_key="sk-test")


class TestErrors:
    async def test_nobody_listening(self, call):
        with WireServer("42") as server:
            model = client(server)
        with pytest.raises(ModelUnavailable, match="nobody listens at http://127"):
            await call(model)

    def test_nobody_listening_at_any_address_of_a_name(self):
        attempts = ExceptionGroup("all of them failed", [OSError(101), ConnectionRefusedError()])
        error = OSError("failed")
        error.__cause__ = attempts
        assert nobody_listens(error)

    def test_a_name_that_cannot_be_looked_up_just_now_is_not_nobody_listening(self):
        assert not nobody_listens(OSError("temporary failure in name resolution"))

    @pytest.mark.parametrize("status", [401, 403])
    async def test_a_refused_key(self, call, status):
        with (
            WireServer(WireReply("bad key", status=status)) as server,
            pytest.raises(ModelUnavailable, match="check OPENAI_API_KEY or api_key"),
        ):
            await call(client(server))

    async def test_an_unknown_model(self, call):
        with (
            WireServer(WireReply("no such model", status=404)) as server,
            pytest.raises(ModelUnavailable, match="has no model gpt-4o: check the name"),
        ):
            await call(client(server))

    async def test_an_empty_account_is_not_asked_again(self, call):
        line = WireReply("You exceeded your quota", status=429, code="insufficient_quota")
        with (
            WireServer(line) as server,
            pytest.raises(ModelUnavailable, match="nothing left to spend"),
        ):
            await call(client(server))

    @pytest.mark.parametrize(
        "line",
        [
            WireReply("too many tokens", status=400, code="context_length_exceeded"),
            WireReply(
                status=400,
                error={
                    "code": 400,
                    "message": "request (9000 tokens) exceeds the available context size",
                    "type": "exceed_context_size_error",
                },
            ),
            WireReply("This model's maximum context length is 4096 tokens.", status=400),
        ],
        ids=["openai", "llama.cpp", "vllm"],
    )
    async def test_a_prompt_the_server_finds_too_long(self, call, line):
        with (
            WireServer(line) as server,
            pytest.raises(ContextWindowExceeded, match="shorten the prompt"),
        ):
            await call(client(server))

    async def test_a_rate_limit_says_how_long_to_wait(self, call):
        line = WireReply("slow down", status=429, headers={"retry-after": "7"})
        with WireServer(line) as server, pytest.raises(ModelError, match="slow down") as caught:
            await call(client(server))
        assert (caught.value.retryable, caught.value.retry_after) == (True, 7.0)

    @pytest.mark.parametrize(
        ("status", "said"),
        [
            (500, "The model produced output that does not match the expected peg-native format"),
            (502, "bad gateway"),
            (503, "loading model"),
        ],
    )
    async def test_a_broken_server_may_be_asked_again(self, call, status, said):
        with (
            WireServer(WireReply(said, status=status)) as server,
            pytest.raises(ModelError, match=said) as caught,
        ):
            await call(client(server))
        assert caught.value.retryable

    async def test_a_bad_request_is_not_sent_again(self, call):
        with (
            WireServer(WireReply("no such field", status=400)) as server,
            pytest.raises(ModelError, match="no such field") as caught,
        ):
            await call(client(server))
        assert not caught.value.retryable

    async def test_silence(self, call):
        with (
            WireServer(WireReply("late", delay=600)) as server,
            pytest.raises(ModelTimedOut, match=r"no word from gpt-4o for 0\.05 s"),
        ):
            await call(client(server, timeout=0.05))

    async def test_a_lost_connection_may_be_tried_again(self, call):
        with WireServer(WireReply(drop=True)) as server, pytest.raises(ModelError) as caught:
            await call(client(server))
        assert (caught.value.retryable, caught.value.fatal) == (True, False)

    def test_an_answer_without_a_reply_may_be_asked_for_again(self):
        with (
            WireServer(WireReply(choices=False)) as server,
            pytest.raises(ModelError, match="without choices") as caught,
        ):
            client(server).reply(ASK)
        assert caught.value.retryable

    def test_an_error_inside_a_stream(self):
        with (
            WireServer(WireReply("half an ans", error="boom")) as server,
            pytest.raises(ModelError, match="broke off: boom") as caught,
        ):
            client(server).reply(ASK, [].append)
        assert caught.value.retryable

    def test_a_stream_that_is_cut(self):
        with (
            WireServer(WireReply("half an ans", drop=True)) as server,
            pytest.raises(ModelError) as caught,
        ):
            client(server).reply(ASK, [].append)
        assert caught.value.retryable

    async def test_what_a_listener_raises_is_not_taken_for_an_error_of_the_model(self):
        def interrupt(_):
            raise UsageError("enough")

        with WireServer("42") as server, pytest.raises(UsageError, match="enough"):
            await client(server).areply(ASK, interrupt)
