"""Models of OpenAI, and of every server that speaks its chat API, over the `openai` package."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from minions_core.clients._shared import (
    Sessions,
    as_dicts,
    check_fits,
    explained,
    http_settings,
    was_refused,
    with_patience,
)
from minions_core.errors import (
    ContextWindowExceeded,
    MissingExtra,
    ModelError,
    ModelUnavailable,
)
from minions_core.messages import FinishReason, Reply, Usage
from minions_core.models import as_model_error

if TYPE_CHECKING:
    from openai.types import CompletionUsage
    from openai.types.chat import ChatCompletion, ChatCompletionChunk

    from minions_core.effects import Ask, JsonSchema
    from minions_core.models import OnText

_FINISH: Mapping[str | None, FinishReason] = {"stop": "stop", "length": "length"}
_REASONING = re.compile(r"(.*/)?(ft:)?(o\d|gpt-[5-9])")
_OVERLONG = re.compile(
    r"exceed_context_size|context_length_exceeded|maximum context|context (length|size|window)",
    re.IGNORECASE,
)
_NOT_IN_NAMES = re.compile(r"[^a-zA-Z0-9_-]")
_LONGEST_NAME = 64
_NO_KEY = "none"
_STREAMING: Mapping[str, Any] = {"stream": True, "stream_options": {"include_usage": True}}
_KEY_REFUSED = (401, 403)
_NOT_FOUND = 404
_RATE_LIMITED = 429
_ADVICE = "shorten the prompt, or use a model with a longer context"

_Sessions: TypeAlias = Sessions[Any, Any]  # no overload of theirs takes a request as we make it


@dataclass(frozen=True, eq=False)
class OpenAIClient:
    """A model of OpenAI, or one behind a server that speaks OpenAI's chat API.

    Calls are made once: sending one again is for `minions_core.models.Retrying`, which a run does
    by itself.

    Attributes:
        model_name: the model.
        temperature: 0 for the likeliest reply; None for the model's own setting. Not sent to the
            reasoning models (o1, o3, gpt-5 ...), which refuse it.
        max_tokens: the longest reply where a call names no limit; None for the server's own.
        api_key: the key; None for the environment variable `OPENAI_API_KEY`.
        base_url: where the server listens, up to `/v1`; None for OpenAI.
        timeout: seconds the server may stay silent.
        context_window: tokens of prompt and reply the model holds, where it is known; a prompt
            that cannot fit is then refused before it is sent.
        structured_outputs: how a reply is held to a schema: by the schema itself, by
            `json_object` mode, or not at all, for servers that know no better.
        organization: whom the calls are billed to, where the key allows several.
        seed: makes sampling repeatable, as far as the server goes.
        extra_body: further fields of every request, such as llama.cpp's `{"id_slot": 2}`.

    Raises:
        MissingExtra: the `openai` package is not installed.
        ModelUnavailable: there is no key.
        UsageError: `timeout` is not a positive number.
    """

    model_name: str = "gpt-4o"
    _: KW_ONLY
    temperature: float | None = 0.0
    max_tokens: int | None = None
    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = None
    timeout: float = 300.0
    context_window: int | None = None
    structured_outputs: Literal["json_schema", "json_object", "none"] = "json_schema"
    organization: str | None = None
    seed: int | None = None
    extra_body: Mapping[str, Any] | None = None
    _sessions: _Sessions = field(init=False, repr=False)
    _failures: tuple[type[Exception], ...] = field(init=False, repr=False)

    key_variable: ClassVar[str | None] = "OPENAI_API_KEY"
    """The environment variable that holds the key, or None where none is needed."""
    home_url: ClassVar[str | None] = None
    """Where to call without a `base_url`; None leaves it to the `openai` package."""

    def __post_init__(self) -> None:
        sessions, failures = self._connect()
        object.__setattr__(self, "_sessions", sessions)
        object.__setattr__(self, "_failures", failures)

    @property
    def name(self) -> str:
        """The model."""
        return self.model_name

    def reply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer, blocking; streams if `on_text` is given.

        Raises:
            ContextWindowExceeded: the prompt does not fit the model.
            ModelUnavailable: no server there, no such model, or the key was refused.
            ModelTimedOut: no word for `timeout` seconds.
            ModelError: anything else the server complained of.
        """
        request = self._request(ask)
        heard = _Heard(on_text)
        with explained(self._failures, self._explain):
            completions = self._sessions.blocking().chat.completions
            if on_text is None:
                heard.add_whole(completions.create(**request))
                return heard.reply()
            with completions.create(**request, **_STREAMING) as chunks:
                for chunk in chunks:
                    heard.add(chunk)
        return heard.reply()

    async def areply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer without blocking the event loop; otherwise like `reply`."""
        request = self._request(ask)
        heard = _Heard(on_text)
        with explained(self._failures, self._explain):
            completions = self._sessions.on_this_loop().chat.completions
            if on_text is None:
                heard.add_whole(await completions.create(**request))
                return heard.reply()
            async with await completions.create(**request, **_STREAMING) as chunks:
                async for chunk in chunks:
                    heard.add(chunk)
        return heard.reply()

    def _request(self, ask: Ask) -> dict[str, Any]:
        limit = ask.max_output_tokens or self.max_tokens
        if self.context_window is not None:
            check_fits(ask, limit, self.context_window, self.model_name, _ADVICE)
        reasons = _REASONING.match(self.model_name) is not None
        settings = {
            "temperature": None if reasons else self.temperature,
            "max_completion_tokens" if reasons else "max_tokens": limit,
            "response_format": self._response_format(ask.schema),
            "seed": self.seed,
            "extra_body": self.extra_body,
        }
        given = {name: value for name, value in settings.items() if value is not None}
        return {"model": self.model_name, "messages": as_dicts(ask.messages), **given}

    def _response_format(self, schema: JsonSchema | None) -> dict[str, Any] | None:
        if schema is None or self.structured_outputs == "none":
            return None
        if self.structured_outputs == "json_object":
            return {"type": "json_object"}
        name = _NOT_IN_NAMES.sub("_", schema.name)[:_LONGEST_NAME]
        # Strict mode refuses schemas with optional fields, which those of workers have.
        form = {"name": name, "schema": dict(schema.schema), "strict": False}
        return {"type": "json_schema", "json_schema": form}

    def _connect(self) -> tuple[_Sessions, tuple[type[Exception], ...]]:
        try:
            import httpx
            import openai
        except ImportError as missing:
            raise MissingExtra("openai", "openai") from missing
        http = http_settings(self.timeout)
        settings: dict[str, Any] = {
            "api_key": self._key(),
            "base_url": self.base_url or self.home_url,
            "organization": self.organization,
            "timeout": http["timeout"],
            "max_retries": 0,
        }
        sessions: _Sessions = Sessions(
            lambda: openai.OpenAI(**settings, http_client=openai.DefaultHttpxClient(**http)),
            lambda: openai.AsyncOpenAI(
                **settings, http_client=openai.DefaultAsyncHttpxClient(**http)
            ),
        )
        return sessions, (openai.OpenAIError, httpx.HTTPError)

    def _key(self) -> str:
        found = self.api_key or (self.key_variable and os.environ.get(self.key_variable))
        if found:
            return found
        if self.key_variable and self.base_url is None:
            raise ModelUnavailable(
                f"no API key for {self.model_name}: set {self.key_variable} or pass api_key"
            )
        return _NO_KEY  # never None, or the package would send the key of OpenAI elsewhere

    def _explain(self, error: Exception) -> ModelError:
        """The error with what to do about it; what the server said stays in it."""
        status = getattr(error, "status_code", None)
        said = str(error)
        if _OVERLONG.search(said) and status != _RATE_LIMITED:
            return ContextWindowExceeded(f"{self.model_name}: {said}: {_ADVICE}")
        unavailable = self._why_unavailable(error, status)
        if unavailable:
            return ModelUnavailable(f"{unavailable} ({said})")
        if status is None and type(error).__name__ == "APIError":  # an error inside a stream
            return ModelError(f"the reply broke off: {said}", retryable=True)
        return with_patience(as_model_error(error), self.model_name, self.timeout)

    def _why_unavailable(self, error: Exception, status: int | None) -> str | None:
        where = self.base_url or self.home_url or os.environ.get("OPENAI_BASE_URL") or "OpenAI"
        if was_refused(error):
            return f"nobody listens at {where}: start the server, or pass its base_url"
        if status in _KEY_REFUSED:
            key = f"{self.key_variable} or api_key" if self.key_variable else "api_key"
            return f"{where} refused the key: check {key}"
        if status == _NOT_FOUND:
            return (
                f"{where} has no model {self.model_name}: check the name, and that base_url ends "
                "where /chat/completions begins"
            )
        if getattr(error, "code", None) == "insufficient_quota":
            return f"the account at {where} has nothing left to spend"
        return None


@dataclass(frozen=True, eq=False)
class OpenAICompatibleClient(OpenAIClient):
    """A model behind a server that speaks OpenAI's chat API: vLLM, llama.cpp, LM Studio ...

    Takes what `OpenAIClient` takes. Needs no key, and never sends the one of OpenAI.

    Attributes:
        model_name: the model, as the server calls it.
        base_url: where the server listens, up to `/v1`.
    """

    model_name: str = field()
    base_url: str = field()

    key_variable: ClassVar[str | None] = None


@dataclass(frozen=True, eq=False)
class TogetherClient(OpenAIClient):
    """A model served by Together; the key is `api_key` or `TOGETHER_API_KEY`.

    Attributes:
        model_name: the model, as Together calls it: `meta-llama/Llama-3.3-70B-Instruct-Turbo`.
    """

    model_name: str = field()

    key_variable: ClassVar[str | None] = "TOGETHER_API_KEY"
    home_url: ClassVar[str | None] = "https://api.together.xyz/v1"


@dataclass(frozen=True, eq=False)
class TokasaurusClient(OpenAICompatibleClient):
    """A model served by Tokasaurus, an engine for high throughput, on its usual port.

    Attributes:
        base_url: where the server listens, up to `/v1`.
    """

    base_url: str = "http://127.0.0.1:10210/v1"


class _Heard:
    """Gathers a reply, from its pieces or in one."""

    def __init__(self, on_text: OnText | None) -> None:
        self._on_text = on_text
        self._pieces: list[str] = []
        self._finish: str | None = None
        self._usage: CompletionUsage | None = None
        self._model: str | None = None

    def add_whole(self, completion: ChatCompletion) -> None:
        if not completion.choices:
            raise ModelError(f"a reply without choices: {completion}", retryable=True)
        choice = completion.choices[0]
        self._pieces.append(choice.message.content or choice.message.refusal or "")
        self._finish = choice.finish_reason
        self._usage, self._model = completion.usage, completion.model

    def add(self, chunk: ChatCompletionChunk) -> None:
        self._usage, self._model = chunk.usage or self._usage, chunk.model or self._model
        for choice in chunk.choices[:1]:
            self._finish = choice.finish_reason or self._finish
            piece = choice.delta.content or choice.delta.refusal or ""
            self._pieces.append(piece)
            if piece and self._on_text:
                self._on_text(piece)

    def reply(self) -> Reply:
        return Reply(
            text="".join(self._pieces),
            usage=_usage(self._usage) if self._usage else None,
            finish_reason=_FINISH.get(self._finish, "other"),
            model=self._model,
        )


def _usage(told: CompletionUsage) -> Usage:
    details = told.prompt_tokens_details
    return Usage(
        input_tokens=told.prompt_tokens,
        output_tokens=told.completion_tokens,
        cached_input_tokens=(details.cached_tokens if details else None) or 0,
    )
