"""`OllamaClient` over the real `ollama` package, against a server on loopback."""

import sys
from dataclasses import replace

import pytest
from pydantic import BaseModel

from minions_core.clients import OllamaClient
from minions_core.effects import Ask, JsonSchema
from minions_core.errors import (
    ContextWindowExceeded,
    MissingExtra,
    ModelError,
    ModelTimedOut,
    ModelUnavailable,
    UsageError,
)
from minions_core.messages import Message, Reply, Usage
from minions_core.models import Model, Resizable
from tests.wire import WireReply, WireServer

ASK = Ask("local", (Message("system", "Be short."), Message("user", "What is it?")))
SCHEMA = {"type": "object", "properties": {"answer": {"type": "string"}}}


def asking(text, **settings):
    return Ask("local", (Message("user", text),), **settings)


@pytest.fixture(params=["blocking", "async", "streaming", "async streaming"])
def call(request):
    """Calls a model in each of the four ways."""
    on_text = (lambda _: None) if "streaming" in request.param else None

    async def call(model, ask=ASK):
        if "async" in request.param:
            return await model.areply(ask, on_text)
        return model.reply(ask, on_text)

    return call


class TestCalls:
    async def test_the_reply_is_what_the_server_says(self, call):
        reply = WireReply("42 is the answer", input_tokens=11, output_tokens=5)
        with WireServer(reply) as server:
            assert await call(OllamaClient(base_url=server.ollama_url)) == Reply(
                text="42 is the answer",
                usage=Usage(input_tokens=11, output_tokens=5),
                finish_reason="stop",
                model="llama3.2",
            )

    async def test_a_call_carries_messages_and_options(self, call):
        with WireServer("42") as server:
            model = OllamaClient(
                "qwen3:4b",
                base_url=server.ollama_url,
                seed=7,
                keep_alive="10m",
                think=False,
                options={"top_p": 0.9},
            )
            await call(model, replace(ASK, max_output_tokens=64))
        body = server.requests[0].body
        assert body | {"stream": None} == {
            "model": "qwen3:4b",
            "stream": None,
            "messages": [
                {"role": "system", "content": "Be short."},
                {"role": "user", "content": "What is it?"},
            ],
            "options": {
                "temperature": 0.0,
                "seed": 7,
                "top_p": 0.9,
                "num_ctx": 8192,
                "num_predict": 64,
            },
            "tools": [],
            "keep_alive": "10m",
            "think": False,
        }

    async def test_a_schema_is_sent_as_the_format(self, call):
        ask = replace(ASK, schema=JsonSchema(name="JobOutput", schema=SCHEMA))
        with WireServer('{"answer": "42"}') as server:
            await call(OllamaClient(base_url=server.ollama_url), ask)
        assert server.requests[0].schema == SCHEMA

    async def test_without_a_schema_there_is_no_format(self, call):
        with WireServer("42") as server:
            await call(OllamaClient(base_url=server.ollama_url))
        assert "format" not in server.requests[0].body

    async def test_what_a_model_thinks_is_not_part_of_its_reply(self, call):
        with WireServer(WireReply("42", thinking="Let me see ...")) as server:
            assert (await call(OllamaClient(base_url=server.ollama_url))).text == "42"

    @pytest.mark.parametrize(
        ("told", "finish"), [("stop", "stop"), ("length", "length"), ("load", "other")]
    )
    async def test_the_reason_a_reply_ended_is_passed_on(self, call, told, finish):
        with WireServer(WireReply("42", finish=told)) as server:
            reply = await call(OllamaClient(base_url=server.ollama_url))
        assert reply.finish_reason == finish

    async def test_usage_is_unknown_where_none_is_reported(self, call):
        with WireServer(WireReply("42", reports_usage=False)) as server:
            assert (await call(OllamaClient(base_url=server.ollama_url))).usage is None

    async def test_a_call_without_a_limit_uses_the_clients(self, call):
        with WireServer("42") as server:
            await call(OllamaClient(base_url=server.ollama_url, max_tokens=99))
        assert server.requests[0].body["options"]["num_predict"] == 99

    async def test_no_temperature_leaves_it_to_the_model(self, call):
        with WireServer("42") as server:
            await call(OllamaClient(base_url=server.ollama_url, temperature=None))
        assert "temperature" not in server.requests[0].body["options"]

    def test_streams_only_when_somebody_listens(self):
        with WireServer("42") as server:
            model = OllamaClient(base_url=server.ollama_url)
            model.reply(ASK)
            model.reply(ASK, [].append)
        assert [request.stream for request in server.requests] == [False, True]

    def test_pieces_arrive_as_they_are_said(self):
        pieces = []
        with WireServer("42 is the answer") as server:
            OllamaClient(base_url=server.ollama_url).reply(ASK, pieces.append)
        assert pieces == ["42 is t", "he answ", "er"]

    async def test_pieces_arrive_as_they_are_said_on_a_loop_too(self):
        pieces = []
        with WireServer("42 is the answer") as server:
            await OllamaClient(base_url=server.ollama_url).areply(ASK, pieces.append)
        assert pieces == ["42 is t", "he answ", "er"]

    def test_a_reply_without_an_end_is_none_of_the_usual_ones(self):
        with WireServer(WireReply("a a a", finish="")) as server:
            reply = OllamaClient(base_url=server.ollama_url).reply(ASK, [].append)
        assert (reply.text, reply.finish_reason) == ("a a a", "other")


