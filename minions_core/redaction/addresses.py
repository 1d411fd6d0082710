"""Addresses of people and machines on the network: e-mail, IPv4, IPv6."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from minions_core.documents import Span

_EMAIL = re.compile(
    r"(?<![\w.%+\-])\w(?:[\w.%+\-']{0,62}[\w%+\-])?"
    r"@(?:[^\W_](?:[\w\-]{0,61}[^\W_])?\.){1,8}"
    r"(?!(?:png|jpe?g|gif|svg|webp)\b)(?:xn--[a-z0-9\-]{2,59}|[^\W\d_]{2,24})(?![^\W_])",
    re.IGNORECASE,
)

_IPV4 = re.compile(r"(?<![\w.])(?<![a-z]/)\d{1,3}(?:\.\d{1,3}){3}(?!\w|\.\d)", re.IGNORECASE)
_NUMBERED = re.compile(
    r"(?:version|ver\.?|v\.?|release|revision|rev\.?|firmware|build|driver|software|section|sect\.?"
    r"|sec\.?|§|clause|article|art\.?|paragraph|para\.?|chapter|item|annex|exhibit|appendix"
    r"|schedule|note|step|figure|fig\.?|table|part|no\.?)[ \t\xa0]*\Z",
    re.IGNORECASE,
)
_NETWORKED = re.compile(
    r"(?<![^\W_])(?:ip|ipv4|address(?:es)?|hosts?|servers?|dns|ping|gateway|subnet|router|client)"
    r"(?![^\W_])[^\n]{0,30}\Z|://\Z",
    re.IGNORECASE,
)
_PORT_OR_MASK = re.compile(r":\d{2,5}\b|/\d{1,2}\b")
_CONTEXT = 48
_LIKE_A_HEADING = range(1, 100)

_IPV6 = re.compile(
    r"(?<![\w:.])(?=[0-9a-f]{0,4}:)[0-9a-f:.]{2,45}(?<![.:])(?![\w:])", re.IGNORECASE
)
_FEWEST_GROUPS = 4


def emails(text: str) -> Iterator[Span]:
    """Where e-mail addresses stand in a text."""
    return (Span(*match.span()) for match in _EMAIL.finditer(text))


def ip_addresses(text: str) -> Iterator[Span]:
    """Where addresses of machines stand; numbers of versions and sections are none."""
    for match in _IPV4.finditer(text):
        if _is_ipv4(match.group()) and _means_a_machine(text, match):
            yield Span(*match.span())
    for match in _IPV6.finditer(text):
        if _is_ipv6(match.group()):
            yield Span(*match.span())


def _is_ipv4(text: str) -> bool:
    try:
        IPv4Address(text)
    except AddressValueError:
        return False
    return True


def _means_a_machine(text: str, match: re.Match[str]) -> bool:
    """Whether the words around four numbers do not make them a version or a section.

    Four small numbers may well be a section, so those need a word, a port or a mask that tells.
    """
    before = text[max(0, match.start() - _CONTEXT) : match.start()]
    if _NUMBERED.search(before):
        return False
    if all(int(part) in _LIKE_A_HEADING for part in match.group().split(".")):
        told = _NETWORKED.search(before) or _PORT_OR_MASK.match(text, match.end())
        return told is not None
    return True


def _is_ipv6(text: str) -> bool:
    """Whether this is an address and not a time, a ratio or a name of a program's: `a::b`."""
    try:
        IPv6Address(text)
    except AddressValueError:
        return False
    groups = [group for group in text.split(":") if group]
    telling = any(len(group) >= _FEWEST_GROUPS - 1 for group in groups)
    return telling and any(map(str.isdigit, text)) and len(groups) > 1
