"""Models served by Ollama, over the `ollama` package."""

from __future__ import annotations

import copy
import json
import os
import re
from collections.abc import Mapping
from contextlib import aclosing, closing
from dataclasses import KW_ONLY, dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pydantic import BaseModel, ValidationError

from minions_core.clients._shared import (
    Sessions,
    as_dicts,
    check_fits,
    explained,
    http_settings,
    with_patience,
)
from minions_core.clients.finish import marked_if_cut
from minions_core.errors import (
    ContextWindowExceeded,
    MissingExtra,
    ModelError,
    ModelUnavailable,
)
from minions_core.messages import FinishReason, Reply, Usage
from minions_core.models import as_model_error

if TYPE_CHECKING:
    from ollama import ChatResponse

    from minions_core.effects import Ask
    from minions_core.models import OnText

_DEFAULT_WINDOW = 8192
_WINDOW_STEP = 4096
_DEFAULT_URL = "http://localhost:11434"
_FINISH: Mapping[str | None, FinishReason] = {"stop": "stop", "length": "length"}
_ADVICE = "use smaller chunks, or pass a larger num_ctx if the model was trained for it"
_OVERLONG = re.compile(r"exceed_context_size|context (length|size|window)", re.IGNORECASE)

_BAD_REQUEST = 400
_NOT_FOUND = 404
_INSIDE_A_STREAM = -1  # the package's status of errors that come after the headers

_Sessions: TypeAlias = Sessions[Any, Any]  # the package's own types are partly unknown


