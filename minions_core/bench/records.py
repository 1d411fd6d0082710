"""What was done, kept line by line in a file, so that a benchmark broken off goes on.

A record holds what a contender answered and used, no scores: those follow from the key, which may
be mended later. It is known by a fingerprint of the question, its documents and all settings that
bear on the answer, so what was done under other settings is never taken for it.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from minions_core.bench.dataset import Place
from minions_core.errors import UsageError
from minions_core.messages import Role, Usage

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Ending: TypeAlias = Literal["answered", "exhausted", "budget", "too_long", "failed"]
"""How it ended.

`answered`, `exhausted`, `budget`: as a run of the engine ends. `too_long`: the documents do not fit
the model. `failed`: a call failed; it is tried again by the next run of the benchmark.
"""

FILE_NAME = "records.jsonl"

Verdict: TypeAlias = Literal["right", "partly", "wrong"]

_WORTH: Mapping[Verdict, float] = {"right": 1.0, "partly": 0.5, "wrong": 0.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """A call that was answered."""

    role: Role
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a contender made of a question.

    Attributes:
        key: the fingerprint.
        question: the id of the question.
        contender: its name.
        ending: how it ended.
        answer: what it answered; empty if it did not.
        found: the passages the remote model was shown; None where that is all there is.
        cited: the passages the answer points at; None for a contender that does not tell.
        error: what went wrong, for those that failed or were too long.
        calls: what was paid for, call by call.
        remote_model: what the remote model called itself; None if it was not called.
        seconds: from the question to the answer.
        document_tokens: how many tokens the documents are.
        question_tokens: how many the question is.
        disclosed_share: the share of the documents' tokens that left for the remote model; None if
            that is not known.
        cut: whether the reply ended where its room did, so that a part of it may be missing.
        earlier: what attempts before this one paid for.
    """

    key: str
    question: str
    contender: str
    ending: Ending
    answer: str = ""
    found: tuple[Place, ...] | None = None
    cited: tuple[Place, ...] | None = None
    error: str | None = None
    calls: tuple[Paid, ...] = ()
    remote_model: str | None = None
    seconds: float = 0.0
    document_tokens: int = 0
    question_tokens: int = 0
    disclosed_share: float | None = None
    cut: bool = False
    earlier: tuple[Paid, ...] = ()
    kind: Literal["record"] = "record"

    @property
    def is_settled(self) -> bool:
        """Whether the contender had its say: there is something to score."""
        return self.ending in {"answered", "exhausted", "budget"}

    def used(self, role: Role) -> Usage:
        """What the calls of a role used."""
        return sum((call.usage for call in self.calls if call.role == role), Usage())

    def calls_of(self, role: Role) -> int:
        """How many calls of a role there were."""
        return sum(call.role == role for call in self.calls)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a judge made of an answer.

    Attributes:
        key: a fingerprint of question, key, answer and judge.
        verdict: `right`, `partly` or `wrong`; None if its reply could not be read.
        reason: why, in its words, or what went wrong.
        calls: what was paid for.
        model: what the judge called itself.
        earlier: what attempts before this one paid for.
    """

    key: str
    verdict: Verdict | None = None
    reason: str = ""
    calls: tuple[Paid, ...] = ()
    model: str | None = None
    earlier: tuple[Paid, ...] = ()
    kind: Literal["judgement"] = "judgement"

    @property
    def score(self) -> float | None:
        """1 for right, 0.5 for partly, 0 for wrong, None if there is no verdict."""
        return None if self.verdict is None else _WORTH[self.verdict]


Kept: TypeAlias = Record | Judgement


def fingerprint(**settings: Any) -> str:
    """What tells these settings, plain JSON data, from all others; each version has its own."""
    told = json.dumps({**settings, "version": _version()}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:24]


@cache
def _version() -> str:
    try:
        return version("minions-integrations")
    except PackageNotFoundError:  # a copy that was never installed
        return "unknown"


class Records:
    """What is known, in memory and, if there is a file, on disk.

    Attributes:
        skipped: how many lines of the file are no records, and were passed over.

    Args:
        path: the file; made with its folder at the first record. None keeps nothing.
        fresh: whether to begin anew; what the file held is put aside under another name.

    Raises:
        UsageError: the file cannot be read, or no line of it is ours.
    """

    def __init__(self, path: Path | None = None, *, fresh: bool = False) -> None:
        self.skipped = 0
        self._path = path
        self._lock = threading.Lock()
        self._kept: dict[str, Kept] = {}
        if path is None or not path.exists():
            return
        if fresh:
            path.replace(_free_name(path))
            return
        self._load(path)

    def record(self, key: str) -> Record | None:
        """The record of a fingerprint, if there is one."""
        found = self._kept.get(key)
        return found if isinstance(found, Record) else None

    def judgement(self, key: str) -> Judgement | None:
        """The judgement of a fingerprint, if there is one."""
        found = self._kept.get(key)
        return found if isinstance(found, Judgement) else None

    def add(self, kept: Kept) -> None:
        """Keep one more; it is on disk when this returns, and takes the place of one like it.

        What the one before it paid for is kept with it.

        Raises:
            UsageError: the file cannot be written.
        """
        with self._lock:
            if before := self._kept.get(kept.key):
                kept = replace(kept, earlier=(*before.earlier, *before.calls))
            line = _adapter().dump_json(kept, exclude_none=True) + b"\n"
            self._kept[kept.key] = kept
            if self._path is not None:
                try:
                    _append(self._path, line)
                except OSError as error:
                    raise UsageError(_unwritable(self._path, error)) from error

    def _load(self, path: Path) -> None:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error
        whole, newline, torn = data.rpartition(b"\n")
        lines = [line for line in whole.split(b"\n") if line] if newline else []
        known = [kept for line in lines if (kept := _read(line)) is not None]
        self.skipped = len(lines) - len(known)
        if lines and not known:
            raise UsageError(
                f"{path} holds no records of a benchmark: take the file away, or begin anew with "
                "--fresh"
            )
        self._kept.update((kept.key, kept) for kept in known)
        if torn:  # the run before was ended in the midst of a line
            _cut(path, len(data) - len(torn))


def _read(line: bytes) -> Kept | None:
    try:
        return _adapter().validate_json(line)
    except ValueError:
        return None


def _append(path: Path, line: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def _cut(path: Path, size: int) -> None:
    try:
        os.truncate(path, size)
    except OSError as error:
        raise UsageError(_unwritable(path, error)) from error


def _unwritable(path: Path, error: OSError) -> str:
    return f"{path} cannot be written: {error.strerror or error}"


def _free_name(path: Path) -> Path:
    names = (path.with_suffix(f".{n}{path.suffix}") for n in range(1, 10_000))
    return next(name for name in names if not name.exists())


@cache
def _adapter() -> TypeAdapter[Kept]:
    from pydantic import Field, TypeAdapter

    return TypeAdapter(Annotated[Kept, Field(discriminator="kind")])
