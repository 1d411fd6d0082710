"""Metadata as plain data, which whatever keeps messages can keep."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, cast
from uuid import UUID

from langchain_core.documents import Document

_KEPT = (bool, bytes, date, time, timedelta, Decimal, UUID)
_BITS = 63


def with_plain_metadata(document: Document) -> Document:
    """A document with the same metadata as plain data; the one given stays as it is."""
    return document.model_copy(update={"metadata": _plain(cast("object", document.metadata))})


def _plain(value: object) -> Any:
    """Collections as dicts and lists, numbers of numpy as Python's, all that is unknown as text."""
    if isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value).items()
        return {str(key): _plain(held) for key, held in items}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(held) for held in cast("Iterable[object]", value)]
    return _plain(value.value) if isinstance(value, Enum) else _single(value)


def _single(value: object) -> Any:
    if isinstance(value, int) and value.bit_length() > _BITS:
        return str(value)
    if value is None or isinstance(value, _KEPT):
        return value
    if isinstance(value, int):
        return int(value)
    return float(value) if isinstance(value, float) else _of_another_library(value)


def _of_another_library(value: object) -> Any:
    # So numpy's, pandas' and torch's numbers and arrays tell what they hold.
    listed = getattr(value, "tolist", None)
    return _plain(cast("Callable[[], object]", listed)()) if callable(listed) else str(value)
