"""Finds sensitive passages by how they are written, with no model and nothing to install."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

from minions_core.documents import Span
from minions_core.errors import UsageError
from minions_core.redaction.base import Sensitive

_KIND = re.compile(r"[A-Z][A-Z0-9_]{0,39}")
_NONE: Mapping[str, str | re.Pattern[str]] = MappingProxyType({})


class PatternRedactor:
    r"""Finds what can be told by its form: addresses, telephone numbers, cards, accounts.

    Made for reports full of figures: a number counts only where its check digits, its grouping or
    the word before it leave little doubt. Names of people have no form; for those plug in
    `PresidioRedactor`, or list them: `PatternRedactor(extra={"CLIENT": "Smith|Jones"})`.

    Args:
        kinds: which of the built-in ones to look for: `EMAIL`, `PHONE`, `CARD` (payment cards),
            `IBAN`, `IP` (v4 and v6) and `SSN` (United States); None is all of them.
        extra: patterns of your own by kind, a capital letter and then capitals, digits and
            underscores. Of a pattern with a group named `value` only that group is hidden:
            `{"CLIENT": r"client no\. (?P<value>\d+)"}`. A built-in kind is added to.

    Raises:
        UsageError: there is no such built-in kind, or a kind or a pattern of yours cannot be used.
    """

    def __init__(
        self,
        kinds: Iterable[str] | None = None,
        extra: Mapping[str, str | re.Pattern[str]] = _NONE,
    ) -> None:
        built_in = _built_in()
        wanted = tuple(built_in if kinds is None else kinds)
        unknown = [kind for kind in wanted if kind not in built_in]
        if unknown:
            raise UsageError(f"no built-in kind {unknown[0]!r}; there are {', '.join(built_in)}")
        self._finders = tuple((kind, built_in[kind]) for kind in dict.fromkeys(wanted))
        self._extra = tuple((_checked(kind), _compiled(kind, extra[kind])) for kind in extra)

    def find(self, text: str) -> list[Sensitive]:
        """The sensitive passages of a text, in any order; they may overlap."""
        found = [Sensitive(span, kind) for kind, spans in self._finders for span in spans(text)]
        for kind, pattern in self._extra:
            group = "value" if "value" in pattern.groupindex else 0
            spans = (Span(*match.span(group)) for match in pattern.finditer(text))
            found.extend(Sensitive(span, kind) for span in spans if len(span))
        return found


def _built_in() -> dict[str, Callable[[str], Iterator[Span]]]:
    """What finds each built-in kind; their patterns take time to compile, so only when wanted."""
    from minions_core.redaction.accounts import cards, ibans, social_security_numbers
    from minions_core.redaction.addresses import emails, ip_addresses
    from minions_core.redaction.phones import phones

    return {
        "EMAIL": emails,
        "PHONE": phones,
        "CARD": cards,
        "IBAN": ibans,
        "IP": ip_addresses,
        "SSN": social_security_numbers,
    }


def _checked(kind: str) -> str:
    if not _KIND.fullmatch(kind):
        raise UsageError(
            f"extra: {kind!r} cannot name a kind; use up to 40 capital letters, digits and "
            "underscores, such as CUSTOMER_ID"
        )
    return kind


def _compiled(kind: str, pattern: str | re.Pattern[str]) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise UsageError(f"extra: the pattern of {kind} cannot be read: {error}") from error
