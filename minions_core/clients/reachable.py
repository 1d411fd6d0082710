"""Which models can be reached from here: servers on this machine, and keys of providers.

Everything is asked at once with short time-outs, and nothing that is not there is an error::

    for model in reachable().models:
        print(model.spec, model.context_window)
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from minions_core.clients._answers import Answer, answer, at_once, without_password
from minions_core.clients._listings import Entry, Listing, Props, Show, Tag, Tags, read
from minions_core.clients.openai import OpenAIClient, TogetherClient, TokasaurusClient
from minions_core.clients.settings import ollama_url

_OLLAMA = "Ollama"
_OLLAMA_PORT = 11434
_START_OLLAMA = (
    "not running: start it with `ollama serve` (or get it from ollama.com), then "
    "`ollama pull llama3.2`"
)
_PULL = "has no model yet: get one with `ollama pull llama3.2`"
_ELSEWHERE = "set OLLAMA_HOST={} and name its models ollama:NAME, so that their window can be set"
_KEY_WANTED = frozenset({401, 403})
_MAKERS = {
    "library": _OLLAMA,
    "llamacpp": "llama.cpp",
    "vllm": "vLLM",
    "organization_owner": "LM Studio",
}
_ADDRESS = re.compile(
    r"(?:\[?(?P<six>[^\[\]]*:[^\[\]]*:[^\[\]]*)\]?|(?P<host>[^:]*))(?::(?P<port>\d+))?"
)
_ANY = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - a server listens at these, nobody can call them
_STEPS = 2.5  # a server is asked for its list and then for more, each with its own time-out


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachableModel:
    """A model that answers from here.

    Attributes:
        name: what its server calls it.
        spec: what to name it by, for `model_from_spec` and the options of the command; without the
            password of its server.
        size: bytes of its weights; None if unknown, like all that follows.
        parameters: how many it has, as people say it: `3.2B`.
        quantization: how its weights are stored: `Q4_K_M`.
        context_window: tokens of prompt and reply it holds: as it is served where the server tells,
            else as it was trained.
        is_remote: whether its server hands texts on to a machine elsewhere, as Ollama does with its
            cloud models; such a model is no local one.
    """

    name: str
    spec: str
    size: int | None = None
    parameters: str | None = None
    quantization: str | None = None
    context_window: int | None = None
    is_remote: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachableServer:
    """A place where models may be served.

    Attributes:
        name: which program it is, or should be.
        url: its base URL, without a password.
        is_there: whether it answered, and with a list of models.
        models: its models for chats.
        advice: what to do about it; None if there is nothing to do.
    """

    name: str
    url: str
    is_there: bool
    models: tuple[ReachableModel, ...] = ()
    advice: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderKey:
    """Whether the key of a provider is at hand; never the key itself.

    Attributes:
        variable: the environment variable.
        is_set: whether it holds something.
        spec: a model of that provider, as an example.
    """

    variable: str
    is_set: bool
    spec: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reachable:
    """All that was found.

    Attributes:
        servers: those that were asked, there or not.
        keys: those that were looked for.
    """

    servers: tuple[ReachableServer, ...]
    keys: tuple[ProviderKey, ...]

    @property
    def models(self) -> tuple[ReachableModel, ...]:
        """The models of all servers."""
        return tuple(model for server in self.servers for model in server.models)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server that speaks OpenAI's API listens if nobody told it otherwise.

    Attributes:
        name: the program.
        url: its base URL.
        start: the command that starts it.
        prefix: what its models' specs begin with; None for the URL and `#`.
    """

    name: str
    url: str
    start: str
    prefix: str | None = None

    @property
    def shown(self) -> str:
        """The base URL without a password."""
        return without_password(self.url)


USUAL = (
    Place("LM Studio", "http://127.0.0.1:1234/v1", "lms server start"),
    Place("llama.cpp", "http://127.0.0.1:8080/v1", "llama-server -m MODEL.gguf"),
    Place("vLLM", "http://127.0.0.1:8000/v1", "vllm serve MODEL"),
    Place("Tokasaurus", TokasaurusClient.base_url, "toka model=MODEL", prefix="tokasaurus:"),
)
"""Servers on this machine, at their usual ports."""


def reachable(
    urls: Sequence[str] = (), *, seconds: float = 1.0, usual: Sequence[Place] = USUAL
) -> Reachable:
    """Look for models: Ollama (at `OLLAMA_HOST`), other servers on this machine, keys.

    Args:
        urls: further servers that speak OpenAI's API, up to `/v1`.
        seconds: how long a server may take to answer a question.
        usual: where to look for others than Ollama.

    Returns:
        What was found, in the order: Ollama, usual places, `urls`. It takes no more than two and
        a half times `seconds`.
    """
    ollama = _root(ollama_url(None), _OLLAMA_PORT)
    places = [*usual, *(Place("", _given(url), "") for url in urls)]
    probes = [partial(_ollama, ollama, seconds), *(partial(_server, p, seconds) for p in places)]
    asked = at_once(probes, _STEPS * seconds)
    silent = [_no_ollama(ollama), *map(_silent, places)]
    return Reachable(
        servers=tuple(found or missing for found, missing in zip(asked, silent, strict=True)),
        keys=(_key(OpenAIClient, "openai:gpt-4o"), _key(TogetherClient, "together:NAME")),
    )


