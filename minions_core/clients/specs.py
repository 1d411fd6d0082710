"""Models named in a word: `ollama:llama3.2`, `openai:gpt-4o`, `http://host:port/v1#model`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Final

from minions_core.clients.offline import ExtractiveClient, OfflineSupervisor
from minions_core.clients.ollama import OllamaClient
from minions_core.clients.openai import (
    OpenAIClient,
    OpenAICompatibleClient,
    TogetherClient,
    TokasaurusClient,
)
from minions_core.errors import UsageError
from minions_core.messages import Role
from minions_core.models import Model

_TOKASAURUS = "tokasaurus"
_KEYED: Mapping[str, type[OpenAIClient]] = {
    "openai": OpenAIClient,
    "together": TogetherClient,
    _TOKASAURUS: TokasaurusClient,
}
_OLLAMA = "ollama"
_ADDRESS = ("http://", "https://")
OFFLINE = "offline"
SPECS = (
    "ollama:NAME, openai:NAME, together:NAME, tokasaurus:NAME, http://HOST:PORT/v1#NAME, offline"
)
"""Every form a spec may have, for help texts."""
KEY_VARIABLES: Final[Mapping[Role, str]] = {
    "local": "MINIONS_LOCAL_KEY",
    "remote": "MINIONS_REMOTE_KEY",
}
"""Where the command line finds the key of a server that has no variable of its own."""


def model_from_spec(spec: str, role: Role, *, api_key: str | None = None) -> Model:
    """The model a spec names; nothing is asked of any server yet.

    Args:
        spec: one of `SPECS`.
        role: which role it is to play; `offline` is another stand-in for each.
        api_key: the key, for models that want one; None for the environment variable of theirs.

    Raises:
        UsageError: the spec has none of the forms.
        MissingExtra: the package that speaks to such a model is not installed.
        ModelUnavailable: a key is missing.
    """
    maker, name = parted(spec)
    if maker == OFFLINE:
        return ExtractiveClient() if role == "local" else OfflineSupervisor()
    if maker.startswith(_ADDRESS):
        return OpenAICompatibleClient(model_name=name, base_url=maker, api_key=api_key)
    return OllamaClient(name) if maker == _OLLAMA else _KEYED[maker](name, api_key=api_key)


def parted(spec: str) -> tuple[str, str]:
    """Who serves the model a spec names, and what the model is called there.

    Args:
        spec: one of `SPECS`.

    Returns:
        What stands before the name: `ollama`, `openai` ..., or the base URL of a server; and the
        name, which is empty for `offline`.

    Raises:
        UsageError: the spec has none of the forms.
    """
    spec = spec.strip()
    if spec == OFFLINE:
        return OFFLINE, ""
    if spec.startswith(_ADDRESS):
        url, _, name = spec.partition("#")
        if not name:
            raise UsageError(f"{spec} names no model: append #NAME, as in {url}#llama-3.2-3b")
        return url, name
    maker, _, name = spec.partition(":")
    if maker not in {_OLLAMA, *_KEYED} or not name:
        raise UsageError(f"{spec!r} is no model: use one of {SPECS}")
    return maker, name


def missing_extra(spec: str) -> str | None:
    """The extra that brings the package a model is spoken to with; None if it is installed.

    Args:
        spec: one of `SPECS`.

    Raises:
        UsageError: the spec has none of the forms.
    """
    maker, _ = parted(spec)
    extra = _OLLAMA if maker == _OLLAMA else "openai"  # extras are named like their packages
    return None if maker == OFFLINE or find_spec(extra) else extra


def key_of_server(spec: str, role: Role) -> str | None:
    """The key that the environment holds for a server of one's own; None if there is none.

    Args:
        spec: one of `SPECS`. A model of OpenAI or Together has a variable of its own, and never
            gets the key of another server.
        role: which role the model is to play: each has its variable in `KEY_VARIABLES`.

    Raises:
        UsageError: the spec has none of the forms.
    """
    maker, _ = parted(spec)
    is_own = maker == _TOKASAURUS or maker.startswith(_ADDRESS)
    return os.environ.get(KEY_VARIABLES[role]) or None if is_own else None
