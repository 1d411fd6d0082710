"""Instructions told from the context in them."""

from __future__ import annotations

import re
from itertools import islice

from minions_core.asking.said import (
    AFTER_LABEL,
    EDGES,
    TEXT_NAMES,
    Asked,
    IsShort,
    tagged,
    without,
)
from minions_core.asking.words import hints, requests

_FIRST_LINES = 3
_ADDRESSES = re.compile(
    r"[\W\d_]*+(?:(?:you|always|never|when(?:ever)? (?:you|(?:the|a) (?:user|customer))|du|sie sind"
    r"|vous|tu|eres|usted|sei|jij|je bent|u bent|ты|вы)(?!\w)|你|您)",
    re.IGNORECASE,
)
_NAMES = (
    f"{TEXT_NAMES}|sources?|references?|knowledge(?: base)?|background|data|search results"
    "|information|results"
)
_OPENS = re.compile(rf"<({TEXT_NAMES}|sources?|search_results)\b[^<>\n]*>", re.IGNORECASE)
_BEGINS = re.compile(
    # a label, on a line of its own or after a sentence
    rf"(?:^[^\S\n]*[#*_>-]*[^\S\n]*|(?<=[.!?:])[^\S\n]+)(?:{_NAMES}){AFTER_LABEL}"
    rf"|^#+[^\S\n]*(?:{_NAMES})[^\S\n]*$"
    rf"|^[^\S\n]*<(?:{TEXT_NAMES}|sources?|search_results)\b[^<>\n]*>"
    # a line that leads to a text, if no list of rules follows it
    rf"|(?<=\b)(?:(?:{_NAMES})\b(?:[ ]\w+){{0,3}}|(?:from|on|with|about) (?:this|these|it))"
    r"[ ]?[:\uff1a][^\S\n]*\n(?!\s*(?:[-*\u2022]|\d+[.)])\s)",
    re.IGNORECASE | re.MULTILINE,
)


def instructed(said: str, *, is_short: IsShort) -> Asked:
    """Tell instructions from a context in them, as prompts have that are made from a template.

    A context is what stands between tags such as `<context>`, or follows a label such as
    `Context:` or a line that leads to it, as `Answer from these documents:` does. Where nothing
    marks its end, all that follows is context.

    Args:
        said: both, in one string.
        is_short: tells what is sent as it is, whatever is in it.

    Returns:
        The instructions as the question, however long they are. Where nothing is marked as a
        context, all of it is instructions if its first lines address a reader, and a text if not:
        a document alone, as somebody may give one.
    """
    body = said.strip(EDGES)
    if is_short(body):
        return Asked(body, "")
    asked = tagged(body, is_short)
    if asked:
        return asked
    opened, begin = _OPENS.search(body), _BEGINS.search(body)
    if opened and not (begin and begin.start() < opened.start()):
        closing = f"</{opened[1]}>"
        closed = body.rfind(closing, opened.end())
        if closed >= 0:
            start, end = opened.start(), closed + len(closing)
            return Asked(without(body, start, end), body[start:end])
    if not begin:
        return Asked(body, "") if _is_for_a_reader(body) else Asked("", body)
    leads = begin.end() if begin[0].endswith("\n") else begin.start()
    return Asked(body[:leads].strip(EDGES), body[leads:].strip(EDGES))


def _is_for_a_reader(body: str) -> bool:
    first_lines = islice(filter(str.strip, body.split("\n")), _FIRST_LINES)
    return any(_ADDRESSES.match(line) or hints(line) or requests(line) for line in first_lines)
