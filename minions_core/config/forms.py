"""Classes that settings keep: the forms of replies."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import BaseModel, PlainSerializer, RootModel


def _named(schema: type[BaseModel]) -> str:
    return f"{schema.__module__}.{schema.__qualname__}"


ModelClass: TypeAlias = Annotated[
    type[BaseModel], PlainSerializer(_named, return_type=str, when_used="json-unless-none")
]
"""A pydantic model class; in JSON it is told by its name, which cannot be read back."""


def unfit_for_a_form(schema: object) -> str | None:
    """Why an answer cannot be put into this, and what to pass instead; None if it can."""
    if not isinstance(schema, type):
        return f"a {type(schema).__name__}: pass a class derived from pydantic.BaseModel"
    name = schema.__name__
    if not issubclass(schema, BaseModel):
        return f"the class {name}, no pydantic model: derive it from pydantic.BaseModel"
    if schema is BaseModel or issubclass(schema, RootModel):
        return f"{name}, which has no fields of its own: pass a model with a field for it"
    try:
        _ = schema.model_json_schema()
    except Exception as error:  # noqa: BLE001 - a class may build its own schema
        return f"{name}, which has no JSON schema: {error}"
    return None
