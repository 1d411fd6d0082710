"""What went wrong with a call to a model, read by the shape of any provider's exception.

Providers' exceptions carry `status_code` (openai, ollama) or a `response` with status and headers
(httpx), connections fail as the builtin exceptions somewhere in the chain of causes, and time-outs
are named so. No class of a provider is looked at, so that none of their packages is needed.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast

from minions_core.errors import (
    ContextWindowExceeded,
    ModelError,
    ModelTimedOut,
    ModelUnavailable,
)
from minions_core.messages import Role

Kind: TypeAlias = Literal["ollama", "openai"]
"""Whose API a server speaks."""

_RETRYABLE_STATUS = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_KEY_REFUSED = frozenset({401, 403})
_NOT_FOUND = 404
_RATE_LIMITED = 429
_INSIDE_A_STREAM = -1  # ollama's status of errors that come after the headers

_LOST = frozenset({"APIConnectionError", "TransportError", "NetworkError", "RemoteProtocolError"})
_OVERLONG = re.compile(
    r"exceed_context_size|context_length_exceeded|maximum context|context (length|size|window)",
    re.IGNORECASE,
)
_SPENT = re.compile(r"insufficient_quota|insufficient (credits|balance)|billing", re.IGNORECASE)
_UNKNOWN_MODEL = re.compile(r"model ['\"`]?(?P<name>[^\s'\"`]+)['\"`]? not found", re.IGNORECASE)
_OLLAMA_URL = re.compile(r"\w+://[^/]+(:11434(/|$)|/api/(chat|show|generate)$)")
_PATH = re.compile(r"(\w+://[^/]+).*")
_PASSWORD = re.compile(r"(?<=://)[^/\s?#\"'<>]+@|(?<=\bat )[^/\s@]+:[^/\s]+@")
_SHORTER = "shorten the prompt, or give the model a larger context window (num_ctx)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """What the caller of a model knows of where the call went: it makes advice exact.

    Attributes:
        url: where the server listens; None for what the exception tells.
        kind: whose API it speaks; None for a guess.
        model: what the model is called there.
        key: what holds the key, as the advice to check it says.
        timeout: seconds it may stay silent.
        shorter: what to do about a prompt that is too long.
    """

    url: str | None = None
    kind: Kind | None = None
    model: str | None = None
    key: str = "the API key"
    timeout: float | None = None
    shorter: str = _SHORTER


UNKNOWN = Server()


def as_model_error(error: BaseException, server: Server = UNKNOWN) -> ModelError:
    """Any exception of any provider as a `ModelError` that says what to do about it.

    Args:
        error: what a call raised; what it says stays in the message, passwords in addresses apart.
        server: what is known of where the call went.
    """
    if isinstance(error, ModelError):
        return error
    readings = (_time_out, _unavailable, _overflow, _rate_limit, _breaking_off)
    understood = (read(error, server) for read in readings)
    failure = next(filter(None, understood), None) or _anything_else(error)
    failure.args = (masked(str(failure)),)
    return failure


def masked(text: str) -> str:
    """A text of ours without the names and passwords that stand in its addresses.

    Args:
        text: an address, or words that hold some: `http://user:secret@host` is `http://***@host`.
    """
    return _PASSWORD.sub("***@", text)


def named(error: ModelError, role: Role, model: str) -> ModelError:
    """`error`, whose message begins with whose call it was; told once, however often it is named.

    Args:
        error: what went wrong; it is changed.
        role: whose call it was.
        model: what the model is called.
    """
    if error.role is None:
        error.role = role
        error.args = (f"{role} model {model}: {error}", *error.args[1:])
    return error


def status_of(error: BaseException) -> int | None:
    """The HTTP status an exception carries, -1 for ollama's errors within a stream, or None."""
    response = getattr(error, "response", None)
    told = (getattr(error, "status_code", None), getattr(response, "status_code", None))
    return next((status for status in told if isinstance(status, int)), None)


def is_overlong(error: BaseException) -> bool:
    """Whether a server turned a prompt down because it does not fit its model."""
    return status_of(error) != _RATE_LIMITED and bool(_OVERLONG.search(refusal_text(error)))


def refusal_text(error: BaseException) -> str:
    """All a server said in refusing: openai's text holds only its message from version 3 on."""
    told = (getattr(error, name, None) for name in ("code", "body"))
    return " ".join(str(part) for part in (error, *told) if part is not None)


