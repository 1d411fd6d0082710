"""The question told from the text it is asked of, where somebody gives both in one string.

People write the question before the text or after it, and say which is which in a few ways: a
label, a tag, a question mark, the words of a request. What is told apart here goes to the remote
model, so nothing goes that is not surely the user's own words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile, zip_longest

from minions_core.asking.said import (
    AFTER_LABEL,
    BEFORE_LABEL,
    BLANK_LINE,
    EDGES,
    TEXT_NAMES,
    Asked,
    IsShort,
    last_end,
    tagged,
    without,
)
from minions_core.asking.words import hints, requests, speaks, thanks, wishes
from minions_core.errors import UsageError

_ENGLISH = r"(?:(?:the|my|our|user(?:'s)?)[ ]+)?(?:question|query|task|instructions?)"
_OTHERS = (
    "frage|aufgabe|anweisung|consigne|pregunta|tarea|domanda|compito|pergunta|tarefa|vraag"
    "|\u0432\u043e\u043f\u0440\u043e\u0441|\u0437\u0430\u0434\u0430\u043d\u0438\u0435"
    "|\u95ee\u9898|\u554f\u984c|\u4efb\u52a1|\u8cea\u554f|\uc9c8\ubb38"
)
_SURE = re.compile(
    rf"{BEFORE_LABEL}(?:{_ENGLISH}|{_OTHERS}){AFTER_LABEL}"
    rf"|^#+[^\S\n]*(?:{_ENGLISH}|{_OTHERS})[^\S\n]*$",
    re.IGNORECASE | re.MULTILINE,
)
_UNSURE = re.compile(rf"{BEFORE_LABEL}q{AFTER_LABEL}", re.IGNORECASE | re.MULTILINE)
_ANSWER = rf"{BEFORE_LABEL}(?:(?:the|your|my|final|helpful)[ ]+)?(?:answer|a|antwort|response)"
_ANSWERED = re.compile(rf"{_ANSWER}{AFTER_LABEL}(?=\S)", re.IGNORECASE | re.MULTILINE)
_TO_BE_ANSWERED = re.compile(rf"{_ANSWER}{AFTER_LABEL}\Z", re.IGNORECASE | re.MULTILINE)
_TEXT_BEGINS = re.compile(
    rf"^[^\S\n]*(?:[#*_]*(?:{TEXT_NAMES}){AFTER_LABEL}|<(?:{TEXT_NAMES})\b[^<>\n]*>)",
    re.IGNORECASE | re.MULTILINE,
)
_SENTENCE_ENDS = re.compile(
    r"(?<=[.!?:])(?<!^\d\.)(?<!^\d\d\.)[^\S\n]+|(?<=[\u3002\uff01\uff1f\uff1a])"
)
_LINE_ENDS = re.compile(r"\n")
_ABOUT_A_QUESTION = re.compile(r"\b(?:questions?|query|frage|pregunta|domanda)\b", re.IGNORECASE)
_RUNS_INTO_THE_TEXT = re.compile(r"\b(?i:following|below)\b(?:\s+\w+)?,?\s+[\"\u201c]?[A-Z]")
_CLOSING = "\"'\u201d\u2019)]*_ "
_ASKS = ("?", "\uff1f", "\u061f")
_COLONS = (":", "\uff1a")
_FEWEST_WRAPPED_CHARS = 50
_FEWEST_LEADING_WORDS = 3
_HINT, _QUESTION, _REQUEST = 1, 2, 3


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of what was said, and how surely it asks: 0 if nothing shows that it does."""

    start: int
    end: int
    weight: int = 0

    def of(self, body: str) -> str:
        """Its words, without a label."""
        return _unlabelled(body[self.start : self.end].strip())


