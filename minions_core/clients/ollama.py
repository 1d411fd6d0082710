"""Models served by Ollama, over the `ollama` package."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from contextlib import aclosing, closing
from dataclasses import KW_ONLY, dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pydantic import BaseModel, ValidationError

from minions_core.clients._ollama_reply import Heard
from minions_core.clients._shared import (
    Sessions,
    as_dicts,
    check_fits,
    explained,
    http_settings,
)
from minions_core.clients.finish import marked_if_cut
from minions_core.clients.refusals import Parts, Refusals
from minions_core.clients.settings import (
    SMALLEST_WINDOW,
    Chance,
    chance_for,
    ollama_url,
    trained_length,
    window_for,
)
from minions_core.errors import MissingExtra
from minions_core.failures import Server

if TYPE_CHECKING:
    from minions_core.effects import Ask
    from minions_core.messages import Reply
    from minions_core.models import OnText

_ADVICE = "use smaller chunks, or pass a larger num_ctx if the model was trained for it"

_Sessions: TypeAlias = Sessions[Any, Any]  # the package's own types are partly unknown


@dataclass(frozen=True, eq=False)
class OllamaClient:
    """A model served by Ollama.

    Nothing is asked of the server before the first call. One window (`num_ctx`) goes with every
    call, since Ollama reloads a model when it changes. A prompt that cannot fit is refused before
    it is sent; one that the server cut all the same is told by `finish_reason="input_truncated"`.

    Attributes:
        model_name: the model's tag, as in `ollama pull`.
        temperature: 0 for the likeliest reply; None for the model's own setting. Where a prompt is
            asked several times over, it is 0.7 at least.
        num_ctx: the context window in tokens; None lets a run choose one that fits its chunks.
        max_tokens: the longest reply where a call names no limit; None for the server's own.
        structured_output_schema: the form of a worker's reply, for `Minions` to ask for; a call
            is held to the schema that comes with it, and to no other.
        base_url: where Ollama listens; None for `OLLAMA_HOST`, else http://localhost:11434.
        timeout: seconds the server may stay silent.
        keep_alive: how long the model stays loaded after a call (`"10m"`, seconds, -1 for ever).
        think: whether a reasoning model thinks first, or how much; None for its own default. Its
            thoughts are not part of the reply.
        seed: makes sampling repeatable; samples of one prompt get the seeds after it.
        structured_outputs: how a reply is held to a schema: by the schema itself, by any JSON, or
            not at all (`none`). A server that refuses the schema is asked without it from then on.
        options: further options of Ollama, such as `{"top_p": 0.9}`.

    Raises:
        MissingExtra: the `ollama` package is not installed.
        UsageError: `timeout` is not a positive number.
    """

    model_name: str = "llama3.2"
    _: KW_ONLY
    temperature: float | None = 0.0
    num_ctx: int | None = None
    max_tokens: int | None = None
    structured_output_schema: type[BaseModel] | None = None
    base_url: str | None = None
    timeout: float = 300.0
    keep_alive: float | str | None = None
    think: bool | Literal["low", "medium", "high"] | None = None
    seed: int | None = None
    structured_outputs: Literal["json_schema", "json_object", "none"] = "json_schema"
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    _window: int | None = field(init=False, repr=False)
    _sessions: _Sessions = field(init=False, repr=False)
    _failures: tuple[type[Exception], ...] = field(init=False, repr=False)
    _refusals: Refusals = field(init=False, repr=False, default_factory=Refusals)

    def __post_init__(self) -> None:
        sessions, failures = _connect(self.base_url, self.timeout)
        object.__setattr__(self, "_window", self.num_ctx)
        object.__setattr__(self, "_sessions", sessions)
        object.__setattr__(self, "_failures", failures)

    @property
    def name(self) -> str:
        """The model's tag."""
        return self.model_name

    @property
    def context_window(self) -> int | None:
        """The window that goes with every call, in tokens; None while it is still to be chosen.

        A call made before that has a window of 8192.
        """
        return self._window

    @property
    def _sent_window(self) -> int:
        return self._window or SMALLEST_WINDOW

    def sized_for(self, tokens: int) -> OllamaClient:
        """This model with a window for `tokens` of prompt and reply; as it is if `num_ctx` is set.

        Asks the server how long a context the model was trained for, and never goes beyond; where
        it does not tell, the window asked for is taken to be possible.

        Raises:
            ModelError: the server could not be asked.
        """
        if self.num_ctx is not None:
            return self
        sized = copy.copy(self)
        window = window_for(tokens, trained=self._trained_length())
        object.__setattr__(sized, "_window", window)
        return sized

    @property
    def loaded_as(self) -> tuple[str, str]:
        """Where the model is served, and its tag: what its server loads once."""
        return ollama_url(self.base_url), self.model_name

    def reply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer, blocking; streams if `on_text` is given.

        Raises:
            ContextWindowExceeded: the prompt does not fit the window.
            ModelUnavailable: no Ollama there, or it has no such model.
            ModelTimedOut: no word for `timeout` seconds.
            ModelError: anything else the server complained of.
        """

        def call(without: Parts) -> Reply:
            request = self._request(ask, without)
            heard = Heard(self.model_name, on_text)
            client = self._sessions.blocking()
            if on_text is None:
                heard.add(client.chat(**request))
                return heard.reply()
            with closing(client.chat(**request, stream=True)) as parts:
                for part in parts:
                    heard.add(part)
            return heard.reply()

        sent = self._sent(ask)
        with explained(self._failures, self._server):
            reply = self._refusals.answer(sent, call)
        return marked_if_cut(reply, ask, self._sent_window)

    async def areply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer without blocking the event loop; otherwise like `reply`."""

        async def call(without: Parts) -> Reply:
            request = self._request(ask, without)
            heard = Heard(self.model_name, on_text)
            client = self._sessions.on_this_loop()
            if on_text is None:
                heard.add(await client.chat(**request))
                return heard.reply()
            async with aclosing(await client.chat(**request, stream=True)) as parts:
                async for part in parts:
                    heard.add(part)
            return heard.reply()

        sent = self._sent(ask)
        with explained(self._failures, self._server):
            reply = await self._refusals.aanswer(sent, call)
        return marked_if_cut(reply, ask, self._sent_window)

    def _sent(self, ask: Ask) -> Parts:
        """The parts of a call that its server may refuse; checks that the call may fit at all."""
        check_fits(ask, self._limit(ask), self._sent_window, self.model_name, _ADVICE)
        return frozenset({"schema"} if self._format(ask) else ())

    def _limit(self, ask: Ask) -> int | None:
        return min(filter(None, (ask.max_output_tokens, self.max_tokens)), default=None)

    def _request(self, ask: Ask, without: Parts) -> dict[str, Any]:
        settings: dict[str, Any] = {
            "temperature": self.temperature,
            "seed": self.seed,
            "num_predict": self._limit(ask),
            **self.options,
            "num_ctx": self._sent_window,
        }
        own = Chance(settings["temperature"], settings["seed"])
        settings |= chance_for(ask.sample, own)._asdict()
        return {
            "model": self.model_name,
            "messages": as_dicts(ask.messages),
            "format": None if "schema" in without else self._format(ask),
            "options": {name: value for name, value in settings.items() if value is not None},
            "keep_alive": self.keep_alive,
            "think": self.think,
        }

    def _format(self, ask: Ask) -> dict[str, Any] | str | None:
        if ask.schema is None or self.structured_outputs == "none":
            return None
        return "json" if self.structured_outputs == "json_object" else dict(ask.schema.schema)

    def _trained_length(self) -> int | None:
        with explained(self._failures, self._server):
            try:
                told = self._sessions.blocking().show(self.model_name).modelinfo
            except ValidationError:  # a server that only resembles Ollama tells less
                return None
        return trained_length(told or {})

    @property
    def _server(self) -> Server:
        return Server(
            url=ollama_url(self.base_url),
            kind="ollama",
            model=self.model_name,
            timeout=self.timeout,
            shorter=_ADVICE,
        )


def _connect(base_url: str | None, timeout: float) -> tuple[_Sessions, tuple[type[Exception], ...]]:
    """The sessions for a server, and the exceptions its package raises.

    Raises:
        MissingExtra: the package is not installed.
        UsageError: `timeout` is not a positive number.
    """
    try:
        import httpx
        import ollama
    except ImportError as missing:
        raise MissingExtra("ollama", "ollama") from missing
    settings = http_settings(timeout)
    sessions: _Sessions = Sessions(
        partial(ollama.Client, base_url, **settings),
        partial(ollama.AsyncClient, base_url, **settings),
    )
    garbled = (json.JSONDecodeError, ValidationError)
    failures = (ollama.ResponseError, httpx.HTTPError, ConnectionError, *garbled)
    return sessions, failures