@dataclass(frozen=True, eq=False)
class OllamaClient:
    """A model served by Ollama.

    Nothing is asked of the server before the first call. One window (`num_ctx`) goes with every
    call, since Ollama reloads a model when it changes. A prompt that cannot fit is refused before
    it is sent; one that the server cut all the same is told by `finish_reason="input_truncated"`.

    Attributes:
        model_name: the model's tag, as in `ollama pull`.
        temperature: 0 for the likeliest reply; None for the model's own setting.
        num_ctx: the context window in tokens; None lets a run choose one that fits its chunks.
        max_tokens: the longest reply where a call names no limit; None for the server's own.
        structured_output_schema: the form of a worker's reply, for `Minions` to ask for; a call
            is held to the schema that comes with it, and to no other.
        base_url: where Ollama listens; None for `OLLAMA_HOST`, else http://localhost:11434.
        timeout: seconds the server may stay silent.
        keep_alive: how long the model stays loaded after a call (`"10m"`, seconds, -1 for ever).
        think: whether a reasoning model thinks first, or how much; None for its own default. Its
            thoughts are not part of the reply.
        seed: makes sampling repeatable.
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
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    _window: int | None = field(init=False, repr=False)
    _sessions: _Sessions = field(init=False, repr=False)
    _failures: tuple[type[Exception], ...] = field(init=False, repr=False)

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
        return self._window or _DEFAULT_WINDOW

    def sized_for(self, tokens: int) -> OllamaClient:
        """This model with a window for `tokens` of prompt and reply; as it is if `num_ctx` is set.

        Asks the server how long a context the model was trained for; where it does not tell, the
        window asked for is taken to be possible.

        Raises:
            ContextWindowExceeded: the model was not trained for that much.
            ModelError: the server could not be asked.
        """
        if self.num_ctx is not None:
            return self
        trained = self._trained_length()
        if trained is not None and tokens > trained:
            raise ContextWindowExceeded(
                f"{self.model_name} holds {trained} tokens, and {tokens} are needed: cut the text "
                "into smaller chunks, or use a model with a longer context"
            )
        wanted = max(_DEFAULT_WINDOW, -(-tokens // _WINDOW_STEP) * _WINDOW_STEP)
        sized = copy.copy(self)
        object.__setattr__(sized, "_window", min(wanted, trained or wanted))
        return sized

    def reply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer, blocking; streams if `on_text` is given.

        Raises:
            ContextWindowExceeded: the prompt does not fit the window.
            ModelUnavailable: no Ollama there, or it has no such model.
            ModelTimedOut: no word for `timeout` seconds.
            ModelError: anything else the server complained of.
        """
        request = self._request(ask)
        heard = _Heard(on_text)
        with explained(self._failures, self._explain):
            client = self._sessions.blocking()
            if on_text is None:
                heard.add(client.chat(**request))
                return self._judged(heard, ask)
            with closing(client.chat(**request, stream=True)) as parts:
                for part in parts:
                    heard.add(part)
        return self._judged(heard, ask)

    async def areply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer without blocking the event loop; otherwise like `reply`."""
        request = self._request(ask)
        heard = _Heard(on_text)
        with explained(self._failures, self._explain):
            client = self._sessions.on_this_loop()
            if on_text is None:
                heard.add(await client.chat(**request))
                return self._judged(heard, ask)
            async with aclosing(await client.chat(**request, stream=True)) as parts:
                async for part in parts:
                    heard.add(part)
        return self._judged(heard, ask)

    def _request(self, ask: Ask) -> dict[str, Any]:
        limit = ask.max_output_tokens or self.max_tokens
        check_fits(ask, limit, self._sent_window, self.model_name, _ADVICE)
        settings = {
            "temperature": self.temperature,
            "seed": self.seed,
            "num_predict": limit,
            **self.options,
            "num_ctx": self._sent_window,
        }
        return {
            "model": self.model_name,
            "messages": as_dicts(ask.messages),
            "format": dict(ask.schema.schema) if ask.schema else None,
            "options": {name: value for name, value in settings.items() if value is not None},
            "keep_alive": self.keep_alive,
            "think": self.think,
        }

    def _judged(self, heard: _Heard, ask: Ask) -> Reply:
        """The reply, marked if the server read less than it was sent."""
        reply = Reply(
            text=heard.text(),
            usage=heard.usage(),
            finish_reason=heard.finish,
            model=self.model_name,
        )
        return marked_if_cut(reply, ask, self._sent_window)

    def _trained_length(self) -> int | None:
        with explained(self._failures, self._explain):
            try:
                told = self._sessions.blocking().show(self.model_name).modelinfo
            except ValidationError:  # a server that only resembles Ollama tells less
                return None
        known: Mapping[str, Any] = told or {}
        lengths = [value for key, value in known.items() if key.endswith(".context_length")]
        return next((length for length in lengths if isinstance(length, int)), None)

    def _explain(self, error: Exception) -> ModelError:
        """The error with what to do about it; what the server said stays in it."""
        status = getattr(error, "status_code", None)
        said = str(error)
        if isinstance(error, ConnectionError) or type(error).__name__ == "ConnectError":
            return ModelUnavailable(
                f"Ollama is not reachable at {self._url()}: start it with `ollama serve`, or pass "
                f"the base_url it listens at ({said})"
            )
        if status == _NOT_FOUND:
            return ModelUnavailable(self._nothing_there(said))
        if status == _BAD_REQUEST and _OVERLONG.search(said):
            return ContextWindowExceeded(f"{self.model_name}: {said}: {_ADVICE}")
        if status == _INSIDE_A_STREAM:
            return ModelError(f"Ollama broke off: {said}", retryable=True)
        return with_patience(as_model_error(error), self.model_name, self.timeout)

    def _nothing_there(self, said: str) -> str:
        if "model" in said:
            return f"{said}: get it with `ollama pull {self.model_name}`"
        return (
            f"what listens at {self._url()} is not Ollama ({said}): for a server that speaks "
            "OpenAI's API use OpenAICompatibleClient"
        )

    def _url(self) -> str:
        return self.base_url or os.environ.get("OLLAMA_HOST") or _DEFAULT_URL


class _Heard:
    """Gathers a reply from its parts; a reply in one piece is a single part."""

    def __init__(self, on_text: OnText | None) -> None:
        self._on_text = on_text
        self._pieces: list[str] = []
        self._last: ChatResponse | None = None

    def add(self, part: ChatResponse) -> None:
        piece = part.message.content or ""
        self._pieces.append(piece)
        self._last = part
        if piece and self._on_text:
            self._on_text(piece)

    def text(self) -> str:
        return "".join(self._pieces)

    @property
    def finish(self) -> FinishReason:
        return _FINISH.get(self._last.done_reason if self._last else None, "other")

    def usage(self) -> Usage | None:
        if self._last is None or not self._last.prompt_eval_count:
            return None
        return Usage(
            input_tokens=self._last.prompt_eval_count, output_tokens=self._last.eval_count or 0
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
