"""The question told from the text it is asked of, where somebody gives both in one string.

People write the question before the text or after it, and say which is which in a few ways: a
label, a tag, a question mark, a colon. What is told apart here goes to the remote model, so of the
text around a question as little as possible comes with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from minions_core.errors import UsageError

_ENGLISH = r"(?:(?:the|my|our|user(?:'s)?)[ ]+)?(?:question|query|task|instructions?)"
_OTHERS = (
    "frage|aufgabe|anweisung|consigne|pregunta|tarea|domanda|compito|pergunta|tarefa|vraag"
    "|\u0432\u043e\u043f\u0440\u043e\u0441|\u0437\u0430\u0434\u0430\u043d\u0438\u0435"
    "|\u95ee\u9898|\u554f\u984c|\u4efb\u52a1|\u8cea\u554f|\uc9c8\ubb38"
)
_BEFORE_LABEL = r"^[^\S\n]*+(?:[#>*_-]++[^\S\n]*+)*+"
_AFTER_LABEL = r"(?:[ ]?\d+)?[*_]*[^\S\n]*[:\uff1a][*_]*[^\S\n]*"
_SURE = re.compile(
    rf"{_BEFORE_LABEL}(?:{_ENGLISH}|{_OTHERS}){_AFTER_LABEL}"
    rf"|^#+[^\S\n]*(?:{_ENGLISH}|{_OTHERS})[^\S\n]*$",
    re.IGNORECASE | re.MULTILINE,
)
_UNSURE = re.compile(rf"{_BEFORE_LABEL}q{_AFTER_LABEL}", re.IGNORECASE | re.MULTILINE)
_ANSWER = rf"{_BEFORE_LABEL}(?:(?:the|your|my|final|helpful)[ ]+)?(?:answer|a|antwort|response)"
_ANSWERED = re.compile(rf"{_ANSWER}{_AFTER_LABEL}(?=\S)", re.IGNORECASE | re.MULTILINE)
_TO_BE_ANSWERED = re.compile(rf"{_ANSWER}{_AFTER_LABEL}\Z", re.IGNORECASE | re.MULTILINE)
_TAGGED = re.compile(
    r"<(question|query|task|instructions?)>((?:(?!</?\1>).)*)</\1>", re.IGNORECASE | re.DOTALL
)
_TEXT_BEGINS = re.compile(
    r"^[^\S\n]*(?:[#*_]*(?:context|documents?|text|passages?|article|excerpts?|transcript)"
    rf"{_AFTER_LABEL}|<(?:context|documents?|text|passages?|article|excerpts?|transcript)\b[^<>\n]*>)",
    re.IGNORECASE | re.MULTILINE,
)
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_LINE_ENDS = re.compile(r"\n")
_SENTENCE_ENDS = re.compile(r"(?<=[.!?])[^\S\n]+|(?<=[\u3002\uff01\uff1f\uff1a])|(?<=:)[^\S\n]+")
_CLOSING = "\"'\u201d\u2019)]*_ "
_ASKS = ("?", "\uff1f", "\u061f")
_LEADS = (*_ASKS, ":", "\uff1a")
_FEWEST_WRAPPED_CHARS = 50
_EDGES = " \t\r\n"
_ADDRESSES = re.compile(
    r"(?:please\s+)?(?:you|your|use|using|answer|act|given|based|do|don't|never|always|only|read"
    r"|reply|respond|summari[sz]e|du|sie|ihr|tu|vous|usted)\b",
    re.IGNORECASE,
)

IsShort: TypeAlias = Callable[[str], bool]
"""Whether a text is short enough to be a question."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody said, in its two parts.

    Attributes:
        question: what is asked; short.
        text: what it is asked of: all that was said but the question or, where nothing marks the
            question, all of it.
    """

    question: str
    text: str


def told_apart(said: str, *, is_short: IsShort, surely: bool = False) -> Asked:
    """Tell the question from the text it is asked of.

    The question is the first of these that is there:

    - what stands between the tags of a `<question>` at the beginning or the end,
    - what follows a label such as `Question:` or `Task:` at the end,
    - the beginning, if it has such a label,
    - the last line, if it ends in a question mark, and the beginning, if that ends in one or in a
      colon: both where both do, since a text may end in a question, too,
    - the first and the last paragraph, as far as they are short: rather a line of the text too
      much than a question lost.

    Args:
        said: both, in one string. All of it is the question if it is short.
        is_short: tells what may be a question.
        surely: leave out the last of these: what nothing marks is no question.

    Raises:
        UsageError: nothing in it can be the question.
    """
    body = _TO_BE_ANSWERED.sub("", said.strip(_EDGES)).strip(_EDGES)
    if body and is_short(body):
        return Asked(body, "")
    rules = (_tagged, _labelled, _begun_with_label, _marked, _at_the_edges)
    for rule in rules[: -1 if surely else None]:
        asked = rule(body, is_short)
        if asked and asked.question and is_short(asked.question):
            return asked
    raise UsageError(
        "there is text to read but no question: put the question into a message or a content "
        "block of its own, or give the text as context="
    )


def instructed(said: str, *, is_short: IsShort) -> Asked:
    """Tell instructions from the text that follows them, as prompts with a context in them have.

    Args:
        said: both, in one string.
        is_short: tells what may be an instruction.

    Returns:
        The instructions as the question. It is empty where nothing shows that the beginning is
        one: what may be a part of the text counts as that.
    """
    body = said.strip(_EDGES)
    if is_short(body):
        return Asked(body, "")
    for rule in (_tagged, _labelled, _begun_with_label, _addressed):
        asked = rule(body, is_short)
        if asked and asked.question and is_short(asked.question):
            return asked
    return Asked("", body)


def _tagged(body: str, is_short: IsShort) -> Asked | None:
    at_the_edges = (
        tag
        for tag in _TAGGED.finditer(body)
        if is_short(tag[2]) and (tag.start() == 0 or tag.end() == len(body))
    )
    tag = next(at_the_edges, None)
    return tag and Asked(tag[2].strip(), _rest(body, tag.start(), tag.end()))


def _labelled(body: str, is_short: IsShort) -> Asked | None:
    """What follows a label, to the end."""
    return _from_label(body, _SURE, is_short)


def _from_label(body: str, label: re.Pattern[str], is_short: IsShort) -> Asked | None:
    """What follows the first label of the last paragraph that has any, if it has no answer."""
    labels = list(label.finditer(body))
    paragraph = _last_end(_BLANK_LINE, body, labels[-1].start()) if labels else 0
    asked = None
    for found in reversed(labels):
        question = body[found.end() :].strip()
        is_answered = _ANSWERED.search(question) or _TEXT_BEGINS.search(question)
        if found.start() < paragraph or not is_short(question) or is_answered:
            break
        asked = Asked(question, _rest(body, found.start(), len(body))) if question else None
    return asked


def _begun_with_label(body: str, is_short: IsShort) -> Asked | None:
    return _begun(body, is_short, lambda head: bool(_SURE.search(head)))


def _marked(body: str, is_short: IsShort) -> Asked | None:
    """A question at the end, or the beginning that leads to the text, or both."""
    before = _begun(
        body, is_short, lambda head: _ends_in(head, _LEADS) or bool(_UNSURE.match(head))
    )
    after = _from_label(_last_paragraph(body), _UNSURE, is_short) or _last_question(body, is_short)
    if before and after:
        return Asked(f"{before.question}\n\n{after.question}", body)
    if after:
        return Asked(after.question, _rest(body, body.rindex(after.question), len(body)))
    return before


def _last_question(body: str, is_short: IsShort) -> Asked | None:
    """The last line, if it asks, with the lines it was wrapped from; or its last sentence."""
    lines = _last_paragraph(body).split("\n")
    if not _ends_in(lines[-1], _ASKS):
        return None
    first = len(lines) - 1
    while first and _is_wrapped(lines[first - 1], lines[first]):
        first -= 1
    whole = "\n".join(lines[first:]).strip()
    *_, sentence = _SENTENCE_ENDS.split(lines[-1].strip())
    return next((Asked(part, "") for part in (whole, sentence) if is_short(part)), None)


def _is_wrapped(before: str, line: str) -> bool:
    """Whether a line goes on with a sentence of the line before."""
    is_open = before.rstrip()[-1:] not in {"", ".", "!", "?", ":", "|"}
    return is_open and line.lstrip()[:1].islower() and len(before.strip()) >= _FEWEST_WRAPPED_CHARS


def _addressed(body: str, is_short: IsShort) -> Asked | None:
    return _begun(
        body, is_short, lambda head: _ends_in(head, _LEADS) or bool(_ADDRESSES.match(head))
    )


def _begun(body: str, is_short: IsShort, is_meant: Callable[[str], bool]) -> Asked | None:
    """The beginning, if it is short and meant for whoever reads the text."""
    for end in _ends_of_beginning(body):
        head = body[:end].strip()
        if head and is_short(head) and is_meant(head):
            return Asked(_unlabelled(head), _rest(body, 0, end))
    return None


def _ends_of_beginning(body: str) -> Iterator[int]:
    """Where a beginning may end: before the text, at a blank line, a line's or a sentence's end.

    A sentence ends within the first line: further on it is one of the text.
    """
    for pattern in (_TEXT_BEGINS, _BLANK_LINE, _LINE_ENDS):
        found = pattern.search(body)
        if found:
            yield found.start()
    sentence = _SENTENCE_ENDS.search(body.split("\n", maxsplit=1)[0])
    if sentence:
        yield sentence.start()


def _at_the_edges(body: str, is_short: IsShort) -> Asked | None:
    """The first and the last paragraph, as far as they are short, and all of it as the text."""
    first = _BLANK_LINE.split(body, maxsplit=1)[0].strip()
    last = _last_paragraph(body)
    short = [part for part in (first, last) if part and is_short(part)]
    both = "\n\n".join(short)
    return Asked(both if is_short(both) else short[-1], body) if short else None


def _last_paragraph(body: str) -> str:
    return body[_last_end(_BLANK_LINE, body, len(body)) :].strip()


def _last_end(pattern: re.Pattern[str], body: str, end: int) -> int:
    """Where the last match before `end` ends; 0 if there is none."""
    return max((found.end() for found in pattern.finditer(body, 0, end)), default=0)


def _ends_in(line: str, marks: tuple[str, ...]) -> bool:
    return line.rstrip(_CLOSING).endswith(marks)


def _unlabelled(head: str) -> str:
    for label in (_SURE, _UNSURE):
        found = label.match(head)
        if found:
            return head[found.end() :].strip()
    return head


def _rest(body: str, start: int, end: int) -> str:
    """What is left when a part is taken out."""
    sides = body[:start].rstrip(_EDGES), body[end:].lstrip(_EDGES)
    return "\n\n".join(filter(None, sides))
