"""The contract of a plan: what the remote model may reply, and the helpers its code may call.

The contract is the paper's (arXiv 2502.15964, section 5): `prepare_jobs` returns manifests of one
task for one chunk, `transform_outputs` may sum up what came of them. The code itself runs in the
sandbox; here is everything about it that is pure.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias, cast

from minions_core.chunking import CHUNKERS, chunk_by_page
from minions_core.documents import PAGE_BREAK, Chunk, Document, Span
from minions_core.effects import FindingPlace, Manifest
from minions_core.errors import UsageError
from minions_core.loose_json import without_thoughts
from minions_core.search import search

_FENCE = re.compile(r"```[ \t]*(?:python|py)?[ \t]*\n(.*?)(?:```|\Z)", re.DOTALL | re.IGNORECASE)
_BARE_CODE = re.compile(r"^(?:import |from |def |async def |[A-Z_]+ = )", re.MULTILINE)
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)(?:'|\Z)|\"((?:[^\"\\]|\\.)*)(?:\"|\Z)", re.DOTALL)
_MAX_ERROR_CHARS = 600
_NEAR_CHARS = 1500


@dataclass(frozen=True, slots=True)
class Answer:
    """The remote model's reply was an answer."""

    text: str


@dataclass(frozen=True, slots=True)
class PlanCode:
    """The remote model's reply was a plan."""

    code: str


@dataclass(frozen=True, slots=True)
class Neither:
    """The remote model's reply was no plan and no answer; `reason` tells it so."""

    reason: str


Move: TypeAlias = Answer | PlanCode | Neither


def read_move(reply: str, *, last: bool) -> Move:
    """What the remote model did: planned, answered, or neither.

    A plan with an answer beside it is a plan, since nothing had been read when the answer was
    written. On the last turn only an answer counts, and prose without the tags is taken for one.
    """
    text = without_thoughts(reply)
    answer = tagged(text, "answer")
    code = _plan_code(text)
    if code and not (last and answer):
        return PlanCode(code)
    if answer:
        return Answer(answer)
    if answer == "":
        return Neither("The <answer> is empty.")
    if last and text.strip() and not _FENCE.search(text):
        return Answer(text.strip())
    return Neither("There is neither a Python block with prepare_jobs nor an <answer>.")


def tagged(text: str, tag: str) -> str | None:
    """What stands between `<tag>` and `</tag>` (or the end), or None if the tag is missing."""
    found = re.search(rf"<{tag}>(.*?)(?:</{tag}>|\Z)", text, re.DOTALL | re.IGNORECASE)
    return found[1].strip() if found else None


def _plan_code(text: str) -> str | None:
    blocks: list[str] = _FENCE.findall(text)
    if not blocks and "def prepare_jobs" in text:
        start = _BARE_CODE.search(text)
        blocks = [text[start.start() :]] if start else []
    code = "\n".join(blocks).strip()
    return code if "def prepare_jobs" in code else None


def has_transform(code: str) -> bool:
    """Whether a plan defines `transform_outputs`."""
    return "def transform_outputs" in code