def told_apart(said: str, *, is_short: IsShort, surely: bool = False) -> Asked:
    """Tell the question from the text it is asked of.

    The question is the first of these that is there:

    - what stands between the tags of a `<question>` at the beginning or the end,
    - what follows a label such as `Question:` or `Task:` at the end,
    - the beginning, if it has such a label,
    - the sentences at the beginning or at the end that ask: requests, as "Summarise the letter",
      before what ends in a question mark, since a text may do that, too; those of both ends, if
      both ask as surely; and with hints, as "Answer in French", at the other end,
    - a first line that leads to the text: of several words, with a colon at its end.

    Nothing else is taken for a question: a line of a text is not to leave by accident.

    Args:
        said: both, in one string. All of it is the question if it is short.
        is_short: tells what may be a question.
        surely: leave out the last of these: what only leads to a text is no question.

    Raises:
        UsageError: nothing in it can be the question.
    """
    body = _TO_BE_ANSWERED.sub("", said.strip(EDGES)).strip(EDGES)
    if body and is_short(body):
        return Asked(body, "")
    rules = (tagged, _labelled, _begun_with_label, _asked_for, _leading)
    for rule in rules[: -1 if surely else None]:
        asked = rule(body, is_short)
        if asked and asked.question and is_short(asked.question):
            return asked
    raise UsageError(
        "there is text to read but no question that is surely one: put it behind the text after "
        "'Question:', or into a message or a content block of its own, or give the text as context="
    )


def _labelled(body: str, is_short: IsShort) -> Asked | None:
    """What follows a label, to the end."""
    return _from_label(body, _SURE, is_short)


def _from_label(body: str, label: re.Pattern[str], is_short: IsShort) -> Asked | None:
    """What follows the first label of the last paragraph that has any, if it has no answer."""
    labels = list(label.finditer(body))
    paragraph = last_end(BLANK_LINE, body, labels[-1].start()) if labels else 0
    asked = None
    for found in reversed(labels):
        question = body[found.end() :].strip()
        is_answered = _ANSWERED.search(question) or _TEXT_BEGINS.search(question)
        if found.start() < paragraph or not is_short(question) or is_answered:
            break
        asked = Asked(question, without(body, found.start(), len(body))) if question else None
    return asked


def _begun_with_label(body: str, is_short: IsShort) -> Asked | None:
    for end in _ends_of_beginning(body):
        head = body[:end].strip()
        if head and is_short(head) and _SURE.search(head):
            return Asked(_unlabelled(head), without(body, 0, end))
    return None


def _asked_for(body: str, is_short: IsShort) -> Asked | None:
    """What asks at the beginning and at the end, as far as it asks as surely as the other does."""
    first, last = _beginning(body, is_short), _ending(body, is_short)
    most = max(first.weight, last.weight)
    asking = [part for part in (first, last) if part.weight in {most, _HINT} and part.of(body)]
    if len(asking) > 1 and first.end <= last.start:
        both = "\n\n".join(part.of(body) for part in asking)
        if is_short(both):
            is_doubtful = first.weight == last.weight == _QUESTION
            return Asked(both, body if is_doubtful else _between(body, first, last))
    surest = [part for part in asking if part.weight == most][-1:]
    return next(
        (Asked(part.of(body), without(body, part.start, part.end)) for part in surest), None
    )


def _between(body: str, first: _Part, last: _Part) -> str:
    return without(without(body, last.start, last.end), first.start, first.end)


def _leading(body: str, _: IsShort) -> Asked | None:
    """A first line of several words that ends in a colon."""
    line = body.partition("\n")[0].strip()
    if len(line.split()) < _FEWEST_LEADING_WORDS or not _ends_in(line, _COLONS):
        return None
    return Asked(line, without(body, 0, len(line)))


def _beginning(body: str, is_short: IsShort) -> _Part:
    """The sentences of the first paragraph that ask: those it begins with, or it ends in."""
    ends = [found.start() for found in map(_search(body), (_TEXT_BEGINS, BLANK_LINE)) if found]
    sentences = _sentences(body, 0, min(ends, default=len(body)), is_short)
    asking = list(takewhile(_asks, sentences))
    if not ends or not sentences:
        return _joined(asking)
    first, line = sentences[0], body[: min(ends)].strip()
    is_led = first.weight in {_HINT, _REQUEST} and not _ends_in(first.of(body), _COLONS)
    if is_led and "\n" not in line and is_short(line):
        return _joined(sentences)
    return _joined(asking or _asking_at_the_end(sentences))


