"""A form filled in: the fields of a worker's reply, wherever they are put and however spelt."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import AliasChoices, BaseModel, ValidationError

from minions_core.config import JobOutput
from minions_core.effects import JobKind
from minions_core.jobs.abstention import is_abstention
from minions_core.jobs.forms import described, json_key
from minions_core.loose_json import objects

Fields = dict[str, Any]
"""A reply as plain data, its keys spelt as the schema spells them."""


class Unreadable(Exception):
    """A reply could not be read; the message tells the model that wrote it why."""


def as_text(value: Any) -> str | None:
    """A value of JSON as text: strings trimmed, plain lists as `a; b; c`, the rest as compact JSON.

    What holds nothing at all is None.
    """
    if isinstance(value, str):
        return value.strip() or None
    items: list[Any] = [*value] if isinstance(value, list) else []
    if items and not any(isinstance(item, list | dict) for item in items):
        return "; ".join(filter(None, map(as_text, items))) or None
    if value is None or value in ([], {}):
        return None
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Form:
    """What a reply is read into.

    Attributes:
        schema: the model to fill.
        kind: what sort of answer was wanted.
        keys: the key each field goes by in JSON, found by the plain form of its names.
        told: what the prompt says belongs into the fields.
        answer: the key of the answer.
    """

    schema: type[BaseModel]
    kind: JobKind
    keys: Mapping[str, str]
    told: frozenset[str]
    answer: str


@cache
def form_of(schema: type[BaseModel], kind: JobKind) -> Form:
    """The form a worker was given."""
    keys: dict[str, str] = {}
    for name, field in schema.model_fields.items():
        alias, key = field.validation_alias, json_key(name, field)
        others = alias.choices if isinstance(alias, AliasChoices) else ()
        keys |= {_plain(other): key for other in (name, key, *others) if isinstance(other, str)}
    told = frozenset(described(schema, kind).values())
    return Form(schema, kind, keys, told, keys["answer"])


def _plain(key: str) -> str:
    return re.sub(r"[\W_]+", "", key).lower()


def dumped(output: BaseModel) -> Fields:
    """A reply as plain data, by the names of its fields."""
    fields: Fields = output.model_dump(mode="json", by_alias=False)
    return fields


_MAX_WRAPPINGS = 3
_SCHEMA_KEYS = frozenset({"properties", "$defs", "$schema", "$ref"})
_ECHO = "The reply repeats the form instead of filling it in."


def unwrapped(data: Mapping[str, Any], form: Form, wrappings: int = _MAX_WRAPPINGS) -> list[Fields]:
    """The replies inside `{"output": {...}}`: one, or several where an array holds them.

    Raises:
        Unreadable: there is none.
    """
    fields = {form.keys.get(_plain(key), key): value for key, value in data.items()}
    if is_echo(fields, form) or _is_schema(fields.get(form.answer)):
        raise Unreadable(_ECHO)
    if form.answer in fields and not _holds_replies(fields[form.answer], form):
        return [fields]
    trouble = _ECHO if data.keys() & _SCHEMA_KEYS else "The JSON object has no key `answer`."
    for value in reversed([*data.values()]) if wrappings else ():
        inner: list[Fields] = []
        for item in _inside(value):
            try:
                inner += unwrapped(item, form, wrappings - 1)
            except Unreadable as error:
                trouble = str(error)
        if inner:
            return inner
    raise Unreadable(trouble)


def _inside(value: Any) -> list[Fields]:
    """The objects a value is, holds, or spells out in a string."""
    if isinstance(value, str):
        return [found.value for found in objects(value)] if value.lstrip().startswith("{") else []
    items: list[Any] = [*value] if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict)]


def _holds_replies(value: Any, form: Form) -> bool:
    """Whether the answer is an array of whole replies."""
    inside = _inside(value) if isinstance(value, list) else []
    return bool(inside) and all(
        any(form.keys.get(_plain(key)) == form.answer for key in item) for item in inside
    )


def fit(fields: Fields, form: Form) -> BaseModel:
    """A reply as an instance of its schema, with values made text where text is wanted.

    Raises:
        Unreadable: a field is wrong; the message names it.
    """
    try:
        return _valid(fields, form.schema)
    except ValidationError as error:
        trouble = error.errors()
    as_wanted = {**fields}
    for key, kind in ((item["loc"][0], item["type"]) for item in trouble if len(item["loc"]) == 1):
        if kind == "string_type":
            as_wanted[str(key)] = _said(as_wanted.get(str(key)))
        elif kind == "extra_forbidden":
            as_wanted.pop(str(key), None)
    try:
        return _valid(as_wanted, form.schema)
    except ValidationError as error:
        wrong = error.errors()[0]
    if is_abstention(as_text(fields.get(form.answer))):
        return abstaining(form)
    where = ".".join(map(str, wrong["loc"]))
    place = f"Field `{where}`" if where else "The JSON object"
    raise Unreadable(f"{place} is wrong: {wrong['msg'].rstrip('.')}.")


def _said(value: Any) -> str | None:
    """What is meant by a value in place of a text; None stays, for the schema to judge."""
    fields: Fields = {**value} if isinstance(value, dict) else {}
    is_filled_schema = "value" in fields and fields.keys() - {"value"} <= _OF_A_SCHEMA
    return as_text(fields["value"] if is_filled_schema and len(fields) > 1 else value)


def _valid(fields: Fields, schema: type[BaseModel]) -> BaseModel:
    try:
        output = schema.model_validate(fields)
        dumped(output)
    except ValidationError:
        raise
    except Exception as error:  # noqa: BLE001 (validators and serialisers may raise anything)
        raise Unreadable(f"The JSON object does not fit: {type(error).__name__}.") from None
    return output


def abstaining(form: Form) -> BaseModel:
    """A reply that says there is no answer, even in a schema that cannot say so."""
    for nothing in (None, ""):
        try:
            return _valid({form.answer: nothing}, form.schema)
        except (ValidationError, Unreadable):
            continue
    return JobOutput()


_PLACEHOLDER = re.compile(
    r"<[^<>]*>|\.{3}|\u2026|string|(?:your|the) (?:answer|explanation|citation)(?: here)?"
    r"|(?:string|str|text|answer|explanation|citation|null|none)(?: or |\s*[|/]\s*)"
    r"(?:string|str|text|null|none)",
    re.IGNORECASE,
)
_OF_A_SCHEMA = frozenset({"type", "title", "description", "anyOf", "default", "enum", "items"})


def is_echo(fields: Mapping[str, Any], form: Form) -> bool:
    """Whether what was filled in is the form's own placeholders."""
    filled = [value for value in fields.values() if value is not None]
    return bool(filled) and all(_is_placeholder(value, form) for value in filled)


def _is_placeholder(value: Any, form: Form) -> bool:
    if isinstance(value, str):
        return bool(_PLACEHOLDER.fullmatch(value.strip())) or value.strip() in form.told
    return _is_schema(value)


def _is_schema(value: Any) -> bool:
    fields: Fields = {**value} if isinstance(value, dict) else {}
    return bool(fields) and fields.keys() <= _OF_A_SCHEMA
