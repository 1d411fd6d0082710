"""What a worker is asked to fill in: the form of its reply, by kind of job."""

from __future__ import annotations

from functools import cache
from typing import Final

from pydantic import AliasChoices, BaseModel
from pydantic.fields import FieldInfo

from minions_core.config import JobOutput, Privacy
from minions_core.effects import JobKind, JsonSchema

_FIELDS: Final[dict[JobKind, dict[str, str]]] = {
    "look-up": {
        "explanation": "one short sentence on how the excerpt answers the task, or null",
        "citation": "the one sentence or table row that shows it, copied exactly, or null",
        "answer": "the answer in as few words as it takes, or null if the excerpt does not tell",
    },
    "list": {
        "explanation": "one short sentence on what counts as an item here, or null",
        "citation": "the one sentence or table row that names the most of them, copied exactly, "
        "or null",
        "answer": "every item the task asks for that the excerpt names, none left out, each in a "
        "few words, parted by semicolons, or null if it names none",
    },
    "summary": {
        "explanation": "a few words on what the excerpt is about, or null",
        "citation": "the key sentence of the excerpt, copied exactly, or null",
        "answer": "two to four sentences on what the excerpt says about the task, or null if it "
        "says nothing about it",
    },
}
_OTHER_FIELD: Final = "as the task wants it, or null"
_ITEMS: Final = (
    "an array of every item the task asks for that the excerpt names, none left out, each in a few "
    "words, or null if it names none"
)
_OWN_WORDS: Final = (
    "in your own words: copy nothing from the excerpt but figures, dates, names and terms"
)


class ListedOutput(BaseModel):
    """How a worker replies to a job of kind `list`; its items are read as `a; b; c`."""

    explanation: str | None = None
    citation: str | None = None
    answer: list[str] | None = None


def described(
    schema: type[BaseModel], kind: JobKind = "look-up", privacy: Privacy = "quotes"
) -> dict[str, str]:
    """The keys of a reply, in their order, each with what belongs there.

    The descriptions of a schema's own fields go before ours.

    Args:
        schema: the reply's schema.
        kind: what sort of answer is wanted.
        privacy: `answers` asks for an answer that copies nothing, since it may leave the machine.
    """
    ours = {**_FIELDS[kind], **({"answer": _ITEMS} if _is_listed(schema, kind) else {})}
    told = {
        name: field.description or ours.get(name, _OTHER_FIELD)
        for name, field in schema.model_fields.items()
    }
    if privacy == "answers":
        told["answer"] = f"{told['answer'].rstrip('.')}; {_OWN_WORDS}"
    return {json_key(name, schema.model_fields[name]): text for name, text in told.items()}


@cache
def output_schema(schema: type[BaseModel], kind: JobKind = "look-up") -> JsonSchema:
    """A worker's reply schema, for models that can be held to one."""
    form = ListedOutput if _is_listed(schema, kind) else schema
    return JsonSchema(name=schema.__name__, schema=form.model_json_schema())


def json_key(name: str, field: FieldInfo) -> str:
    """The key a field goes by in JSON."""
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        alias = next((choice for choice in alias.choices if isinstance(choice, str)), None)
    return alias if isinstance(alias, str) else name


def _is_listed(schema: type[BaseModel], kind: JobKind) -> bool:
    return kind == "list" and schema is JobOutput
