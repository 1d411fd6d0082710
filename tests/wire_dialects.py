"""How Ollama's and OpenAI's chat APIs look on the wire, for the test server in `tests.wire`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from minions_core.messages import estimate_tokens

_PIECE_CHARS = 7
_CHARS_PER_TOKEN = 4
_DEFAULT_NUM_CTX = 4096
_KEPT_HEAD = 4
_CREATED = "2026-01-01T00:00:00.000000Z"


@dataclass(frozen=True, slots=True)
class WireRequest:
    """One chat call as it came over the wire.

    Attributes:
        api: which of the two APIs it came in by.
        model: the model it named.
        messages: role and content of each message, as sent; where the server cut the prompt to its
            window, what is left of them.
        schema: the JSON schema the reply is to follow, or None.
        stream: whether the reply is wanted piece by piece.
        body: the whole request.
        headers: its headers, by lower-case name.
    """

    api: Literal["ollama", "openai"]
    model: str
    messages: tuple[dict[str, Any], ...]
    schema: dict[str, Any] | None
    stream: bool
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def prompt(self) -> str:
        """The content of the last message."""
        return content_of(self.messages[-1]) if self.messages else ""

    @property
    def text(self) -> str:
        """The contents of all messages, a blank line between."""
        return "\n\n".join(content_of(message) for message in self.messages)


@dataclass(frozen=True, slots=True)
class WireReply:
    """What the server does with a call.

    Attributes:
        text: the reply; with a `status` other than 200, the message of the error.
        status: the HTTP status.
        error: with status 200, an error that ends a stream after `text`; with another status, the
            body's `error` in place of what is made of `text`.
        code: with OpenAI's API, the code of the error.
        finish: the reason the reply ended.
        input_tokens: tokens of the prompt to report; None counts them.
        output_tokens: tokens of the reply to report; None counts them.
        cached_tokens: with OpenAI's API, the prompt tokens served from a cache.
        reports_usage: whether token counts are reported at all.
        thinking: with Ollama's API, what the model thought before it spoke.
        refuses: with OpenAI's API, `text` is sent as a refusal.
        call: with OpenAI's API, a function to call and its arguments, in place of any text.
        choices: with OpenAI's API, whether a whole reply has any choices.
        delay: seconds to wait before the reply.
        drop: cut the connection, after `text` if there is any, where the end would be.
        headers: further headers of the response.
    """

    text: str = ""
    status: int = 200
    error: str | dict[str, Any] | None = None
    code: str | None = None
    finish: str = "stop"
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int = 0
    reports_usage: bool = True
    thinking: str = ""
    refuses: bool = False
    call: tuple[str, Mapping[str, Any]] | None = None
    choices: bool = True
    delay: float = 0
    drop: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


def content_of(message: Mapping[str, Any]) -> str:
    """The text of a message; OpenAI's clients may send it in parts."""
    content = message.get("content") or ""
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content)


