"""Servers asked something small, all at once, in bounded time, whatever listens there."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")

_LONGEST_ANSWER = 8_000_000
_PIECE = 65_536
_OK = 200
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
        url: what to get, or where to post.
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
            connection.request(method, parts.path, sent, {"content-type": "application/json"})
            response = connection.getresponse()
            data = bytearray()
            while piece := response.read1(_PIECE):
                data += piece
                if time.monotonic() > end or len(data) > _LONGEST_ANSWER:
                    return Answer()
            return Answer(response.status, _json(data) if response.status == _OK else None)
    except (OSError, HTTPException, ValueError, KeyError):
        return Answer()


def _json(data: bytes | bytearray) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def at_once(calls: Sequence[Callable[[], T]], seconds: float) -> list[T | None]:
    """The results of calls made all at once, None for each that takes longer than `seconds`."""
    results: list[T | None] = [None] * len(calls)

    def keep(index: int) -> None:
        results[index] = calls[index]()

    threads = [
        threading.Thread(target=keep, args=(index,), daemon=True) for index in range(len(calls))
    ]
    end = time.monotonic() + seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    return list(results)