class TestConstruction:
    def test_asks_the_server_nothing(self):
        with WireServer("42") as server:
            OllamaClient(base_url=server.ollama_url)
        assert server.paths == []

    def test_is_a_resizable_model(self):
        model = OllamaClient(model_name="llama3.2")
        assert isinstance(model, Model)
        assert isinstance(model, Resizable)
        assert model.name == "llama3.2"

    def test_takes_a_schema_as_the_reference_implementation_does(self):
        class StructuredLocalOutput(BaseModel):
            explanation: str
            citation: str | None
            answer: str | None

        model = OllamaClient(
            model_name="llama3.2",
            temperature=0.0,
            structured_output_schema=StructuredLocalOutput,
        )
        assert model.structured_output_schema is StructuredLocalOutput

    @pytest.mark.parametrize("seconds", [0, -1, None])
    def test_a_timeout_is_a_must(self, seconds):
        with pytest.raises(UsageError, match="positive number of seconds"):
            OllamaClient(timeout=seconds)

    def test_names_the_extra_that_is_missing(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "ollama", None)
        with pytest.raises(MissingExtra, match=r"minions-integrations\[ollama\]"):
            OllamaClient()

    def test_listens_to_ollama_host(self, monkeypatch):
        with WireServer("42") as server:
            monkeypatch.setenv("OLLAMA_HOST", server.ollama_url)
            assert OllamaClient().reply(ASK).text == "42"


