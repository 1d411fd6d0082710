"""Which models there are to choose from, and the two that are chosen."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

import streamlit as st

from minions_core.app.hiding import Secrets
from minions_core.app.markup import div
from minions_core.app.stopping import Stoppable, Switch
from minions_core.clients.reachable import Reachable, reachable
from minions_core.clients.specs import OFFLINE, model_from_spec
from minions_core.messages import Role

_OPENAI, _TOGETHER, _SERVER = "openai", "together", "server"
_LABELS = {
    OFFLINE: "Offline (no model)",
    _OPENAI: "OpenAI, by name",
    _TOGETHER: "Together, by name",
    _SERVER: "A server, by its URL",
}
_TITLES: Mapping[Role, str] = {
    "local": "Local model: reads the documents",
    "remote": "Remote model: plans and answers",
}
_KEYS = {_OPENAI: "OPENAI_API_KEY", _TOGETHER: "TOGETHER_API_KEY"}
_EXAMPLES = {_OPENAI: "gpt-4o", _TOGETHER: "meta-llama/Llama-3.3-70B-Instruct-Turbo"}


_HERE = {"localhost", "127.0.0.1", "::1"}
_SECONDS_FRESH = 30


@dataclass(frozen=True, kw_only=True)
class ModelChoice:
    """A model that was chosen.

    Attributes:
        spec: what it is named in a word.
        key: the key that was typed in, if one was.
        missing: what is still to be filled in, or nothing.
        is_elsewhere: whether it runs on another machine than this.
    """

    spec: str
    key: str | None = field(default=None, repr=False)
    missing: str = ""
    is_elsewhere: bool = False

    @property
    def name(self) -> str:
        """What it is called, for its price."""
        return self.spec.partition("#")[2] or self.spec.partition(":")[2] or self.spec

    @property
    def url(self) -> str:
        """Where its server listens, if it was named by that; else nothing."""
        return self.spec.rpartition("#")[0]

    def model(self, role: Role, switch: Switch, secrets: Secrets) -> Stoppable:
        """The model itself, to be stopped by the switch, which repeats none of the secrets.

        Raises:
            MinionsError: its name has none of the forms, or a key or a package is missing.
        """
        return Stoppable(model_from_spec(self.spec, role, api_key=self.key), switch, secrets)


@dataclass(frozen=True, kw_only=True)
class Found:
    """A model that can be reached from here.

    Attributes:
        label: what people call it.
        is_elsewhere: whether it runs on another machine than this.
    """

    label: str
    is_elsewhere: bool = False


@dataclass(frozen=True)
class Shelf:
    """The models that can be reached from here.

    Attributes:
        found: those that were found, by their specs.
        advice: what to do where none was.
        gone: those that were found before and are not now.
    """

    found: Mapping[str, Found]
    advice: str = ""
    gone: Mapping[str, Found] = field(default_factory=dict[str, Found])

    def is_elsewhere(self, spec: str) -> bool:
        """Whether a model runs on another machine than this; of one never found, that it may."""
        known = self.found.get(spec) or self.gone.get(spec)
        return known.is_elsewhere if known else spec != OFFLINE


def shelf() -> Shelf:
    """What can be reached from here: as it was found some seconds ago at most."""
    now = shelved(_looked())
    ever = _ever_found()
    ever.update(now.found)
    gone = {spec: model for spec, model in ever.items() if spec not in now.found}
    return replace(now, gone=gone)


@st.cache_resource(show_spinner=False)
def _ever_found() -> dict[str, Found]:
    """All models that were found since the app started, as they were last."""
    return {}


def look_again() -> None:
    """Look anew for models when the page is drawn next."""
    _looked.clear()


def shelved(reached: Reachable) -> Shelf:
    """What was found, ready to be chosen from."""
    found = {
        model.spec: Found(
            label=" · ".join(filter(None, (model.name, server.name, model.parameters))),
            is_elsewhere=model.is_remote or _host(server.url) not in _HERE,
        )
        for server in reached.servers
        for model in server.models
    }
    ollama = reached.servers[0]
    advice = f"{ollama.name}: {ollama.advice}" if ollama.advice else ""
    return Shelf(found, advice)


@st.cache_data(ttl=_SECONDS_FRESH, show_spinner="Looking for models")
def _looked() -> Reachable:
    return reachable()


def choose_model(role: Role, shelf: Shelf) -> ModelChoice:
    """Ask which model is to play a role."""
    found = {spec: model.label for spec, model in shelf.found.items()}
    labels = {OFFLINE: _LABELS[OFFLINE], **found, **_LABELS}
    chosen = st.session_state.get(role)
    if isinstance(chosen, str):  # a model that went away stays chosen until another is
        labels.setdefault(chosen, f"{chosen} (not reached now)")
    kind = st.selectbox(_TITLES[role], list(labels), format_func=labels.__getitem__, key=role)
    if kind in _KEYS:
        choice = _by_name(role, kind)
    elif kind == _SERVER:
        choice = _by_url(role)
    else:
        choice = ModelChoice(spec=kind, is_elsewhere=shelf.is_elsewhere(kind))
    if role == "local" and choice.is_elsewhere:
        st.html(
            div("mn-note mn-warn", "It does not run on this machine: the texts it reads leave.")
        )
    return choice


def _by_name(role: Role, maker: str) -> ModelChoice:
    name = st.text_input("Model", value=_EXAMPLES[maker], key=f"{role}_name_{maker}").strip()
    variable = _KEYS[maker]
    has_own = bool(os.environ.get(variable))
    key = _key(role, maker, f"from {variable}" if has_own else "needed")
    missing = "" if key or has_own else f"the key of the {role} model"
    if not name:
        missing = f"the name of the {role} model"
    return ModelChoice(spec=f"{maker}:{name}", key=key, missing=missing, is_elsewhere=True)


def _by_url(role: Role) -> ModelChoice:
    url = st.text_input("Address", placeholder="http://localhost:8000/v1", key=f"{role}_url")
    name = st.text_input("Model", placeholder="as the server calls it", key=f"{role}_model")
    key = _key(role, _SERVER, "if it wants one")
    url, name = url.strip().rstrip("/"), name.strip()
    missing = "" if name else f"the name of the {role} model"
    host = _host(url)
    if not (host and url.startswith(("http://", "https://"))):
        missing = f"the address of the {role} model's server"
    elsewhere = bool(host) and host not in _HERE
    return ModelChoice(spec=f"{url}#{name}", key=key, missing=missing, is_elsewhere=elsewhere)


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _key(role: Role, maker: str, hint: str) -> str | None:
    typed = st.text_input(
        "Key",
        type="password",
        placeholder=hint,
        help="Kept in this browser tab's session only, and never written anywhere.",
        autocomplete="off",
        key=f"{role}_key_{maker}",
    )
    return typed.strip() or None
