"""A text cut at the first of some stop strings, also where it arrives in pieces."""

from __future__ import annotations

from collections.abc import Iterable


class UntilStop:
    """Passes on a text up to the first stop string.

    Args:
        stops: the strings that end it; none of them is passed on.
    """

    def __init__(self, stops: Iterable[str]) -> None:
        self._stops = tuple(filter(None, stops))
        self._held = ""
        self._over = False

    def feed(self, piece: str) -> str:
        """What of the text so far may be shown and was not; what may begin a stop is kept back."""
        if self._over:
            return ""
        text = self._held + piece
        found = [place for stop in self._stops if (place := text.find(stop)) >= 0]
        if found:
            self._over, self._held = True, ""
            return text[: min(found)]
        safe = len(text) - max((_begun(text, stop) for stop in self._stops), default=0)
        self._held = text[safe:]
        return text[:safe]

    def rest(self) -> str:
        """What was kept back, once the text is at its end."""
        held, self._held = self._held, ""
        return held


def cut(text: str, stops: Iterable[str]) -> str:
    """`text` up to the first stop string in it."""
    until = UntilStop(stops)
    return until.feed(text) + until.rest()


def _begun(text: str, stop: str) -> int:
    """How many characters at the end of `text` may be the beginning of `stop`."""
    longest = min(len(stop) - 1, len(text))
    return next((n for n in range(longest, 0, -1) if text.endswith(stop[:n])), 0)
