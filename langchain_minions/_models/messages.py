"""Between the core's words and LangChain's messages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.messages.ai import UsageMetadata

from minions_core.clients.finish import finish_reason
from minions_core.errors import ModelError
from minions_core.messages import Message, Reply, Usage

_MESSAGE_TYPES = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}


def to_langchain(messages: Iterable[Message]) -> list[BaseMessage]:
    """The conversation as LangChain's models take it."""
    return [_MESSAGE_TYPES[message.role](content=message.content) for message in messages]


def text_of(answer: object) -> str:
    """The text of what a model answered, or of a piece of it; reasoning blocks are left out.

    Args:
        answer: a message, a chunk of one, or plain text.

    Raises:
        ModelError: it is none of these, so this runnable is no chat model.
    """
    if isinstance(answer, str):
        return answer
    if isinstance(answer, BaseMessage):
        return str(answer.text)
    raise ModelError(
        f"the model answered with a {type(answer).__name__}, not with a message or text: pass the "
        "chat model itself, without an output parser or structured output behind it",
        fatal=True,
    )


def to_reply(answer: object) -> Reply:
    """What a model answered, as the core reads it.

    An answer given as a tool call, as structured output is by some providers, becomes the JSON
    text of the call's arguments. One out of LangChain's cache used nothing now.

    Raises:
        ModelError: `answer` is neither a message nor text.
    """
    text = text_of(answer)
    if not isinstance(answer, BaseMessage):
        return Reply(text=text)
    metadata: dict[str, Any] = answer.response_metadata
    used, cached = _usage(answer), _is_cached(answer)
    return Reply(
        text=_called_with(answer) or text,
        usage=Usage() if cached else used,
        recorded=used if cached else None,
        finish_reason=finish_reason(_told_finish(metadata)),
        model=metadata.get("model_name") or metadata.get("model"),
    )


def to_message(reply: Reply, model: str, **fields: Any) -> AIMessage:
    """What a core model answered, as LangChain's models tell it.

    Args:
        reply: the answer.
        model: what to call the model, where it does not tell.
        **fields: further fields of the message.
    """
    told = {"model_name": reply.model or model, "finish_reason": reply.finish_reason}
    counted = reply.usage and usage_metadata(reply.usage)
    return AIMessage(reply.text, usage_metadata=counted, response_metadata=told, **fields)


def cut_reply(error: Exception) -> Reply | None:
    """The reply inside an error that says only that the reply was cut, or None for other errors.

    The openai client raises such an error when a structured reply reaches its length limit. The
    text so far and the tokens paid for are in it.
    """
    completion = getattr(error, "completion", None)
    choices = getattr(completion, "choices", None)
    if not choices or finish_reason(choices[0].finish_reason) != "length":
        return None
    counted = getattr(completion, "usage", None)
    return Reply(
        text=choices[0].message.content or "",
        usage=counted
        and Usage(input_tokens=counted.prompt_tokens, output_tokens=counted.completion_tokens),
        finish_reason="length",
        model=getattr(completion, "model", None),
    )


def _called_with(answer: BaseMessage) -> str:
    if not isinstance(answer, AIMessage):
        return ""
    if answer.tool_calls:
        return json.dumps(answer.tool_calls[0]["args"], ensure_ascii=False)
    return next((call["args"] or "" for call in answer.invalid_tool_calls), "")


def _is_cached(answer: BaseMessage) -> bool:
    """Whether an answer comes from LangChain's cache, which marks it as one that costs nothing."""
    told: Mapping[str, Any] = getattr(answer, "usage_metadata", None) or {}
    return told.get("total_cost") == 0


def _usage(answer: BaseMessage) -> Usage | None:
    told = getattr(answer, "usage_metadata", None)
    if not told or "input_tokens" not in told:  # the cache's mark may be all there is
        return None
    return Usage(
        input_tokens=told["input_tokens"],
        output_tokens=told["output_tokens"],
        cached_input_tokens=told.get("input_token_details", {}).get("cache_read") or 0,
    )


def usage_metadata(usage: Usage) -> UsageMetadata:
    """Tokens as LangChain counts them."""
    return UsageMetadata(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        total_tokens=usage.total_tokens,
        input_token_details={"cache_read": usage.cached_input_tokens},
    )


def _told_finish(metadata: Mapping[str, Any]) -> object:
    unfinished: Mapping[str, Any] = metadata.get("incomplete_details") or {}
    names = ("done_reason", "finish_reason", "stop_reason")
    return next((metadata[name] for name in names if metadata.get(name)), unfinished.get("reason"))