def truncated_prompt_tokens(num_ctx: int) -> int:
    """How many tokens Ollama leaves of a message that does not fit: about half the window."""
    return num_ctx - max((num_ctx - _KEPT_HEAD) // 2, 1)


def overflows(request: WireRequest, window: int | None) -> bool:
    """Whether a call is longer than the window it is served with."""
    return window is not None and estimate_tokens(request.text) > window


def truncated(request: WireRequest, window: int | None) -> WireRequest:
    """The call as the model gets to see it: the end of the last message, if it overflows."""
    if window is None or not overflows(request, window):
        return request
    last = request.messages[-1]
    kept = truncated_prompt_tokens(window) * _CHARS_PER_TOKEN
    return replace(request, messages=({**last, "content": content_of(last)[-kept:]},))


def ollama_window(request: WireRequest, trained: int | None) -> int:
    """The window Ollama's API serves a call with."""
    options = request.body.get("options") or {}
    wanted = options.get("num_ctx") or _DEFAULT_NUM_CTX
    return min(wanted, trained or wanted)


def counted(reply: WireReply, request: WireRequest) -> WireReply:
    """`reply` with the token counts it left open."""
    prompt, answer = reply.input_tokens, reply.output_tokens
    return replace(
        reply,
        input_tokens=estimate_tokens(request.text) if prompt is None else prompt,
        output_tokens=estimate_tokens(reply.text) if answer is None else answer,
    )


def _pieces(text: str) -> Iterator[str]:
    for start in range(0, len(text), _PIECE_CHARS):
        yield text[start : start + _PIECE_CHARS]


class Ollama:
    name: Literal["ollama"] = "ollama"
    media_type = "application/x-ndjson"

    def schema(self, body: dict[str, Any]) -> dict[str, Any] | None:
        form = body.get("format")
        return form if isinstance(form, dict) else None

    def streams(self, body: dict[str, Any]) -> bool:
        return body.get("stream", True)

    def failure(self, reply: WireReply) -> dict[str, Any]:
        return {"error": reply.error or reply.text}

    def whole(self, request: WireRequest, reply: WireReply) -> dict[str, Any]:
        return self._part(request, reply.text, reply.thinking) | self._end(reply)

    def chunks(self, request: WireRequest, reply: WireReply) -> Iterator[bytes]:
        if reply.thinking:
            yield self._line(self._part(request, "", reply.thinking))
        for piece in _pieces(reply.text):
            yield self._line(self._part(request, piece))
        if reply.error is not None:
            yield self._line({"error": reply.error})
        elif not reply.drop:
            yield self._line(self._part(request, "") | self._end(reply))

    def _part(self, request: WireRequest, text: str, thinking: str = "") -> dict[str, Any]:
        thought = {"thinking": thinking} if thinking else {}
        message = {"role": "assistant", "content": text, **thought}
        return {"model": request.model, "created_at": _CREATED, "message": message, "done": False}

    def _end(self, reply: WireReply) -> dict[str, Any]:
        counts = {"prompt_eval_count": reply.input_tokens, "eval_count": reply.output_tokens}
        durations = {"total_duration": 2, "prompt_eval_duration": 1, "eval_duration": 1}
        told = (counts if reply.reports_usage else {}) | durations
        return {"done": True, "done_reason": reply.finish} | {k: v for k, v in told.items() if v}

    def _line(self, part: dict[str, Any]) -> bytes:
        return json.dumps(part).encode() + b"\n"


class OpenAI:
    name: Literal["openai"] = "openai"
    media_type = "text/event-stream"

    def schema(self, body: dict[str, Any]) -> dict[str, Any] | None:
        form = (body.get("response_format") or {}).get("json_schema") or {}
        return form.get("schema")

    def streams(self, body: dict[str, Any]) -> bool:
        return body.get("stream", False)

    def failure(self, reply: WireReply) -> dict[str, Any]:
        if isinstance(reply.error, dict):
            return {"error": reply.error}
        message = reply.error or reply.text
        return {"error": {"message": message, "type": "error", "param": None, "code": reply.code}}

    def whole(self, request: WireRequest, reply: WireReply) -> dict[str, Any]:
        said = self._call(reply) or {self._field(reply): reply.text}
        message = {"role": "assistant", "content": None, **said}
        choice = {"index": 0, "message": message, "finish_reason": self._finish(reply)}
        whole = self._part(request, "chat.completion", [choice] if reply.choices else [])
        return whole | ({"usage": self._usage(reply)} if reply.reports_usage else {})

    def chunks(self, request: WireRequest, reply: WireReply) -> Iterator[bytes]:
        yield self._delta(request, {"role": "assistant", "content": ""})
        if reply.call:
            yield self._delta(request, self._call(reply))
        for piece in _pieces(reply.text):
            yield self._delta(request, {self._field(reply): piece})
        if reply.error is not None:
            yield self._event(self.failure(reply))
            return
        if reply.drop:
            return
        yield self._delta(request, {}, self._finish(reply))
        wanted = (request.body.get("stream_options") or {}).get("include_usage")
        if wanted and reply.reports_usage:
            last = self._part(request, "chat.completion.chunk", [])
            yield self._event(last | {"usage": self._usage(reply)})
        yield b"data: [DONE]\n\n"

    def _field(self, reply: WireReply) -> str:
        return "refusal" if reply.refuses else "content"

    def _finish(self, reply: WireReply) -> str:
        return "tool_calls" if reply.call else reply.finish

    def _call(self, reply: WireReply) -> dict[str, Any]:
        if reply.call is None:
            return {}
        name, arguments = reply.call
        function = {"name": name, "arguments": json.dumps(arguments)}
        return {
            "tool_calls": [{"index": 0, "id": "call_1", "type": "function", "function": function}]
        }

    def _delta(
        self, request: WireRequest, delta: dict[str, Any], finish: str | None = None
    ) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return self._event(self._part(request, "chat.completion.chunk", [choice]))

    def _part(self, request: WireRequest, kind: str, choices: list[Any]) -> dict[str, Any]:
        return {
            "id": "chatcmpl-1",
            "object": kind,
            "created": 1,
            "model": request.model,
            "choices": choices,
        }

    def _usage(self, reply: WireReply) -> dict[str, Any]:
        prompt, answer = reply.input_tokens or 0, reply.output_tokens or 0
        return {
            "prompt_tokens": prompt,
            "completion_tokens": answer,
            "total_tokens": prompt + answer,
            "prompt_tokens_details": {"cached_tokens": reply.cached_tokens},
        }

    def _event(self, part: dict[str, Any]) -> bytes:
        return b"data: " + json.dumps(part).encode() + b"\n\n"
