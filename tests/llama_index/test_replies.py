"""Why a reply ended and what it used, in the shapes that integrations hand on."""

from enum import Enum, IntEnum

import pytest
from llama_index.core.base.llms.types import ChatMessage, ChatResponse
from openai.types.responses import Response, ResponseIncompleteEvent, ResponseTextDeltaEvent

from llama_index_minions._replies import Stream, to_reply
from minions_core.messages import Usage


class GeminiFinish(str, Enum):  # noqa: UP042  # str() of a StrEnum would be the word itself
    """As the google-genai package has it."""

    STOP = "STOP"
    MAX_TOKENS = "MAX_TOKENS"
    SAFETY = "SAFETY"


class ProtoFinish(IntEnum):
    """As Google's older packages have it."""

    STOP = 1
    MAX_TOKENS = 2


def response(raw, **data):
    return ChatResponse(message=ChatMessage(role="assistant", content="42"), raw=raw, **data)


def responses_api(reason=None):
    """A whole response of OpenAI's Responses API, cut for a reason or complete."""
    return Response.model_validate(
        {
            "id": "resp_1",
            "object": "response",
            "created_at": 0,
            "model": "gpt-4o",
            "output": [],
            "parallel_tool_calls": False,
            "tool_choice": "auto",
            "tools": [],
            "status": "incomplete" if reason else "completed",
            "incomplete_details": reason and {"reason": reason},
            "usage": {
                "input_tokens": 50,
                "input_tokens_details": {"cached_tokens": 40, "cache_write_tokens": 0},
                "output_tokens": 6,
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": 56,
            },
        }
    )


def ended(reason):
    return ResponseIncompleteEvent(
        response=responses_api(reason), sequence_number=2, type="response.incomplete"
    )


def piece(text):
    return ResponseTextDeltaEvent(
        content_index=0,
        delta=text,
        item_id="msg_1",
        logprobs=[],
        output_index=0,
        sequence_number=1,
        type="response.output_text.delta",
    )


FINISHES = [
    pytest.param({"stopReason": "max_tokens"}, "length", id="bedrock cut"),
    pytest.param({"stopReason": "end_turn"}, "stop", id="bedrock"),
    pytest.param({"stopReason": "guardrail_intervened"}, "other", id="bedrock guarded"),
    pytest.param(
        {"stopReason": "model_context_window_exceeded"}, "length", id="bedrock window full"
    ),
    pytest.param({"messageStop": {"stopReason": "max_tokens"}}, "length", id="bedrock stream"),
    pytest.param(responses_api("max_output_tokens"), "length", id="responses cut"),
    pytest.param(responses_api("content_filter"), "other", id="responses filtered"),
    pytest.param(responses_api(), "stop", id="responses"),
    pytest.param(ended("max_output_tokens"), "length", id="responses stream"),
    pytest.param({"finish_reason": GeminiFinish.MAX_TOKENS}, "length", id="gemini cut"),
    pytest.param({"finish_reason": GeminiFinish.STOP}, "stop", id="gemini"),
    pytest.param({"finish_reason": GeminiFinish.SAFETY}, "other", id="gemini unsafe"),
    pytest.param({"finish_reason": ProtoFinish.MAX_TOKENS}, "length", id="proto cut"),
    pytest.param({"finish_reason": 1}, "stop", id="proto number"),
    pytest.param({"finish_reason": "FINISH_REASON_UNSPECIFIED"}, "stop", id="proto unsaid"),
    pytest.param({"candidates": [{"finishReason": "MAX_TOKENS"}]}, "length", id="rest cut"),
    pytest.param(
        {"candidates": [{"finish_reason": GeminiFinish.MAX_TOKENS}]}, "length", id="vertex cut"
    ),
    pytest.param({"finish_reason": "COMPLETE"}, "stop", id="cohere"),
    pytest.param({"finish_reason": "MAX_TOKENS"}, "length", id="cohere cut"),
    pytest.param(
        {"choices": [{"finish_reason": "stop", "stop_reason": "###"}]}, "stop", id="vllm stop word"
    ),
    pytest.param({"choices": [], "candidates": []}, "stop", id="nothing told"),
    pytest.param({"choices": None}, "stop", id="none"),
    pytest.param(None, "stop", id="no raw"),
]


@pytest.mark.parametrize(("raw", "read"), FINISHES)
def test_why_a_reply_ended_is_read(raw, read):
    assert to_reply(response(raw)).finish_reason == read


BEDROCK = {
    "inputTokens": 5,
    "outputTokens": 6,
    "totalTokens": 111,
    "cacheReadInputTokens": 90,
    "cacheWriteInputTokens": 10,
}
GEMINI = {
    "prompt_token_count": 50,
    "cached_content_token_count": 40,
    "candidates_token_count": 6,
    "thoughts_token_count": 7,
}

USAGES = [
    pytest.param({"usage": BEDROCK}, (105, 6, 90), id="bedrock"),
    pytest.param({"metadata": {"usage": BEDROCK}}, (105, 6, 90), id="bedrock stream"),
    pytest.param(responses_api(), (50, 6, 40), id="responses"),
    pytest.param(ended("max_output_tokens"), (50, 6, 40), id="responses stream"),
    pytest.param({"usage_metadata": GEMINI}, (50, 13, 40), id="gemini"),
]


@pytest.mark.parametrize(("raw", "read"), USAGES)
def test_what_a_reply_used_is_read(raw, read):
    usage = Usage(input_tokens=read[0], output_tokens=read[1], cached_input_tokens=read[2])
    assert to_reply(response(raw)).usage == usage


def test_cached_tokens_told_beside_a_count_are_read():
    told = {"prompt_tokens": 50, "completion_tokens": 6, "cached_content_tokens": 40}
    usage = to_reply(response({}, additional_kwargs=told)).usage
    assert usage == Usage(input_tokens=50, output_tokens=6, cached_input_tokens=40)


def test_the_model_is_read_from_the_end_of_a_stream():
    assert to_reply(response(ended("max_output_tokens"))).model == "gpt-4o"


def test_a_stream_that_was_cut_tells_so_and_what_it_used():
    heard = []
    stream = Stream(heard.append)
    stream.hear(response(piece("half"), delta="half"))
    stream.hear(response(ended("max_output_tokens"), delta=""))
    assert (stream.reply.text, stream.reply.finish_reason) == ("half", "length")
    assert stream.reply.usage == Usage(input_tokens=50, output_tokens=6, cached_input_tokens=40)