def nobody_listens(error: BaseException) -> bool:
    """Whether a connection was refused, or its host has no address: trying again will not help.

    A connection that was lost, or a name that could not be looked up just now, is another matter.
    """
    return any(
        isinstance(cause, ConnectionRefusedError)
        or (isinstance(cause, socket.gaierror) and cause.errno != socket.EAI_AGAIN)
        for cause in _causes(error)
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and all that caused it, the addresses of a host that were tried included."""
    if error is None:
        return
    yield error
    yield from _causes(error.__cause__ or error.__context__)
    if isinstance(error, BaseExceptionGroup):
        for member in cast("BaseExceptionGroup[BaseException]", error).exceptions:
            yield from _causes(member)


def _names(error: BaseException) -> set[str]:
    return {cls.__name__ for cls in type(error).__mro__}


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def _time_out(error: BaseException, server: Server) -> ModelError | None:
    if not (isinstance(error, TimeoutError) or any("Timeout" in name for name in _names(error))):
        return None
    waited = f" for {server.timeout:g} s" if server.timeout else " in time"
    return ModelTimedOut(
        f"no word from {server.model or 'the server'}{waited}: pass a larger timeout, or let fewer "
        f"calls wait for it at once ({_said(error)})"
    )


def _unavailable(error: BaseException, server: Server) -> ModelError | None:
    """Why no call to this model can succeed; None if one may."""
    status, where = status_of(error), _where(error, server)
    if nobody_listens(error):
        reason = _nobody(error, server, where)
    elif status in _KEY_REFUSED:
        reason = f"{where} refused the key: check {server.key}"
    elif status == _NOT_FOUND:
        reason = _missing(error, server, where)
    elif status == _RATE_LIMITED and _SPENT.search(refusal_text(error)):
        reason = f"the account at {where} has nothing left to spend"
    else:
        return None
    return ModelUnavailable(f"{reason} ({_said(error)})")


def _nobody(error: BaseException, server: Server, where: str) -> str:
    if _speaks_ollama(error, server):
        return (
            f"Ollama is not reachable at {where}: start it with `ollama serve`, or pass the "
            "base_url it listens at"
        )
    return f"nobody listens at {where}: is the server running? Start it, or pass its base_url"


def _missing(error: BaseException, server: Server, where: str) -> str:
    unknown = _UNKNOWN_MODEL.search(str(error))
    model = server.model or (unknown["name"] if unknown else "of that name")
    if not _speaks_ollama(error, server):
        return (
            f"{where} has no model {model}: check the name, and that base_url ends where "
            "/chat/completions begins"
        )
    if unknown:
        return f"Ollama at {where} has no model {model}: get it with `ollama pull {model}`"
    return (
        f"what listens at {where} is not Ollama: for a server that speaks OpenAI's API use "
        "OpenAICompatibleClient, or your framework's client for such servers"
    )


def _overflow(error: BaseException, server: Server) -> ModelError | None:
    if not is_overlong(error):
        return None
    return ContextWindowExceeded(f"{_said(error)}: {server.shorter}")


def _rate_limit(error: BaseException, server: Server) -> ModelError | None:
    if status_of(error) != _RATE_LIMITED:
        return None
    wait = _retry_after(error)
    asks = "" if wait is None else f", and it asks to wait {wait:g} s"
    return ModelError(
        f"the rate limit of {_where(error, server)} is reached{asks}: let fewer calls run at once "
        f"({_said(error)})",
        retryable=True,
        retry_after=wait,
    )


def _breaking_off(error: BaseException, _: Server) -> ModelError | None:
    """An error that came in the midst of a stream, in place of the rest of it."""
    status = status_of(error)
    broke_off = status == _INSIDE_A_STREAM or (
        status is None and type(error).__name__ == "APIError"
    )
    return ModelError(f"the reply broke off: {error}", retryable=True) if broke_off else None


def _anything_else(error: BaseException) -> ModelError:
    status = status_of(error)
    if status is None:
        lost = isinstance(error, ConnectionError) or bool(_names(error) & _LOST)
        return ModelError(_said(error), retryable=lost)
    retryable = status in _RETRYABLE_STATUS
    return ModelError(_said(error), retryable=retryable, retry_after=_retry_after(error))


def _speaks_ollama(error: BaseException, server: Server) -> bool:
    if server.kind is not None:
        return server.kind == "ollama"
    of_package = any(cls.__module__.split(".")[0] == "ollama" for cls in type(error).__mro__)
    return of_package or "Ollama" in str(error) or bool(_OLLAMA_URL.match(str(_url_of(error))))


def _where(error: BaseException, server: Server) -> str:
    url = _url_of(error)
    told = _PATH.sub(r"\1", str(url)) if url else "the server"
    return server.url or told


def _url_of(error: BaseException) -> object | None:
    """Where the request went that an exception, or a cause of it, was raised for."""
    for cause in _causes(error):
        try:
            url: Any = getattr(getattr(cause, "request", None), "url", None)
        except RuntimeError:  # httpx's way to say that it was never told
            continue
        if url is not None:
            return cast("object", url)
    return None


def _retry_after(error: BaseException) -> float | None:
    headers: Any = getattr(getattr(error, "response", None), "headers", None)
    try:
        return float(headers["retry-after"])
    except (KeyError, TypeError, ValueError):
        return None
