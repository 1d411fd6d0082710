"""The form an answer is to be put into, before it is filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pydantic import AliasChoices, AliasPath

from minions_core.effects import JsonSchema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel
    from pydantic.fields import FieldInfo


def blank_form(schema: type[BaseModel]) -> JsonSchema:
    """A class as a JSON schema whose root is an object, which servers insist on.

    Pydantic has the root of a class that holds itself point to its definition.
    """
    form = schema.model_json_schema()
    path = str(form.get("$ref", "")).removeprefix("#/$defs/")
    if path:
        form = {**cast("dict[str, Any]", form["$defs"][path]), "$defs": form["$defs"]}
    return JsonSchema(name=schema.__name__, schema=form)


def keys_of(schema: type[BaseModel]) -> frozenset[str]:
    """The keys a filled form may have, by whichever name a field may go."""
    return frozenset(
        key for name, field in schema.model_fields.items() for key in _keys(name, field)
    )


def _keys(name: str, field: FieldInfo) -> Iterator[str]:
    alias = field.validation_alias
    yield name
    for choice in alias.choices if isinstance(alias, AliasChoices) else (alias,):
        first = choice.path[0] if isinstance(choice, AliasPath) else choice
        if isinstance(first, str):
            yield first
