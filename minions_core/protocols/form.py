"""The turn after the answer: the remote model puts it into the form the settings want."""
# pyright: reportUnusedCallResult=error

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast, get_args

from pydantic import ValidationError
from pydantic_core.core_schema import ErrorType

from minions_core.errors import BudgetExceeded, ModelError
from minions_core.loose_json import objects, without_thoughts
from minions_core.protocols.blank import keys_of
from minions_core.protocols.remote import CUT_OFF, ask_remote, complain

if TYPE_CHECKING:
    from pydantic import BaseModel

    from minions_core.config import RunConfig
    from minions_core.effects import Steps
    from minions_core.protocols.memory import Memory
    from minions_core.protocols.task import Task
    from minions_core.result import Outcome, Status

_OBJECT_ONLY = "Reply with the whole JSON object again, mended, and nothing else."
_NO_OBJECT = "There is no complete JSON object in your reply."
_NO_FIELD = "The JSON object has none of the fields of the schema."
_TOO_LARGE = "A number in the JSON object is too large."
_MOST_COMPLAINTS = 8
_MOST_COMPLAINT_CHARS = 300
_WRAPPINGS = 2
_STEP = " > "  # a point would make one word of a field and a restored key, unlike what is hidden
_OF_A_SCHEMA = frozenset({"properties", "$defs", "$schema"})
_REFUSED = "is not accepted by the schema's own check"
_WORDED_BY_THE_CLASS = {"value_error", "assertion_error", "get_attribute_error", "iteration_error"}
_REPEATS_THE_REPLY = {"union_tag_invalid"}
_SAFE = {*get_args(ErrorType)} - _WORDED_BY_THE_CLASS - _REPEATS_THE_REPLY


class Misfit(Exception):
    """A reply is no filled form; the lines tell the model that wrote it why."""

    def __init__(self, *lines: str) -> None:
        super().__init__(*lines)
        self.lines = lines


def with_output(task: Task[RunConfig], memory: Memory, answered: Outcome) -> Steps[Outcome]:
    """An outcome with its answer put into a form, if one is wanted and the budget allows.

    That is one more turn of the same conversation, or two if the first reply has to be mended. The
    answer is paid for: what the remote model fails of here is noted, and costs the form alone.

    Args:
        task: what the run is about.
        memory: keeps the outcome, in case this turn breaks off.
        answered: the outcome without it.
    """
    schema = task.config.output_schema
    if schema is None:
        return answered
    memory.reached = answered
    output: dict[str, Any] | None = None
    status: Status = answered.status
    try:
        output = yield from fill_in(task, memory, schema)
    except BudgetExceeded as limit:
        memory.notes.append(f"The answer was not put into {schema.__name__}: {limit}.")
        status = "budget"
    except ModelError as error:
        memory.notes.append(f"The answer was not put into {schema.__name__}: {error}")
    return replace(memory.so_far(answered), status=status, output=output)


def fill_in(
    task: Task[RunConfig], memory: Memory, schema: type[BaseModel]
) -> Steps[dict[str, Any] | None]:
    """The form filled in as plain data; None if the remote model does not manage it in two tries.

    Raises:
        BudgetExceeded: the budget has no room for a reply.
        ModelError: the remote model failed.
    """
    memory.hear(task.form_prompt)
    wrong = ""
    for label in ("form", "form_repair"):
        reply = yield from ask_remote(task, memory, label, form=task.form)
        try:
            if reply.finish_reason == "length":
                raise Misfit(CUT_OFF)  # noqa: TRY301 - told of like every other misfit
            return read_form(reply.text, schema, memory.vault.reveal)
        except Misfit as misfit:
            # Hidden before they are cut: half a name would not be known for one.
            hidden = map(memory.vault.hide, misfit.lines)
            wrong = "\n".join(line[:_MOST_COMPLAINT_CHARS] for line in hidden)
        if label == "form":
            yield from complain(memory, len(memory.rounds), wrong, _OBJECT_ONLY)
    memory.notes.append(
        f"The remote model did not put its answer into {schema.__name__}, though told "
        f"once what was wrong. Of its second try: {' '.join(wrong.split())}"
    )
    return None


