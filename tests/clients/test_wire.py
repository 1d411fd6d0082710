"""The test server itself: real clients of other people understand it."""

import ollama
import openai
import pytest
from langchain_ollama import ChatOllama
from langchain_openai import ChatOpenAI
from llama_index.core.llms import ChatMessage
from llama_index.llms.ollama import Ollama
from llama_index.llms.openai import OpenAI
from llama_index.llms.openai_like import OpenAILike

from tests.wire import WireReply, WireServer


def test_chat_ollama_reads_the_reply():
    with WireServer("42 is the answer") as server:
        model = ChatOllama(
            model="llama3.2", base_url=server.ollama_url, validate_model_on_init=True
        )
        assert model.invoke("What?").content == "42 is the answer"


async def test_chat_ollama_reads_the_reply_without_blocking():
    with WireServer("42 is the answer") as server:
        model = ChatOllama(model="llama3.2", base_url=server.ollama_url)
        assert (await model.ainvoke("What?")).content == "42 is the answer"


def test_chat_openai_reads_the_reply():
    with WireServer("42 is the answer") as server:
        model = ChatOpenAI(model="gpt-4o", base_url=server.openai_url, api_key="none")
        reply = model.invoke("What?")
        assert (reply.content, reply.usage_metadata["output_tokens"]) == ("42 is the answer", 4)


async def test_chat_openai_streams_the_reply():
    with WireServer("42 is the answer") as server:
        model = ChatOpenAI(model="gpt-4o", base_url=server.openai_url, api_key="none")
        pieces = [str(piece.content) async for piece in model.astream("What?")]
        assert "".join(pieces) == "42 is the answer"


def test_llama_index_ollama_reads_the_reply():
    with WireServer("42 is the answer") as server:
        model = Ollama(model="llama3.2", base_url=server.ollama_url, context_window=8192)
        reply = model.chat([ChatMessage(role="user", content="What?")])
        assert reply.message.content == "42 is the answer"


def test_llama_index_openai_like_reads_the_reply():
    with WireServer("42 is the answer") as server:
        model = OpenAILike(
            model="m", api_base=server.openai_url, api_key="none", is_chat_model=True
        )
        reply = model.chat([ChatMessage(role="user", content="What?")])
        assert reply.message.content == "42 is the answer"


def test_chat_openai_reads_a_call_of_a_function():
    with WireServer(WireReply(call=("ask", {"input": "What?"}))) as server:
        model = ChatOpenAI(model="gpt-4o", base_url=server.openai_url, api_key="none")
        (call,) = model.invoke("What?").tool_calls
        assert (call["name"], call["args"]) == ("ask", {"input": "What?"})


def test_llama_index_openai_streams_a_call_of_a_function():
    with WireServer(WireReply(call=("ask", {"input": "What?"}))) as server:
        model = OpenAI("gpt-4o", api_base=server.openai_url, api_key="none")
        *_, last = model.stream_chat([ChatMessage(role="user", content="What?")])
        (call,) = model.get_tool_calls_from_response(last)
        assert (call.tool_name, call.tool_kwargs) == ("ask", {"input": "What?"})


def test_lines_are_given_out_in_order():
    with WireServer([WireReply("busy", status=503), "42"]) as server:
        client = ollama.Client(server.ollama_url)
        with pytest.raises(ollama.ResponseError, match="busy"):
            client.chat("m", [{"role": "user", "content": "What?"}])
        assert client.chat("m", [{"role": "user", "content": "What?"}]).message.content == "42"


def test_a_prompt_beyond_the_window_is_cut_to_half_of_it_in_silence():
    with WireServer(lambda request: request.prompt[-5:]) as server:
        reply = ollama.Client(server.ollama_url).chat(
            "m", [{"role": "user", "content": "word " * 9000 + "END"}], options={"num_ctx": 4096}
        )
        assert (reply.message.content, reply.prompt_eval_count) == ("d END", 2050)


def test_a_script_that_fails_fails_the_test():
    server = WireServer([]).__enter__()
    client = openai.OpenAI(base_url=server.openai_url, api_key="none", max_retries=0)
    with pytest.raises(openai.InternalServerError):
        client.chat.completions.create(model="m", messages=[])
    with pytest.raises(AssertionError, match="no line left"):
        server.__exit__(None, None, None)


def test_closing_ends_a_delay():
    with WireServer(WireReply("late", delay=600)) as server:
        client = ollama.Client(server.ollama_url, timeout=0.05)
        with pytest.raises(Exception, match="timed out"):
            client.chat("m", [{"role": "user", "content": "What?"}])


def test_connections_may_be_kept():
    with WireServer("42", keep_alive=True) as server, ollama.Client(server.ollama_url) as client:
        client.chat("m", [{"role": "user", "content": "What?"}])
        client.chat("m", [{"role": "user", "content": "And?"}])
        assert server.connections == 1