class TestWindow:
    def test_every_call_has_the_same_window(self):
        with WireServer("42") as server:
            model = OllamaClient(base_url=server.ollama_url).sized_for(20_000)
            model.reply(asking("short"))
            model.reply(asking("word " * 9_000))
        assert [request.body["options"]["num_ctx"] for request in server.requests] == [20480, 20480]

    @pytest.mark.parametrize(
        ("tokens", "window"), [(1, 8192), (8192, 8192), (8193, 12288), (20_000, 20480)]
    )
    def test_is_rounded_up(self, tokens, window):
        with WireServer("42") as server:
            model = OllamaClient(base_url=server.ollama_url).sized_for(tokens)
        assert model.context_window == window

    def test_is_never_rounded_beyond_what_the_model_was_trained_for(self):
        with WireServer("42", context_length=10_000) as server:
            model = OllamaClient(base_url=server.ollama_url).sized_for(9_000)
        assert model.context_window == 10_000

    def test_a_model_trained_for_less_than_is_needed_is_given_all_it_holds(self):
        with WireServer("42", context_length=8192) as server:
            model = OllamaClient(base_url=server.ollama_url).sized_for(9_000)
        assert model.context_window == 8192

    def test_a_model_that_does_not_tell_its_length_is_taken_at_its_word(self):
        with WireServer("42", context_length=None) as server:
            model = OllamaClient(base_url=server.ollama_url).sized_for(200_000)
        assert model.context_window == 200_704

    def test_a_window_that_was_chosen_stays(self):
        model = OllamaClient(num_ctx=4096)
        assert model.sized_for(20_000) is model
        assert model.context_window == 4096

    def test_sizing_leaves_the_model_itself_as_it_was(self):
        with WireServer("42") as server:
            model = OllamaClient(base_url=server.ollama_url)
            model.sized_for(20_000)
        assert model.context_window is None

    def test_is_a_modest_one_until_it_is_chosen(self):
        with WireServer("42") as server:
            OllamaClient(base_url=server.ollama_url).reply(ASK)
        assert server.requests[0].body["options"]["num_ctx"] == 8192

    def test_sizing_says_so_if_the_model_is_not_there(self):
        with WireServer("42") as server:
            url = server.ollama_url
        with pytest.raises(ModelUnavailable, match="ollama serve"):
            OllamaClient(base_url=url).sized_for(9_000)

    async def test_a_prompt_that_cannot_fit_is_not_sent(self, call):
        with WireServer("42") as server:
            model = OllamaClient(base_url=server.ollama_url, num_ctx=2048)
            with pytest.raises(
                ContextWindowExceeded, match=r"2048 tokens of llama3\.2: use smaller"
            ):
                await call(model, asking("word " * 2000))
        assert server.requests == []

    def test_the_reply_needs_room_too(self):
        with WireServer("42") as server:
            model = OllamaClient(base_url=server.ollama_url, num_ctx=2048)
            with pytest.raises(ContextWindowExceeded, match="a reply of 1000"):
                model.reply(asking("word " * 1000, max_output_tokens=1000))

    def test_a_server_that_only_resembles_ollama_is_taken_at_its_word(self):
        with WireServer("42", shows={}) as server:
            assert OllamaClient(base_url=server.ollama_url).sized_for(9_000).context_window == 12288


class TestTruncation:
    """Ollama cuts overlong prompts in silence; the token count gives it away."""

    async def test_half_a_window_of_a_prompt_that_needs_all_of_it_was_cut(self, call):
        # Figures are more tokens than estimated: here 6,200, while the server counts over 8,192.
        figures = asking("1,234.5 67.8 " * 1900, max_output_tokens=500)
        with WireServer(WireReply("42", input_tokens=4098)) as server:
            reply = await call(OllamaClient(base_url=server.ollama_url), figures)
        assert reply.finish_reason == "input_truncated"

    async def test_a_window_smaller_than_asked_for_is_noticed(self, call):
        with WireServer(WireReply("42", input_tokens=1026)) as server:
            model = OllamaClient(base_url=server.ollama_url, num_ctx=32_768)
            reply = await call(model, asking("word " * 16_000))
        assert reply.finish_reason == "input_truncated"

    def test_a_prompt_cut_by_the_server_is_noticed(self):
        with WireServer("42", context_length=4096) as server:
            model = OllamaClient(base_url=server.ollama_url, num_ctx=16_384)
            reply = model.reply(asking("word " * 9_000))
        assert (reply.finish_reason, reply.usage.input_tokens) == ("input_truncated", 2050)

    def test_half_a_window_of_a_prompt_that_long_is_no_cut(self):
        with WireServer(WireReply("42", input_tokens=4098)) as server:
            reply = OllamaClient(base_url=server.ollama_url).reply(asking("word " * 3200))
        assert reply.finish_reason == "stop"

    @pytest.mark.parametrize(
        ("text", "counted"),
        [
            ("word " * 4000, 4010),
            ("Item .................................... 12\n" * 500, 2500),
            ("Total assets                        12\n" * 500, 2500),
            ("слово " * 2000, 3000),
            ("short", 5),
        ],
        ids=["prose", "leader dots", "columns", "cyrillic", "short"],
    )
    def test_texts_of_few_tokens_are_not_taken_for_cut_ones(self, text, counted):
        with WireServer(WireReply("42", input_tokens=counted)) as server:
            reply = OllamaClient(base_url=server.ollama_url).reply(asking(text))
        assert reply.finish_reason == "stop"


