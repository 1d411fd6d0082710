"""Who plays: two models, what they are told, and what they come to."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeAlias, get_args
from urllib.parse import urlsplit

from minions_core.bench.dataset import Place, Question
from minions_core.clients.openai import OpenAIClient
from minions_core.config import Privacy
from minions_core.events import Event
from minions_core.failures import masked
from minions_core.models import Model, loaded_as
from minions_core.redaction import Redactor
from minions_core.result import Status

Name: TypeAlias = Literal["remote", "local", "bm25", "minion", "minions"]
"""What a contender is called.

`remote`: the whole documents and the question go to the remote model in one call. `local`: the same
to the local model. `bm25`: the chunks that a search finds best go to the remote model in one call.
`minion`, `minions`: the protocols.
"""

NAMES: tuple[Name, ...] = get_args(Name)

_HERE = {"localhost", "127.0.0.1", "::1"}
_ELSEWHERE = ("-cloud", ":cloud")


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """The two models.

    Attributes:
        local: the model beside the data.
        remote: the model paid by the token.
        local_spec: what tells the local model from others at the place where it is served.
        remote_spec: the same for the remote one.
    """

    local: Model
    remote: Model
    local_spec: str
    remote_spec: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What contenders may be told.

    Attributes:
        top_k: how many chunks `bm25` shows the remote model.
        max_rounds: rounds of the protocols.
        privacy: what of the documents the protocols may send to the remote model.
        redactor: finds what they must not send as it is.
    """

    top_k: int = 8
    max_rounds: int = 3
    privacy: Privacy = "quotes"
    redactor: Redactor | None = None

    @property
    def shared(self) -> dict[str, Any]:
        """The settings both protocols know."""
        return {
            "max_rounds": self.max_rounds,
            "privacy": self.privacy,
            "redactor": self.redactor,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a contender made of a question.

    Attributes:
        answer: the answer.
        ending: how it came to an end.
        found: the passages the remote model was shown; None where that is all there is.
        cited: the passages the answer points at; None if the contender does not tell.
        remote_model: what the remote model called itself; None if it was not called.
        disclosed_share: the share of the documents' tokens that left for the remote model.
        cut: whether the reply ended where its room did.
    """

    answer: str
    ending: Status
    found: tuple[Place, ...] | None
    cited: tuple[Place, ...] | None
    remote_model: str | None
    disclosed_share: float
    cut: bool = False


class Contender(Protocol):
    """Answers questions, and tells what it does so with."""

    @property
    def name(self) -> Name:
        """What it is called."""
        ...

    @property
    def settings(self) -> Mapping[str, Any]:
        """All that bears on its answers, as plain JSON data."""
        ...

    def answer(self, question: Question, observe: Callable[[Event], None]) -> Answered:
        """Answer a question, blocking.

        Raises:
            ContextWindowExceeded: the documents do not fit the model.
            MinionsError: it could not be done.
        """
        ...


def served_at(model: Model) -> str | None:
    """The URL of the server a model is asked at, or None if it does not tell or is OpenAI's own.

    A name and password in it are masked: the address goes into records and reports.
    """
    url = None
    if loaded := loaded_as(model):
        url = loaded[0]
    elif isinstance(model, OpenAIClient):
        url = model.base_url or model.home_url or os.environ.get("OPENAI_BASE_URL")
    return url and masked(url)


def is_served_here(model: Model) -> bool:
    """Whether the server of a model is on this machine, and hands nothing on, as far as it tells.

    Ollama serves models of its cloud at the same address as its others; their tags say so.
    """
    try:
        host = urlsplit(served_at(model) or "").hostname
    except ValueError:
        return False
    return host in _HERE and not model.name.endswith(_ELSEWHERE)
