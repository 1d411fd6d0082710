"""Hides what is sensitive behind placeholders, and puts it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from minions_core.documents import Span
from minions_core.errors import RedactionError
from minions_core.redaction.base import Redactor, Sensitive
from minions_core.redaction.literals import replaced_in_code
from minions_core.redaction.placeholders import Revealing, kind_name, mentions, replaced
from minions_core.redaction.values import KnownValues, key


class Vault:
    """What was hidden in a run, and behind which placeholder.

    The same value has the same placeholder in all texts, so that the remote model can tell who is
    who without knowing either. Values are the same if they differ in white space only; e-mail
    addresses, IBANs and IP addresses also if they differ in case; numbers of phones, cards and
    accounts also if they are grouped differently. A placeholder comes back as its value was first
    spelled: `reveal(hide(text))` is `text` but for that, and is exactly `text` if each value in it
    has been met in one spelling only.

    A document may hold `[EMAIL_1]` of its own, by chance or to mislead. A number met so, in `texts`
    or in any text before it was given out, is never given out, and stays as it is when other
    placeholders are revealed. What has the form of a placeholder already given out is taken for
    it; so pass all texts of the run at the start.

    Without a redactor nothing is hidden and nothing is looked for. Not for several threads at once.

    Args:
        redactor: finds what to hide, or None.
        texts: all texts of the run that are known at its start: documents, their names, the
            question, what was said before.
    """

    def __init__(self, redactor: Redactor | None, texts: Iterable[str] = ()) -> None:
        self._redactor = redactor
        self._values: dict[str, str] = {}
        self._names: dict[tuple[str, str], str] = {}
        self._given = Counter[str]()
        self._reserved: set[str] = set()
        self._known = KnownValues()
        if redactor is not None:
            for text in texts:
                self._reserve(text)

    @property
    def placeholders(self) -> Mapping[str, str]:
        """What each placeholder stands for, as it was first spelled: `[EMAIL_1]` to an address."""
        return {f"[{name}]": value for name, value in self._values.items()}

    def learn(self, text: str) -> str:
        """Get to know what is sensitive in a text of the run, however long, before any leaves.

        Returns:
            The text with that hidden; what leaves of it is still to be hidden by `hide`, since a
            later text may tell of more.

        Raises:
            RedactionError: the redactor failed.
        """
        if self._redactor is None:
            return text
        self._reserve(text)
        return self._hidden_once(text, self._redactor)

    def hide(self, text: str) -> str:
        """A text as it may leave: a placeholder for each sensitive passage.

        Hides what the redactor finds, and what it found in earlier texts wherever that stands as a
        whole word. Of passages that overlap, the longest tells the kind, and one placeholder
        stands for all they cover. Placeholders in the text stay; hiding twice changes nothing.

        Raises:
            RedactionError: the redactor failed, so nothing may leave.
        """
        if self._redactor is None:
            return text
        self._reserve(text)
        # A redactor may see more once a part is hidden, and each pass leaves less for the next.
        while (hidden := self._hidden_once(text, self._redactor)) != text:
            text = hidden
        return text

    def reveal(self, text: str) -> str:
        """A text with values for the placeholders in it; unknown placeholders stay.

        Also takes what models make of them: `[email_1]`, `[EMAIL 1]`, and EMAIL_1 in backticks.
        """
        return replaced(text, self._values) if self._values else text

    def reveal_in_code(self, code: str) -> str:
        """A plan, in Python or JSON, with values for the placeholders in its strings.

        A value is escaped, so that it cannot end its string or change the program around it.
        """
        return replaced_in_code(code, self._values) if self._values else code

    def revealing(self) -> Revealing:
        """A filter that reveals a text which arrives in pieces; one for each text."""
        return Revealing(self._values)

    def _reserve(self, text: str) -> None:
        met = {mention.name for mention in mentions(text)}
        self._reserved.update(met.difference(self._values))

    def _hidden_once(self, text: str, redactor: Redactor) -> str:
        standing = [item.span for item in mentions(text) if item.name in self._values]
        found = [*self._known.find(text), *_found(redactor, text)]
        passages = [
            Sensitive(part, kind_name(item.kind))
            for item in found
            for part in _apart(item.span, standing)
            if any(map(str.isalnum, text[part.start : part.end]))
        ]
        parts: list[str] = []
        end = 0
        for passage in _united(_trimmed(text, passage) for passage in passages):
            span = passage.span
            parts += (text[end : span.start], self._placeholder(passage.kind, text, span))
            end = span.end
        return "".join([*parts, text[end:]])

    def _placeholder(self, kind: str, text: str, span: Span) -> str:
        value = text[span.start : span.end]
        same = kind, key(kind, value)
        if same not in self._names:
            self._names[same] = self._next_name(kind)
            self._values[self._names[same]] = value
            self._known.add(kind, value)
        return f"[{self._names[same]}]"

    def _next_name(self, kind: str) -> str:
        while True:
            self._given[kind] += 1
            name = f"{kind}_{self._given[kind]}"
            if name not in self._reserved:
                return name


def _found(redactor: Redactor, text: str) -> Sequence[Sensitive]:
    try:
        return redactor.find(text)
    except Exception as error:
        name = type(redactor).__name__
        raise RedactionError(
            f"the redactor {name} failed on a text of {len(text):,} characters, so none of it was "
            f"sent: {type(error).__name__}: {error}"
        ) from error


def _apart(span: Span, standing: list[Span]) -> Iterator[Span]:
    """The parts of a span outside the placeholders, which are given in order."""
    start = span.start
    for other in standing:
        if len(span.common(other)):
            yield Span(start, max(start, other.start))
            start = other.end
    yield Span(start, max(start, span.end))


def _trimmed(text: str, passage: Sensitive) -> Sensitive:
    start, end = passage.span.start, passage.span.end
    value = text[start:end]
    start += len(value) - len(value.lstrip())
    return Sensitive(Span(start, start + len(value.strip())), passage.kind)


def _united(passages: Iterable[Sensitive]) -> list[Sensitive]:
    """The passages in order, those that overlap made one, of the kind of the longest."""
    united: list[Sensitive] = []
    longest = 0
    for passage in sorted(passages, key=lambda passage: passage.span):
        last = united[-1] if united else None
        if last is None or passage.span.start >= last.span.end:
            united.append(passage)
            longest = len(passage.span)
            continue
        kind = passage.kind if len(passage.span) > longest else last.kind
        longest = max(longest, len(passage.span))
        end = max(last.span.end, passage.span.end)
        united[-1] = Sensitive(Span(last.span.start, end), kind)
    return united