class TestErrors:
    async def test_nobody_listening(self, call):
        with WireServer("42") as server:
            url = server.ollama_url
        with pytest.raises(ModelUnavailable, match=f"not reachable at {url}: start it with"):
            await call(OllamaClient(base_url=url))

    async def test_a_model_not_pulled(self, call):
        missing = WireReply("model 'llama3.2' not found", status=404)
        with (
            WireServer(missing) as server,
            pytest.raises(ModelUnavailable, match=r"`ollama pull llama3\.2`"),
        ):
            await call(OllamaClient(base_url=server.ollama_url))

    async def test_a_server_that_is_not_ollama(self, call):
        with (
            WireServer(WireReply("File Not Found", status=404)) as server,
            pytest.raises(ModelUnavailable, match="use OpenAICompatibleClient"),
        ):
            await call(OllamaClient(base_url=server.ollama_url))

    @pytest.mark.parametrize(
        "said",
        [
            '{"error":{"code":400,"type":"exceed_context_size_error"}}',
            "the prompt is longer than the context length currently available to the model",
        ],
    )
    async def test_a_prompt_the_server_finds_too_long(self, call, said):
        with (
            WireServer(WireReply(said, status=400)) as server,
            pytest.raises(ContextWindowExceeded, match="use smaller chunks"),
        ):
            await call(OllamaClient(base_url=server.ollama_url))

    async def test_a_bad_request_is_not_sent_again(self, call):
        with WireServer(WireReply("invalid format", status=400)) as server:
            model = OllamaClient(base_url=server.ollama_url)
            with pytest.raises(ModelError, match="invalid format") as caught:
                await call(model)
        assert not caught.value.retryable

    @pytest.mark.parametrize("status", [500, 503])
    async def test_a_busy_or_broken_server_may_be_asked_again(self, call, status):
        with WireServer(WireReply("server busy, please try again", status=status)) as server:
            model = OllamaClient(base_url=server.ollama_url)
            with pytest.raises(ModelError, match="server busy") as caught:
                await call(model)
        assert caught.value.retryable

    async def test_silence(self, call):
        with (
            WireServer(WireReply("late", delay=600)) as server,
            pytest.raises(ModelTimedOut, match=r"no word from llama3\.2 for 0\.05 s"),
        ):
            await call(OllamaClient(base_url=server.ollama_url, timeout=0.05))

    async def test_a_lost_connection_may_be_tried_again(self, call):
        with WireServer(WireReply(drop=True)) as server:
            model = OllamaClient(base_url=server.ollama_url)
            with pytest.raises(ModelError) as caught:
                await call(model)
        assert caught.value.retryable

    def test_an_error_inside_a_stream(self):
        with WireServer(WireReply("half an ans", error="boom")) as server:
            model = OllamaClient(base_url=server.ollama_url)
            with pytest.raises(ModelError, match="broke off: boom") as caught:
                model.reply(ASK, [].append)
        assert caught.value.retryable

    def test_a_stream_that_is_cut(self):
        with WireServer(WireReply("half an ans", drop=True)) as server:
            model = OllamaClient(base_url=server.ollama_url)
            with pytest.raises(ModelError) as caught:
                model.reply(ASK, [].append)
        assert caught.value.retryable

    async def test_what_a_listener_raises_is_not_taken_for_an_error_of_the_model(self):
        def interrupt(_):
            raise UsageError("enough")

        with WireServer("42") as server:
            model = OllamaClient(base_url=server.ollama_url)
            with pytest.raises(UsageError, match="enough"):
                await model.areply(ASK, interrupt)
