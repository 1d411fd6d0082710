"""Servers asked something small, all at once, in bounded time, whatever listens there."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, TypeVar
from urllib.parse import SplitResult, unquote, urlsplit

T = TypeVar("T")

_LONGEST_ANSWER = 8_000_000
_PIECE = 65_536
_OK = 200
_MOST_AT_ONCE = 32
_CONNECTIONS = {"http": HTTPConnection, "https": HTTPSConnection}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        status: the HTTP status; None if nobody answered in time, or not in HTTP.
        body: the JSON of a good answer; None if it was none.
    """

    status: int | None = None
    body: Any = None


def answer(url: str, seconds: float, body: Mapping[str, Any] | None = None) -> Answer:
    """Ask a server; goes there directly, without a proxy, and follows no redirection.

    Args:
        url: what to get, or where to post; a user and password in it are sent along.
        seconds: how long all of it may take; looking a name up is not counted.
        body: what to post as JSON; None to get.
    """
    end = time.monotonic() + seconds
    try:
        parts = urlsplit(url)
        with closing(
            _CONNECTIONS[parts.scheme](parts.hostname or "", parts.port, timeout=seconds)
        ) as connection:
            sent = None if body is None else json.dumps(body).encode()
            method = "GET" if body is None else "POST"
            connection.request(method, parts.path, sent, _headers(parts))
            response = connection.getresponse()
            data = bytearray()
            while piece := response.read1(_PIECE):
                data += piece
                if time.monotonic() > end or len(data) > _LONGEST_ANSWER:
                    return Answer()
            return Answer(response.status, _json(data) if response.status == _OK else None)
    except (OSError, HTTPException, ValueError, KeyError):
        return Answer()


def without_password(url: str) -> str:
    """A URL as it may be shown: without the user and the password before its host."""
    scheme, separator, rest = url.rpartition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{separator}{host.rpartition('@')[2]}{slash}{path}"


def _headers(url: SplitResult) -> dict[str, str]:
    headers = {"content-type": "application/json"}
    if url.username or url.password:
        pair = f"{unquote(url.username or '')}:{unquote(url.password or '')}"
        headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    return headers


def _json(data: bytes | bytearray) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def at_once(calls: Sequence[Callable[[], T]], seconds: float) -> list[T | None]:
    """The results of calls made all at once, 32 at a time.

    Args:
        calls: what to call.
        seconds: how long all of it may take.

    Returns:
        None for each that was not done by then, or failed.
    """
    results: list[T | None] = [None] * len(calls)
    end = time.monotonic() + seconds
    waiting = iter(range(len(calls)))  # its `next` is one step: threads can share it

    def keep() -> None:
        for index in waiting:
            if time.monotonic() > end:
                return
            with suppress(Exception):  # whatever a server says, it is one that is not there
                results[index] = calls[index]()

    threads = [
        threading.Thread(target=keep, daemon=True) for _ in range(min(len(calls), _MOST_AT_ONCE))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    return list(results)