def _ending(body: str, is_short: IsShort) -> _Part:
    """The sentences of the last paragraph that ask; all of it, if it begins with a request."""
    end = len(thanks.sub("", body).rstrip(EDGES))
    start = last_end(BLANK_LINE, body, end)
    labelled = _from_label(body[start:end], _UNSURE, is_short)
    if labelled:
        return _Part(start + body[start:end].rindex(labelled.question), end, _QUESTION)
    sentences = _sentences(body, start, end, is_short)
    is_led = sentences and sentences[0].weight == _REQUEST and is_short(body[start:end])
    return _joined(sentences if is_led else _asking_at_the_end(sentences))


def _asking_at_the_end(sentences: Sequence[_Part]) -> list[_Part]:
    return list(takewhile(_asks, reversed(sentences)))[::-1]


def _joined(parts: Sequence[_Part]) -> _Part:
    if not parts:
        return _Part(0, 0)
    return _Part(parts[0].start, parts[-1].end, max(part.weight for part in parts))


def _asks(part: _Part) -> bool:
    return part.weight > 0


def _sentences(body: str, start: int, end: int, is_short: IsShort) -> list[_Part]:
    """The sentences between two places; one that goes on in the next line is one all the same."""
    parts: list[_Part] = []
    for first, last in _lines(body, start, end):
        line = body[first:last]
        is_said = speaks(line) and not requests(line) and not _UNSURE.match(line)
        cuts = [first, *(first + cut.end() for cut in _SENTENCE_ENDS.finditer(line)), last]
        for begin, until in pairwise(cuts):
            sentence = body[begin:until].strip()
            if sentence:
                weight = 0 if is_said or not is_short(sentence) else _weight(sentence)
                parts.append(_Part(begin, until, weight))
    return parts


def _lines(body: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where lines begin and end; those a sentence was wrapped into are one."""
    first = at = start
    lines = body[start:end].split("\n")
    for line, following in zip_longest(lines, lines[1:]):
        at += len(line)
        if following is None or not _is_wrapped(line, following):
            yield first, at
            first = at + 1
        at += 1


def _is_wrapped(before: str, line: str) -> bool:
    """Whether a line goes on with a sentence of the line before."""
    is_open = before.rstrip()[-1:] not in {"", ".", "!", "?", ":", "|"}
    return is_open and line.lstrip()[:1].islower() and len(before.strip()) >= _FEWEST_WRAPPED_CHARS


def _weight(sentence: str) -> int:
    if _RUNS_INTO_THE_TEXT.search(sentence):
        return 0
    if requests(sentence):
        return _HINT if _ABOUT_A_QUESTION.search(sentence) else _REQUEST
    if _ends_in(sentence, _ASKS) or wishes(sentence) or _UNSURE.match(sentence):
        return _QUESTION
    return _HINT if hints(sentence) else 0


def _ends_of_beginning(body: str) -> Iterator[int]:
    """Where a beginning may end: before the text, at a blank line, at the end of a line."""
    for found in map(_search(body), (_TEXT_BEGINS, BLANK_LINE, _LINE_ENDS)):
        if found:
            yield found.start()


def _search(body: str) -> Callable[[re.Pattern[str]], re.Match[str] | None]:
    return lambda pattern: pattern.search(body)


def _ends_in(line: str, marks: tuple[str, ...]) -> bool:
    return line.rstrip(_CLOSING).endswith(marks)


def _unlabelled(head: str) -> str:
    found = _SURE.match(head) or _UNSURE.match(head)
    return head[found.end() :].strip() if found else head