def read_form(
    text: str, schema: type[BaseModel], reveal: Callable[[str], str] = str
) -> dict[str, Any]:
    """The filled form in a reply, as plain data that `schema` takes.

    Of the objects that fit the one with most of the schema's keys counts, the last of equals;
    wrappings around it are taken off. An empty one counts where there is no other.

    Args:
        text: the reply, complete.
        schema: the form.
        reveal: restores what was hidden in a string, before anything is checked.

    Raises:
        Misfit: nothing in `text` fits.
    """
    found = [each.value for each in objects(without_thoughts(text))]
    keys = keys_of(schema)
    misfit: Misfit | None = None
    every = [inner for each in reversed(found) for inner in _unwrapped(each, keys)]
    filled = [each for each in every if each] or every
    for data in sorted(filled, key=lambda each: len(each.keys() & keys), reverse=True):
        try:
            return _fitted(_revealed(data, reveal), schema)
        except Misfit as error:
            misfit = misfit or error
    raise misfit or Misfit(_NO_FIELD if found else _NO_OBJECT)


def _unwrapped(
    data: dict[str, Any], keys: frozenset[str], wrappings: int = _WRAPPINGS
) -> Iterator[dict[str, Any]]:
    """An object that has a field of the form, or is empty; of any other those it holds."""
    is_schema = bool((data.keys() & _OF_A_SCHEMA) - keys)
    if not keys or not data or (data.keys() & keys and not is_schema):
        yield data
    elif wrappings:
        for value in reversed(data.values()):
            if isinstance(value, dict):
                yield from _unwrapped(cast("dict[str, Any]", value), keys, wrappings - 1)


def _revealed(value: Any, reveal: Callable[[str], str]) -> Any:
    """A value with what was hidden in its strings restored, keys included."""
    if isinstance(value, str):
        return reveal(value)
    if isinstance(value, dict):
        pairs: dict[str, Any] = {**value}
        return {reveal(key): _revealed(inner, reveal) for key, inner in pairs.items()}
    if isinstance(value, list):
        items: list[Any] = [*value]
        return [_revealed(inner, reveal) for inner in items]
    return value


def _fitted(data: dict[str, Any], schema: type[BaseModel]) -> dict[str, Any]:
    """The data as the class writes it, if it can read that again; else as it came.

    A class may write what it does not read: under other names, rounded, with a secret left out.
    """
    try:
        made = schema.model_validate_json(json.dumps(data, allow_nan=False))
    except ValidationError as error:
        raise Misfit(*_complaints(error)) from None
    except Exception as error:  # noqa: BLE001 - a class's own validators may raise anything
        too_large = type(error) is ValueError and "JSON" in str(error)
        told = _TOO_LARGE if too_large else f"It does not fit the schema: {type(error).__name__}."
        raise Misfit(told) from None
    written = _written(made)
    return data if written is None else written


def _written(made: BaseModel) -> dict[str, Any] | None:
    """An instance as plain data, or None if that does not make the same instance again."""
    try:
        dumped: Any = made.model_dump(mode="json", by_alias=True, warnings=False)
        text = json.dumps(dumped, allow_nan=False)
        is_same = type(made).model_validate_json(text) == made
    except Exception:  # noqa: BLE001 - a class's own serialisers and validators may raise anything
        return None
    return json.loads(text) if is_same and isinstance(dumped, dict) else None


def _complaints(error: ValidationError) -> Iterator[str]:
    """What is wrong, a line for each place; of what stands there nothing is repeated.

    A class's own check may say a part of a hidden value, or something else its owner alone knows.
    """
    wrong = error.errors(include_url=False, include_input=False, include_context=False)
    yield "The JSON object does not fit the schema:"
    for each in wrong[:_MOST_COMPLAINTS]:
        where = _STEP.join(map(str, each["loc"])) or "the object"
        told = " ".join(each["msg"].split()) if each["type"] in _SAFE else _REFUSED
        yield f"- {where}: {told}"
    if len(wrong) > _MOST_COMPLAINTS:
        yield f"- and {len(wrong) - _MOST_COMPLAINTS} more"
