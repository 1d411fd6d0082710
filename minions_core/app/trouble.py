"""What goes wrong, in words for the person before the screen, with what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from minions_core.app.hiding import NO_SECRETS, Secrets
from minions_core.app.markup import Html, div, joined, tag
from minions_core.errors import (
    ContextWindowExceeded,
    MinionsError,
    MissingExtra,
    ModelError,
    ModelTimedOut,
    ModelUnavailable,
    RunCancelled,
    UsageError,
)

_WORDS: tuple[tuple[type[Exception], str, str], ...] = (  # the most particular first
    (RunCancelled, "Stopped", "What was found before is kept below. Ask again whenever you like."),
    (
        ContextWindowExceeded,
        "That is more text than the model can hold",
        "Choose MinionS in the settings: it reads long documents in pieces.",
    ),
    (
        ModelTimedOut,
        "The model did not answer in time",
        "Look whether its server is busy, and ask again.",
    ),
    (
        ModelUnavailable,
        "The model cannot be reached",
        "Look at its name, address and key in the settings. The offline models always work.",
    ),
    (ModelError, "The model failed", "Ask again, or choose another model in the settings."),
    (
        MissingExtra,
        "A package is missing",
        "Install it in the environment the app runs in, and start the app again.",
    ),
    (UsageError, "That cannot be run as it is set", "Change the settings, and ask again."),
    (MinionsError, "The run ended early", "Ask again, perhaps with other settings."),
    (ValidationError, "A setting cannot be right", "Change the settings, and ask again."),
)
_READABLE = "Choose another file, or paste its text."
_OURS = (
    "Something broke that should not have",
    "This is a fault of the app. The terminal it was started in shows where.",
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong.

    Attributes:
        title: what, in a few words.
        said: what exactly; each line is a paragraph.
        advice: what to do about it.
        is_stop: whether it is only that the person asked the run to stop.
    """

    title: str
    said: str
    advice: str
    is_stop: bool = False

    @classmethod
    def of(cls, error: Exception, secrets: Secrets = NO_SECRETS) -> Trouble:
        """An error, in words that tell no secret."""
        known = ((title, advice) for kind, title, advice in _WORDS if isinstance(error, kind))
        title, advice = next(known, _OURS)
        if isinstance(error, RunCancelled):
            return cls(title, "", advice, is_stop=True)
        if isinstance(error, ValidationError):
            said = "; ".join(detail["msg"] for detail in error.errors())
        elif isinstance(error, MinionsError):
            said = str(error)
        else:
            said = f"{type(error).__name__}: {error}"
        return cls(title, secrets.hidden(said), advice)

    @classmethod
    def of_files(cls, errors: Sequence[Exception]) -> Trouble:
        """Files that cannot be read, in words."""
        title = "A file cannot be read" if len(errors) == 1 else "Some files cannot be read"
        return cls(title, "\n".join(map(str, errors)), _READABLE)

    def box(self) -> Html:
        """One box that tells of it."""
        said = joined(*(tag("p", line) for line in self.said.splitlines()))
        kind = "mn-warn" if self.is_stop else "mn-bad"
        title, advice = tag("strong", self.title), tag("p", self.advice, class_="mn-dim")
        return div(f"mn-note {kind}", title, said, advice, role="alert")
