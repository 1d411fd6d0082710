"""Models of OpenAI, and of every server that speaks its chat API, over the `openai` package."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from minions_core.clients._openai_reply import Heard
from minions_core.clients._shared import (
    Sessions,
    as_dicts,
    check_fits,
    explained,
    http_settings,
)
from minions_core.clients.finish import marked_if_cut
from minions_core.clients.refusals import Parts, Refusals, parts_of
from minions_core.clients.settings import Chance, chance_for, reasons, response_format
from minions_core.errors import MissingExtra, ModelUnavailable
from minions_core.failures import Server

if TYPE_CHECKING:
    from minions_core.effects import Ask, JsonSchema
    from minions_core.messages import Reply
    from minions_core.models import OnText

_NO_KEY = "none"
_TELLING_USAGE: Mapping[str, Any] = {"include_usage": True}
_ADVICE = "shorten the prompt, or use a model with a longer context"

_Sessions: TypeAlias = Sessions[Any, Any]  # no overload of theirs takes a request as we make it


@dataclass(frozen=True, eq=False)
class OpenAIClient:
    """A model of OpenAI, or one behind a server that speaks OpenAI's chat API.

    Calls are made once: sending one again is for `minions_core.models.Retrying`, which a run does
    by itself. But where the server refuses a schema, a temperature or another part that a call can
    do without, it is made again without it, and so are all calls after it.

    Attributes:
        model_name: the model.
        temperature: 0 for the likeliest reply; None for the model's own setting. Not sent to the
            reasoning models (o1, o3, gpt-5 ...), which refuse it. Where a prompt is asked several
            times over, it is 0.7 at least.
        max_tokens: the longest reply where a call names no limit; None for the server's own.
        api_key: the key; None for the environment variable `OPENAI_API_KEY`.
        base_url: where the server listens, up to `/v1`; None for OpenAI.
        timeout: seconds the server may stay silent.
        context_window: tokens of prompt and reply the model holds, where it is known; a prompt
            that cannot fit is then refused before it is sent.
        structured_outputs: how a reply is held to a schema: by the schema itself, by
            `json_object` mode, or not at all (`none`), for servers that know no better.
        organization: whom the calls are billed to, where the key allows several.
        seed: makes sampling repeatable, as far as the server goes; samples of one prompt get the
            seeds after it.
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
    _refusals: Refusals = field(init=False, repr=False, default_factory=Refusals)

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

        def call(without: Parts) -> Reply:
            request = self._request(ask, without, is_streamed=on_text is not None)
            heard = Heard(on_text)
            completions = self._sessions.blocking().chat.completions
            if on_text is None:
                heard.add_whole(completions.create(**request))
                return heard.reply()
            with completions.create(**request) as chunks:
                for chunk in chunks:
                    heard.add(chunk)
            return heard.reply()

        sent = self._sent(ask, on_text)
        with explained(self._failures, self._server):
            return self._checked(self._refusals.answer(sent, call), ask)

    async def areply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer without blocking the event loop; otherwise like `reply`."""

        async def call(without: Parts) -> Reply:
            request = self._request(ask, without, is_streamed=on_text is not None)
            heard = Heard(on_text)
            completions = self._sessions.on_this_loop().chat.completions
            if on_text is None:
                heard.add_whole(await completions.create(**request))
                return heard.reply()
            async with await completions.create(**request) as chunks:
                async for chunk in chunks:
                    heard.add(chunk)
            return heard.reply()

        sent = self._sent(ask, on_text)
        with explained(self._failures, self._server):
            return self._checked(await self._refusals.aanswer(sent, call), ask)

    def _sent(self, ask: Ask, on_text: OnText | None) -> Parts:
        """The parts of a call that its server may refuse; checks that the call may fit at all."""
        if self.context_window is not None:
            check_fits(ask, self._limit(ask), self.context_window, self.model_name, _ADVICE)
        return parts_of(self._request(ask, frozenset(), is_streamed=on_text is not None))

    def _limit(self, ask: Ask) -> int | None:
        return min(filter(None, (ask.max_output_tokens, self.max_tokens)), default=None)

    def _request(self, ask: Ask, without: Parts, *, is_streamed: bool) -> dict[str, Any]:
        limit = "max_completion_tokens" if "max_tokens" in without else "max_tokens"
        settings = {
            **self._chance(ask, without),
            "max_completion_tokens" if reasons(self.model_name) else limit: self._limit(ask),
            "response_format": None if "schema" in without else self._response_format(ask.schema),
            "extra_body": self.extra_body,
        }
        if is_streamed:
            settings["stream"] = True
            settings["stream_options"] = None if "stream_options" in without else _TELLING_USAGE
        given = {name: value for name, value in settings.items() if value is not None}
        return {"model": self.model_name, "messages": as_dicts(ask.messages), **given}

    def _chance(self, ask: Ask, without: Parts) -> dict[str, Any]:
        if "chance" in without:
            return {}
        chance = chance_for(ask.sample, Chance(self.temperature, self.seed))
        temperature = None if reasons(self.model_name) else chance.temperature
        return {"temperature": temperature, "seed": chance.seed}

    def _response_format(self, schema: JsonSchema | None) -> Mapping[str, Any] | None:
        if schema is None or self.structured_outputs == "none":
            return None
        if self.structured_outputs == "json_object":
            return {"type": "json_object"}
        return response_format(schema)

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

    @property
    def _elsewhere(self) -> str | None:
        """Where the server listens, if that is not its maker's own."""
        named = None if self.home_url else os.environ.get("OPENAI_BASE_URL")
        return self.base_url or named

    @property
    def _server(self) -> Server:
        return Server(
            url=self._elsewhere or self.home_url or "OpenAI",
            kind="openai",
            model=self.model_name,
            key=f"{self.key_variable} or api_key" if self.key_variable else "api_key",
            timeout=self.timeout,
            shorter=_ADVICE,
        )

    def _checked(self, reply: Reply, ask: Ask) -> Reply:
        """`reply`, marked if a server of one's own, such as Ollama's, cut the prompt in silence."""
        return marked_if_cut(reply, ask, self.context_window) if self._elsewhere else reply


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
