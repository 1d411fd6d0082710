"""Keys and passwords, which nothing that is shown or saved may repeat."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from minions_core.clients.specs import KEY_VARIABLES
from minions_core.models import OnText

_VARIABLES = ("OPENAI_API_KEY", "TOGETHER_API_KEY", "OLLAMA_API_KEY", *KEY_VARIABLES.values())
_ADDRESSES = ("OLLAMA_HOST", "OPENAI_BASE_URL")
_SHORTEST = 8  # characters; for servers that want no key people type "none", a word of any reply
_HIDDEN = "[the key]"


@dataclass(frozen=True, slots=True)
class Secrets:
    """The keys and passwords of a run.

    Attributes:
        values: those, the longest first.
    """

    values: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, keys: Iterable[str | None] = (), urls: Iterable[str] = ()) -> Secrets:
        """The keys, the passwords in the addresses, and both as the environment has them."""
        in_urls = [*urls, *(os.environ.get(name, "") for name in _ADDRESSES)]
        found = {
            *filter(None, keys),
            *filter(None, map(os.environ.get, _VARIABLES)),
            *(part for url in in_urls for part in _of_url(url)),
        }
        return cls(tuple(sorted(found, key=lambda value: (-len(value), value))))

    @property
    def telling(self) -> Secrets:
        """Those that are too long to be a word of a text by chance."""
        return Secrets(tuple(value for value in self.values if len(value) >= _SHORTEST))

    def hidden(self, text: str) -> str:
        """A text without them."""
        for value in self.values:
            text = text.replace(value, _HIDDEN)
        return text

    def begun(self, text: str) -> int:
        """How many characters at the end of a text may be the beginning of one of them."""
        return max((_overlap(text, value) for value in self.values), default=0)


NO_SECRETS = Secrets()


class Hiding:
    """Passes a text on as it arrives, without the secrets; what may be a part of one waits.

    Args:
        secrets: what is hidden.
        on_text: told the rest.
    """

    def __init__(self, secrets: Secrets, on_text: OnText) -> None:
        self._secrets, self._on_text = secrets, on_text
        self._held = ""

    def __call__(self, piece: str) -> None:
        """Take the next piece."""
        text = self._secrets.hidden(self._held + piece)
        sure = len(text) - self._secrets.begun(text)
        self._held = text[sure:]
        if sure:
            self._on_text(text[:sure])

    def end(self) -> None:
        """Pass on what waited: no more will come."""
        held, self._held = self._held, ""
        if held:
            self._on_text(held)


def _of_url(url: str) -> Iterator[str]:
    """What of an address proves who asks: the password, or a name that stands alone."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return
    name, password = parts.username or "", parts.password or ""
    secret = password or name
    if secret:
        pair = f"{unquote(name)}:{unquote(password)}"
        yield from {secret, unquote(secret), b64encode(pair.encode()).decode()}


def _overlap(text: str, value: str) -> int:
    longest = min(len(value) - 1, len(text))
    return next((size for size in range(longest, 0, -1) if text.endswith(value[:size])), 0)
