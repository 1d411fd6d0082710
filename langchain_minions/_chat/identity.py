"""What tells two settings, models or texts apart: a digest of what makes them behave as they do.

Digests go into cache keys and traces, so they show nothing of what they are made of. They hold
from one process to the next, and keys that open services are left out: a new key is no new model.
"""

from __future__ import annotations

import hashlib
import json
import pickle
import re
import weakref
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from types import CodeType, FunctionType, MethodType
from typing import Any, TypeAlias, cast
from uuid import uuid4

from pydantic import BaseModel, SecretBytes, SecretStr

Plain: TypeAlias = Any
"""Whatever JSON can hold."""

Inner: TypeAlias = Callable[..., Plain]
"""Tells what is within something."""

_SCALARS = (bool, int, float, str, type(None))
_SECRET = re.compile(r"(^|[_-])(api[_-]?key|authorization)$", re.IGNORECASE)
_UNTOLD = frozenset({"callbacks", "client", "async_client"})
"""Who is told of a call, and what carries it: neither changes it."""

_DEEPEST = 100
_MOST_OBJECTS = 1000


def digest(given: object) -> str:
    """A digest of anything: 32 hexadecimal digits."""
    text = json.dumps(_Telling().plain(given), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def readable(given: BaseModel) -> dict[str, Plain]:
    """The fields of a settings object: as they are where they are plain, else as a digest."""
    return {
        name: value if isinstance(value, _SCALARS) else digest(value)
        for name, value in _fields(given).items()
    }


class Sealed(str):
    """Text to read, as traces and cache keys may show it: its length and a digest.

    Attributes:
        given: the text itself, as it was given.
    """

    __slots__ = ("given",)
    given: object

    @classmethod
    def of(cls, given: object) -> Sealed:
        """Seal what is not sealed yet."""
        if isinstance(given, cls):
            return given
        sealed = cls(f"{_characters(given):,} characters, digest {digest(given)}")
        sealed.given = given
        return sealed


def opened(given: object) -> object:
    """What was sealed; anything else as it is."""
    return given.given if isinstance(given, Sealed) else given


@cache
def edition() -> dict[str, str]:
    """What the project itself adds to an answer: its version, and a digest of its prompts."""
    try:
        installed = version("minions-integrations")
    except PackageNotFoundError:  # run from its sources
        installed = "unknown"
    templates = sorted(
        (template.name, template.read_text("utf-8"))
        for template in files("minions_core.prompts").iterdir()
        if template.name.endswith(".md")
    )
    return {"version": installed, "prompts": digest(templates)}


def _characters(given: Any) -> int:
    """How long a text is, or those in a document or a list of them; 0 for what is no text."""
    if isinstance(given, str):
        return len(given)
    if isinstance(given, Sequence):
        return sum(_characters(item) for item in cast("Sequence[object]", given))
    return len(str(getattr(given, "page_content", None) or getattr(given, "text", None) or ""))


class _Telling:
    """Tells what makes something what it is, as plain data.

    Whatever cannot be told is equal to nothing but itself: a cache may miss what it has, and must
    not answer with what another model said.
    """

    def __init__(self) -> None:
        self._above: list[int] = []
        self._opened = 0

    def plain(self, given: Any) -> Plain:
        """What makes `given` what it is; what stands above it is told by its distance."""
        if id(given) in self._above:
            return {"above": self._above[::-1].index(id(given))}
        if len(self._above) == _DEEPEST:
            return _itself(given)
        self._above.append(id(given))
        try:
            return self._told(given)
        finally:
            self._above.pop()

    def _told(self, given: Any) -> Plain:
        for kinds, plain in _KINDS:
            if isinstance(given, kinds):
                return plain(given, self.plain)
        if is_dataclass(given):
            values = {each.name: getattr(given, each.name) for each in fields(given) if each.init}
            return [_name_of(given), self.plain(values)]
        self._opened += 1
        state = _state(given) if self._opened <= _MOST_OBJECTS else None
        return [_name_of(given), _itself(given) if state is None else self.plain(state)]


def _state(given: object) -> object | None:
    """The attributes of an object, those in slots too, or else its pickle; None if it has none."""
    try:
        return given.__getstate__() or getattr(given, "__dict__", None) or pickle.dumps(given)
    except Exception:  # noqa: BLE001  # whatever keeps an object from telling
        return getattr(given, "__dict__", None)


_known: dict[int, str] = {}


def _itself(given: object) -> str:
    """What one object alone is told by, as long as it lives."""
    token = _known.get(id(given))
    if token is None:
        token = uuid4().hex
        with suppress(TypeError):  # what cannot be watched is told anew each time
            weakref.finalize(given, _known.pop, id(given), None)
            _known[id(given)] = token
    return token


def _fields(model: BaseModel) -> dict[str, Any]:
    """The fields that are saved with a model; those that are not are clients, caches and such."""
    known = type(model).model_fields
    return {name: getattr(model, name) for name in known if not known[name].exclude}


def _told(given: Mapping[Any, Any]) -> dict[Any, Any]:
    return {
        key: value
        for key, value in given.items()
        if not _SECRET.search(str(key)) and key not in _UNTOLD
    }


def _of_class(given: type[Any], _: Inner) -> Plain:
    if issubclass(given, BaseModel):
        return [_name(given), given.model_json_schema()]
    return _name(given)


def _of_model(given: BaseModel, inner: Inner) -> Plain:
    params: object = getattr(given, "_identifying_params", None)
    return [_name_of(given), inner(_fields(given)), inner(params)]


def _of_set(given: AbstractSet[Any], inner: Inner) -> Plain:
    return sorted(json.dumps(inner(item), sort_keys=True) for item in given)


def _of_function(given: FunctionType, inner: Inner) -> Plain:
    """Two lambdas of one line have one name; what they do and what they close over differs."""
    closed_over = [cell.cell_contents for cell in given.__closure__ or () if _is_filled(cell)]
    parts = [given.__code__, given.__defaults__, given.__kwdefaults__, closed_over]
    return [given.__module__, given.__qualname__, inner(parts)]


def _is_filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:  # a name that is bound later
        return False


def _name_of(given: object) -> str:
    return _name(type(given))


def _name(cls: type[Any]) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


_KINDS: tuple[tuple[type | tuple[type, ...], Callable[[Any, Inner], Plain]], ...] = (
    (Enum, lambda given, _: [_name_of(given), given.name]),
    (_SCALARS, lambda given, _: given),
    ((SecretStr, SecretBytes), lambda _, __: "secret"),
    (bytes, lambda given, _: given.hex()),
    (re.Pattern, lambda given, _: [given.pattern, given.flags]),
    (type, _of_class),
    (Mapping, lambda given, inner: {str(key): inner(each) for key, each in _told(given).items()}),
    (AbstractSet, _of_set),
    (Sequence, lambda given, inner: [inner(item) for item in given]),
    (FunctionType, _of_function),
    (CodeType, lambda given, inner: inner([given.co_code, given.co_consts, given.co_names])),
    (MethodType, lambda given, inner: [given.__name__, inner(given.__self__)]),
    (partial, lambda given, inner: inner([given.func, given.args, given.keywords])),
    (BaseModel, _of_model),
)
"""How each kind of value is told, the first that fits."""
