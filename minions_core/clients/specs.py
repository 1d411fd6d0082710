"""Models named in a word: `ollama:llama3.2`, `openai:gpt-4o`, `http://host:port/v1#model`."""

from __future__ import annotations

from collections.abc import Mapping

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

_KEYED: Mapping[str, type[OpenAIClient]] = {
    "openai": OpenAIClient,
    "together": TogetherClient,
    "tokasaurus": TokasaurusClient,
}
_OLLAMA = "ollama"
OFFLINE = "offline"
SPECS = (
    "ollama:NAME, openai:NAME, together:NAME, tokasaurus:NAME, http://HOST:PORT/v1#NAME, offline"
)
"""Every form a spec may have, for help texts."""


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
    spec = spec.strip()
    if spec == OFFLINE:
        return ExtractiveClient() if role == "local" else OfflineSupervisor()
    if spec.startswith(("http://", "https://")):
        url, _, name = spec.partition("#")
        if not name:
            raise UsageError(f"{spec} names no model: append #NAME, as in {url}#llama-3.2-3b")
        return OpenAICompatibleClient(model_name=name, base_url=url, api_key=api_key)
    maker, _, name = spec.partition(":")
    if maker not in {_OLLAMA, *_KEYED} or not name:
        raise UsageError(f"{spec!r} is no model: use one of {SPECS}")
    return OllamaClient(name) if maker == _OLLAMA else _KEYED[maker](name, api_key=api_key)