def _key(client: type[OpenAIClient], spec: str) -> ProviderKey:
    variable = client.key_variable or ""
    return ProviderKey(variable=variable, is_set=bool(os.environ.get(variable)), spec=spec)


def _root(typed: str, port: int) -> str:
    """A host as people type it, as a URL: `gpu-box` is `http://gpu-box:11434`."""
    if "://" in typed:
        return typed
    place, slash, path = typed.partition("/")
    user, at, address = place.rpartition("@")
    found = _ADDRESS.fullmatch(address)
    host, given = (found["six"] or found["host"], found["port"]) if found else (address, None)
    host = _ANY.get(host, host)
    host = f"[{host}]" if ":" in host else host
    return f"http://{user}{at}{host}:{given or port}{slash}{path}"


def _given(url: str) -> str:
    """A base URL as people type it: the scheme may be missing, `/v1`, or a model be named."""
    bare = url.strip().partition("#")[0].rstrip("/")
    full = bare if "://" in bare else f"http://{bare}"
    return full if "/" in full.partition("://")[2] else f"{full}/v1"


def _ollama(url: str, seconds: float) -> ReachableServer:
    tags = read(Tags, answer(f"{url}/api/tags", seconds).body)
    if tags is None:
        return _no_ollama(url)
    shown = at_once([partial(_show, url, tag.name, seconds) for tag in tags.models], seconds)
    models = tuple(
        _tagged(tag, show)
        for tag, show in zip(tags.models, shown, strict=True)
        if not (show and show.capabilities and "completion" not in show.capabilities)
    )
    advice = None if models else _PULL
    return ReachableServer(
        name=_OLLAMA, url=without_password(url), is_there=True, models=models, advice=advice
    )


def _no_ollama(url: str) -> ReachableServer:
    shown = without_password(url)
    return ReachableServer(name=_OLLAMA, url=shown, is_there=False, advice=_START_OLLAMA)


def _show(url: str, name: str, seconds: float) -> Show | None:
    return read(Show, answer(f"{url}/api/show", seconds, {"model": name}).body)


def _tagged(tag: Tag, show: Show | None) -> ReachableModel:
    return ReachableModel(
        name=tag.name,
        spec=f"ollama:{tag.name.removesuffix(':latest')}",
        size=None if tag.remote_host else tag.size,
        parameters=(tag.details and tag.details.parameter_size) or None,
        quantization=(tag.details and tag.details.quantization_level) or None,
        context_window=show.window if show else None,
        is_remote=bool(tag.remote_host),
    )


def _server(place: Place, seconds: float) -> ReachableServer:
    told = answer(f"{place.url}/models", seconds)
    listing = read(Listing, told.body)
    if listing is None:
        return _silent(place, told)
    maker = next((entry.owned_by for entry in listing.data if entry.owned_by), "")
    name = _MAKERS.get(maker, place.name) or "OpenAI-compatible server"
    root = place.url.removesuffix("/v1")
    entries = _more_of(listing.data, name, root, seconds)
    models = tuple(_listed(place, entry) for entry in entries if entry.chats)
    advice = _ELSEWHERE.format(without_password(root)) if name == _OLLAMA else None
    if not models:
        advice = "serves no model for chats yet: load one"
    return ReachableServer(name=name, url=place.shown, is_there=True, models=models, advice=advice)


def _silent(place: Place, told: Answer | None = None) -> ReachableServer:
    """A server that gave no list of models."""
    if told is None or told.status is None:
        start = f": start it with `{place.start}`" if place.start else ": is the URL right?"
        advice = f"nobody answers{start}"
    elif told.status in _KEY_WANTED:
        advice = "asks for a key: pass `api_key` in Python, or type it in the app"
    else:
        advice = "something else listens there: it does not speak OpenAI's API"
    name = place.name or "OpenAI-compatible server"
    return ReachableServer(name=name, url=place.shown, is_there=False, advice=advice)


def _more_of(entries: Sequence[Entry], name: str, root: str, seconds: float) -> Sequence[Entry]:
    """The entries with what the program tells of its models elsewhere."""
    if name == "LM Studio":
        own = read(Listing, answer(f"{root}/api/v0/models", seconds).body)
        return own.data if own else entries
    if name == "llama.cpp":
        props = read(Props, answer(f"{root}/props", seconds).body)
        settings = props.default_generation_settings if props else None
        window = settings.n_ctx if settings else None
        return [entry.model_copy(update={"max_model_len": window}) for entry in entries]
    return entries


def _listed(place: Place, entry: Entry) -> ReachableModel:
    return ReachableModel(
        name=entry.id,
        spec=f"{place.prefix or place.shown + '#'}{entry.id}",
        size=entry.meta.size if entry.meta else None,
        parameters=_counted(entry.meta.n_params) if entry.meta and entry.meta.n_params else None,
        quantization=entry.quantization,
        context_window=entry.window,
    )


def _counted(parameters: int) -> str:
    """A number of parameters as people say it: `3.2B`, `760M`."""
    billions = parameters / 1e9
    return f"{billions:.1f}B" if billions >= 1 else f"{parameters / 1e6:.0f}M"
