"""The settings at the left: which models, which protocol, what a run may do and spend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from minions_core.app.hiding import Secrets
from minions_core.app.markup import div
from minions_core.app.models import ModelChoice, Shelf, choose_model, look_again
from minions_core.app.running import Engine
from minions_core.app.stopping import Switch
from minions_core.clients.specs import OFFLINE
from minions_core.config import Budget, MinionConfig, MinionsConfig, Privacy
from minions_core.engine import Minion, Minions
from minions_core.redaction import PatternRedactor

_PROTOCOLS = {"minions": "MinionS", "minion": "Minion"}
_PROTOCOL_HELP = {
    "minions": "The remote model plans, many small jobs of the local one read the documents "
    "in pieces, and what they find is checked before it goes on. For long documents.",
    "minion": "The two models chat: the local one has the documents before it, the remote one "
    "asks. Cheaper still, for documents that fit the local model's window.",
}
_PRIVACY: Mapping[Privacy, str] = {
    "quotes": "Answers and the words they quote",
    "answers": "Answers only, no quotes",
}
OFFLINE_NOTE = (
    "The offline models are not language models: they compare words and quote. They show how the "
    "protocol works, not how well a model answers."
)
_OFFLINE_PRICE = "gpt-4o"
_ROUNDS = 3


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What was chosen at the left.

    Attributes:
        protocol: `minion` or `minions`.
        local: the model that reads.
        remote: the model that thinks.
        max_rounds: rounds before the remote model must answer.
        privacy: what the remote model may be sent.
        is_redacted: whether addresses, numbers and names of accounts are hidden from it.
        price_as: price remote tokens as this model; None for the model's own price.
        budget: what a run may spend.
    """

    protocol: str
    local: ModelChoice
    remote: ModelChoice
    max_rounds: int
    privacy: Privacy
    is_redacted: bool
    price_as: str | None
    budget: Budget

    @property
    def is_offline(self) -> bool:
        """Whether one of the models is a stand-in and no language model."""
        return OFFLINE in {self.local.spec, self.remote.spec}

    @property
    def missing(self) -> str:
        """What is still to be filled in, or nothing."""
        return self.local.missing or self.remote.missing

    @property
    def secrets(self) -> Secrets:
        """The keys and passwords its models are called with."""
        models = self.local, self.remote
        return Secrets.of([model.key for model in models], [model.url for model in models])

    def engine(self, switch: Switch) -> Engine:
        """The engine these choices make, whose calls end when the switch is turned off.

        Raises:
            MinionsError: a key or a package is missing, or they do not go together.
            pydantic.ValidationError: a setting is out of its range.
        """
        secrets = self.secrets
        local = self.local.model("local", switch, secrets)
        remote = self.remote.model("remote", switch, secrets)
        shared: dict[str, Any] = {
            "max_rounds": self.max_rounds,
            "privacy": self.privacy,
            "redactor": PatternRedactor() if self.is_redacted else None,
            "price_as": self.price_as,
            "budget": self.budget,
        }
        if self.protocol == "minions":
            return Minions(local, remote, config=MinionsConfig(**shared))
        overflow = "search" if self.local.spec == OFFLINE else "error"
        return Minion(local, remote, config=MinionConfig(**shared, overflow=overflow))


def sidebar(shelf: Shelf) -> Choices:
    """Show the settings, and tell what is chosen."""
    with st.sidebar:
        st.header("Settings")
        protocol: str = st.radio(
            "Protocol", list(_PROTOCOLS), format_func=_PROTOCOLS.__getitem__, key="protocol"
        )
        st.caption(_PROTOCOL_HELP[protocol])
        local = choose_model("local", shelf)
        remote = choose_model("remote", shelf)
        st.button(
            "Look again for models",
            key="refresh_models",
            on_click=look_again,
            help=shelf.advice or None,
            icon=":material/refresh:",
        )
        if OFFLINE in {local.spec, remote.spec}:
            st.html(div("mn-note", OFFLINE_NOTE))
        return _limits(protocol, local, remote)


def _limits(protocol: str, local: ModelChoice, remote: ModelChoice) -> Choices:
    with st.expander("Privacy"):
        privacy: Privacy = st.radio(
            "What the remote model may be sent",
            list(_PRIVACY),
            format_func=_PRIVACY.__getitem__,
            key="privacy",
        )
        is_redacted = st.checkbox(
            "Hide addresses, phone and account numbers",
            help="Placeholders leave in their place; the answer has them restored.",
            key="redact",
        )
    with st.expander("Rounds and limits"):
        max_rounds = int(st.number_input("Rounds at most", 1, 10, _ROUNDS, key="max_rounds"))
        budget = _budget()
        is_free = remote.spec == OFFLINE
        named = st.text_input(
            "Price remote tokens as",
            placeholder=_OFFLINE_PRICE if is_free else "the model's own price",
            help="The name of a model whose price is known, such as gpt-4o.",
            key="price_as",
        )
    return Choices(
        protocol=protocol,
        local=local,
        remote=remote,
        max_rounds=max_rounds,
        privacy=privacy,
        is_redacted=is_redacted,
        price_as=named.strip() or (_OFFLINE_PRICE if is_free else None),
        budget=budget,
    )


def _budget() -> Budget:
    tokens = st.number_input(
        "Remote tokens at most",
        min_value=0,
        value=None,
        step=1000,
        placeholder="no limit",
        key="budget_tokens",
    )
    dollars = st.number_input(
        "Dollars at most",
        min_value=0.0,
        value=None,
        step=0.01,
        format="%.4f",
        placeholder="no limit",
        key="budget_dollars",
    )
    return Budget(remote_tokens=tokens, cost=dollars)