def accepted_arguments(code: str, function: str) -> int:
    """How many positional arguments `function` takes in `code` (3 if that cannot be told)."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return 3
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            return 3 if node.args.vararg else len(node.args.posonlyargs) + len(node.args.args)
    return 3


class PlanTools:
    """The helpers plan code may call, and the memory of which text was cut from where.

    Chunks are plain strings to the plan, as the paper's contract has them. Whatever string comes
    back in a manifest is traced to its place: by memory if a helper gave it out, by looking for it
    in the documents if the plan cut it itself.
    """

    def __init__(self, documents: Sequence[Document], places: Sequence[FindingPlace] = ()) -> None:
        self._documents = documents
        self._places = {place.number: place.chunk for place in places}
        self._known: dict[str, Chunk] = {}
        self._last_found = [0] * len(documents)
        for index, document in enumerate(documents):
            whole = Chunk(document.text, index, Span(0, len(document.text)), 1, 1)
            self._known.setdefault(document.text, whole)

    def functions(self) -> Mapping[str, Callable[..., object]]:
        """Each helper by the name plan code calls it."""
        chunkers = {name: partial(self._chunks, name) for name in CHUNKERS}
        return {**chunkers, "search": self._search, "page": self._page, "near": self._near}

    def locate(self, text: str) -> Chunk:
        """`text` as a chunk with its place; without one if it stands in no document."""
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = self._find(text)
        return known

    def _chunks(
        self, name: str, text: object = None, *args: object, doc: object = None, **options: object
    ) -> list[str]:
        given = doc if text is None else text  # the reference implementation calls it `doc`
        source = self.locate(_string(given, f"the text given to {name}"))
        spans = _checked(name, CHUNKERS[name], source.text, *args, **options)
        return [
            self._remember(source, span, number, len(spans))
            for number, span in enumerate(spans, start=1)
        ]

    def _search(self, chunks: object, query: object, k: object = 5) -> list[str]:
        texts = _strings(chunks, "the chunks given to search")
        queries = [query] if isinstance(query, str) else _strings(query, "the query")
        if isinstance(k, bool) or not isinstance(k, int) or k < 1:
            raise UsageError("search: k must be a whole number of at least 1")
        return [texts[index] for index in search(texts, queries, k)]

    def _page(self, i: object, n: object) -> str:
        index = _within(i, len(self._documents), "page: i, the number of the document")
        number = _whole(n, "page: n, the number of the page")
        document = self._documents[index]
        pages = _numbered_pages(document)
        if number not in pages:
            known = f"{min(pages)} to {max(pages)}" if pages else "none"
            raise UsageError(f"page: document {index} has no page {number}; its pages: {known}")
        return self._remember(self.locate(document.text), pages[number], number, max(pages))

    def _near(self, n: object) -> str:
        chunk = self._places.get(_whole(n, "near: n, the evidence number"))
        if chunk is None or chunk.document is None or chunk.span is None:
            shown = ", ".join(str(number) for number in sorted(self._places)) or "none yet"
            raise UsageError(
                f"near: there is no evidence with that number and a place; known: {shown}"
            )
        text = self._documents[chunk.document].text
        start = text.rfind("\n", 0, max(0, chunk.span.start - _NEAR_CHARS)) + 1
        start = max(start, chunk.span.start - 2 * _NEAR_CHARS, 0)
        end = text.find("\n", chunk.span.end + _NEAR_CHARS)
        end = min(end if end >= 0 else len(text), chunk.span.end + 2 * _NEAR_CHARS)
        return self._remember(self.locate(text), Span(start, end), None, None)

    def _remember(self, source: Chunk, span: Span, number: int | None, of: int | None) -> str:
        text = source.text[span.start : span.end]
        placed = source.span is not None
        chunk = Chunk(
            text,
            source.document if placed else None,
            span.shifted(source.span.start) if source.span else None,
            number,
            of,
        )
        self._known.setdefault(text, chunk)
        return text

    def _find(self, text: str) -> Chunk:
        if text.strip():
            for index, document in enumerate(self._documents):
                # A plan that slices a document asks in order: look onward before looking anew.
                start = document.text.find(text, self._last_found[index])
                start = document.text.find(text) if start < 0 else start
                if start >= 0:
                    self._last_found[index] = start
                    return Chunk(text, index, Span(start, start + len(text)))
        return Chunk(text)


def _numbered_pages(document: Document) -> dict[int, Span]:
    """The pages that are not blank by their numbers, as `Document.page_at` counts them."""
    pages: dict[int, Span] = {}
    number, counted = document.first_page or 1, 0
    known = document.page_at(0) is not None
    for span in chunk_by_page(document.text):
        number += document.text.count(PAGE_BREAK, counted, span.start) if known else bool(pages)
        counted = span.start
        pages[number] = span
    return pages


def as_manifests(rows: object, tools: PlanTools, *, max_manifests: int) -> tuple[Manifest, ...]:
    """The rows `[chunk, task, advice]` that came out of the sandbox, checked and placed.

    A row that comes twice is one job: asked the same of the same chunk, a model says the same.

    Raises:
        UsageError: a row is not what the contract says, there are none, or too many.
    """
    if not isinstance(rows, list):
        raise UsageError("prepare_jobs must return a list of JobManifest")
    listed = cast("list[list[object]]", rows)
    if not listed:
        raise UsageError("prepare_jobs returned no jobs: widen the search or drop a filter")
    if len(listed) > max_manifests:
        raise UsageError(
            f"prepare_jobs returned {len(listed)} jobs, the limit is {max_manifests}: "
            "use larger chunks, fewer tasks or search()"
        )
    manifests = (_manifest(number, row, tools) for number, row in enumerate(listed, start=1))
    return tuple(dict.fromkeys(manifests))


def _manifest(number: int, row: Sequence[object], tools: PlanTools) -> Manifest:
    chunk = _string(row[0], f"the chunk of job {number}")
    task = _string(row[1], f"the task of job {number}")
    advice = _string(row[2] or "", f"the advice of job {number}")
    if not chunk.strip() or not task.strip():
        raise UsageError(f"job {number} has an empty {'task' if chunk.strip() else 'chunk'}")
    return Manifest(chunk=tools.locate(chunk), task=task.strip(), advice=advice.strip())


def scrubbed(message: str, code: str) -> str:
    """An error's text for the author of `code`, without words that came from elsewhere.

    Python quotes values in its messages (`invalid literal for int(): 'Net income'`), and a plan
    works on document text: whatever is quoted stays only if the plan itself says it or if it names
    a builtin.
    """

    def keep(quoted: re.Match[str]) -> str:
        content = quoted[1] or quoted[2] or ""
        known = content in code or content in dir(builtins)
        return quoted[0] if known else "'...'"

    return _QUOTED.sub(keep, message)[:_MAX_ERROR_CHARS]


def _checked(
    name: str, chunker: Callable[..., list[Span]], *args: object, **kw: object
) -> list[Span]:
    try:
        return chunker(*args, **kw)
    except TypeError as error:
        raise UsageError(f"{name}: wrong arguments ({error})") from error


def _string(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise UsageError(f"{what} must be a str, not {type(value).__name__}")
    return value


def _strings(value: object, what: str) -> list[str]:
    if not isinstance(value, list | tuple):
        raise UsageError(f"{what} must be a list of str, not {type(value).__name__}")
    items = cast("Sequence[object]", value)
    return [_string(item, f"each of {what}") for item in items]


def _whole(value: object, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise UsageError(f"{what}, must be a whole number, not {type(value).__name__}")
    return value


def _within(value: object, count: int, what: str) -> int:
    index = _whole(value, what)
    if not 0 <= index < count:
        raise UsageError(f"{what}, must be between 0 and {count - 1}")
    return index
