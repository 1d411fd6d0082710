"""The fields of a plan in JSON, taken as they are meant."""

from __future__ import annotations

from typing import Annotated, Any, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    field_validator,
    model_validator,
)

from minions_core.chunking import CHUNKERS
from minions_core.effects import JobKind
from minions_core.plan_tools import chunker_options, job_kind

_PREFIX = "chunk_by_"
_DEFAULT_CHUNKER = "section"


def as_list(value: object) -> list[object]:
    """A list of one where only the one was given."""
    return cast("list[object]", value) if isinstance(value, list) else [value]


def _texts(value: object) -> list[object]:
    """Texts that are not blank; numbers are texts too: a year, say."""
    texts = [_text(item) for item in as_list(value) if item is not None]
    return [text for text in texts if not isinstance(text, str) or text.strip()]


def _text(value: object) -> object:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else value


def _no_bool(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("must be a whole number")  # noqa: TRY004, for pydantic to collect
    return value


_Whole = Annotated[int, BeforeValidator(_no_bool)]
_Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]
_Wholes = Annotated[tuple[_Whole, ...], BeforeValidator(as_list)]


class Entry(BaseModel):
    """One entry of a plan: its tasks, and which chunks they are for."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    tasks: _Texts
    advice: str = ""
    kind: JobKind = "look-up"
    samples: _Whole | None = None
    documents: _Wholes | None = None
    chunker: str | None = None
    size: _Whole | None = None
    overlap: _Whole | None = None
    search: _Texts = ()
    k: _Whole | None = None
    keywords: _Texts = ()
    pages: _Wholes = ()
    near: _Wholes = ()

    @model_validator(mode="before")
    @classmethod
    def _as_meant(cls, given: Any) -> Any:
        """What is null or empty is not given, nor are all documents; `task` is one of `tasks`."""
        if not isinstance(given, dict):
            return given
        fields = {
            name: value
            for name, value in cast("dict[str, Any]", given).items()
            if value not in (None, "", [], ["all"]) and (name, value) != ("documents", "all")
        }
        tasks = [*_texts(fields.pop("task", None)), *_texts(fields.pop("tasks", None))]
        return {**fields, "tasks": tasks} if tasks else fields

    @field_validator("kind", mode="before")
    @classmethod
    def _kind(cls, value: object) -> JobKind:
        return job_kind(value)

    @field_validator("chunker")
    @classmethod
    def _known(cls, value: str) -> str:
        name = value.strip().lower().removeprefix(_PREFIX)
        if _PREFIX + name not in CHUNKERS:
            raise ValueError(f"must be one of {', '.join(map(repr, chunker_names()))}")
        return name

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Entry:
        if self.k is not None and not self.search and not self.keywords:
            raise ValueError("k says how many chunks search keeps: add search, or drop k")
        takes = chunker_options(_PREFIX + (self.chunker or _DEFAULT_CHUNKER))
        if self.size is not None and not takes[:1]:
            raise ValueError(f"the chunker {self.chunker!r} takes no size")
        if self.overlap is not None and "overlap" not in takes:
            raise ValueError(f"the chunker {self.chunker!r} takes no overlap")
        return self

    @property
    def cut(self) -> tuple[str, tuple[tuple[str, int], ...]] | None:
        """The chunker and its options; None if pages and surroundings are read as they are."""
        if (self.pages or self.near) and self.chunker is None and self.size is None:
            return None
        name = _PREFIX + (self.chunker or _DEFAULT_CHUNKER)
        given = {**dict.fromkeys(chunker_options(name)[:1], self.size), "overlap": self.overlap}
        return name, tuple((key, value) for key, value in given.items() if value is not None)


class JsonPlan(BaseModel):
    """A whole plan."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    jobs: tuple[Entry, ...]

    @field_validator("jobs", mode="before")
    @classmethod
    def _some(cls, jobs: list[object]) -> list[object]:
        if not jobs:
            raise ValueError("is empty")
        return jobs


def chunker_names() -> list[str]:
    """The chunkers as plans in JSON name them."""
    return [name.removeprefix(_PREFIX) for name in CHUNKERS]
