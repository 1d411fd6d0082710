"""What the clients share: connections for threads and event loops, errors, the check at the door.

Connections are not kept open between calls. A call to a model takes seconds and a connection a
few milliseconds; a kept one is often dead when the next call comes, and one that was opened on an
event loop dies with it. Without any, nothing has to be closed.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from minions_core.errors import ContextWindowExceeded, UsageError
from minions_core.failures import as_model_error
from minions_core.messages import estimate_tokens

if TYPE_CHECKING:
    from minions_core.effects import Ask
    from minions_core.failures import Server
    from minions_core.messages import Message

Blocking = TypeVar("Blocking")
Async = TypeVar("Async")

_CONNECT_SECONDS = 10.0

_TEMPLATE_TOKENS = 32  # what chat templates add of their own: the date, the opening of the reply
_MESSAGE_TOKENS = 8  # role and delimiters of one message


class Sessions(Generic[Blocking, Async]):
    """One blocking client for all threads, and one asynchronous client for each event loop.

    Args:
        open_blocking: makes the blocking client, which keeps no connection between calls.
        open_async: makes such an asynchronous client.
    """

    def __init__(
        self, open_blocking: Callable[[], Blocking], open_async: Callable[[], Async]
    ) -> None:
        self._open_blocking = open_blocking
        self._open_async = open_async
        self._lock = threading.Lock()
        self._client: Blocking | None = None
        self._by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, Async] = WeakKeyDictionary()

    def blocking(self) -> Blocking:
        """The client for blocking calls, from any thread."""
        with self._lock:
            if self._client is None:
                self._client = self._open_blocking()
            return self._client

    def on_this_loop(self) -> Async:
        """The client for calls on the running event loop."""
        loop = asyncio.get_running_loop()
        with self._lock:
            client = self._by_loop.get(loop)
            if client is None:
                client = self._by_loop[loop] = self._open_async()
            return client


def as_dicts(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Messages as every chat API wants them."""
    return [{"role": message.role, "content": message.content} for message in messages]


def estimated_prompt(ask: Ask) -> int:
    """Tokens of the whole prompt, estimated, with what a chat template adds."""
    spoken = sum(estimate_tokens(message.content) for message in ask.messages)
    return spoken + _MESSAGE_TOKENS * len(ask.messages) + _TEMPLATE_TOKENS


def check_fits(ask: Ask, reply_tokens: int | None, window: int, model: str, advice: str) -> None:
    """Refuse a call whose prompt and reply cannot both fit, before it is made.

    Args:
        ask: the call.
        reply_tokens: room the reply needs, or None if it was not said.
        window: tokens the model holds.
        model: its name, for the message.
        advice: what the caller can do about it.

    Raises:
        ContextWindowExceeded: they do not fit.
    """
    prompt = estimated_prompt(ask)
    if prompt + (reply_tokens or 1) > window:
        reply = f" and a reply of {reply_tokens}" if reply_tokens else ""
        raise ContextWindowExceeded(
            f"a prompt of about {prompt} tokens{reply} does not fit the {window} tokens of "
            f"{model}: {advice}"
        )


@contextmanager
def explained(failures: tuple[type[Exception], ...], server: Server) -> Generator[None]:
    """Raise a provider's `failures` as errors of ours, with what to do about them."""
    try:
        yield
    except failures as error:
        raise as_model_error(error, server) from error


def http_settings(seconds: float) -> dict[str, Any]:
    """Settings of an httpx client that waits `seconds` for a word and keeps no connections.

    Raises:
        UsageError: `seconds` is not a positive number.
    """
    import httpx

    if not seconds or seconds <= 0:
        raise UsageError(f"timeout must be a positive number of seconds, not {seconds!r}")
    return {
        "timeout": httpx.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS), pool=None),
        "limits": httpx.Limits(max_connections=None, max_keepalive_connections=0),
    }
