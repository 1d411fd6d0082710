"""A worker's reply, read strictly, then as small models really write.

A reply that is the wanted JSON is taken as it is. Any other is searched for the last object that
fits the schema once keys are matched, wrappings taken off and values made text where text is
wanted. What is cut off stays unreadable: half an answer is worse than none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from minions_core.effects import JobKind
from minions_core.jobs.abstention import is_abstention
from minions_core.jobs.filling import (
    Fields,
    Form,
    Unreadable,
    abstaining,
    as_text,
    dumped,
    fit,
    form_of,
    is_echo,
    unwrapped,
)
from minions_core.loose_json import objects, without_thoughts


def read_output(text: str, schema: type[BaseModel], kind: JobKind = "look-up") -> BaseModel:
    """The reply of a worker as an instance of its schema.

    Of several objects the last counts. Those of one array are the items of a list, all of them, if
    `kind` is `list`; else the first that answers.

    Args:
        text: the reply, verbatim and complete; pass no reply that was cut at its length limit.
        schema: a model with a field `answer`.
        kind: what sort of answer was wanted.

    Returns:
        The reply; an empty `JobOutput` if it says that there is no answer and the schema has no
        way to say so.

    Raises:
        Unreadable: nothing in `text` fits the schema, or it declines the task; the message says
            why.
    """
    form = form_of(schema, kind)
    clean = text.encode("utf-8", "replace").decode()
    output = _read_strictly(clean, form)
    output = _read_tolerantly(without_thoughts(clean), form) if output is None else output
    if _declines(dumped(output)):
        raise Unreadable("The reply declines a task that only asks what a text says.")
    return output


def _read_strictly(text: str, form: Form) -> BaseModel | None:
    try:
        output = form.schema.model_validate_json(text)
        fields = dumped(output)
    except Exception:  # noqa: BLE001 (a schema's own validators may raise anything)
        return None
    return output if "answer" in output.model_fields_set and not is_echo(fields, form) else None


def _read_tolerantly(text: str, form: Form) -> BaseModel:
    spoken = _decoded(text)
    if not spoken.strip():
        raise Unreadable("The reply holds no answer.")
    found: BaseModel | None = None
    trouble: Unreadable | None = None
    for group in _groups(spoken, form.kind):
        try:
            found = _read_group(group, form)
        except Unreadable as error:
            trouble = error
    if found is not None:
        return found
    if "{" not in spoken and is_abstention(spoken):
        return abstaining(form)
    raise trouble or Unreadable("The reply holds no complete JSON object.")


def _decoded(text: str) -> str:
    """The text inside a reply that is one JSON string."""
    if not text.lstrip().startswith('"'):
        return text
    try:
        value: Any = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, str) else text


_BETWEEN_ITEMS = re.compile(r"\s*,\s*")
_BETWEEN_LINES = re.compile(r"[\s,]*")


def _groups(text: str, kind: JobKind) -> list[list[Fields]]:
    """The objects of a reply; those of one array, or the lines of a list, together."""
    between = _BETWEEN_LINES if kind == "list" else _BETWEEN_ITEMS
    groups: list[list[Fields]] = []
    end = 0
    for found in objects(text):
        if groups and between.fullmatch(text, end, found.start):
            groups[-1].append(found.value)
        else:
            groups.append([found.value])
        end = found.end
    return groups


def _read_group(group: Sequence[Fields], form: Form) -> BaseModel:
    """Several findings are one list, if a list is wanted; else the first that answers counts."""
    replies: list[Fields] = []
    trouble: Unreadable | None = None
    for data in group:
        try:
            replies += unwrapped(data, form)
        except Unreadable as error:
            trouble = error
    if not replies:
        raise trouble or Unreadable("The reply holds no complete JSON object.")
    answered = [reply for reply in replies if not is_abstention(as_text(reply[form.answer]))]
    first, *others = answered or replies
    if form.kind != "list" or not others:
        return fit(first, form)
    items = filter(None, (as_text(reply[form.answer]) for reply in answered))
    return fit({**first, form.answer: list(dict.fromkeys(items))}, form)


_DECLINING = re.compile(
    r"(?:i(?:'m| am) (?:very )?sorry,? (?:but )?)?i(?: can't| cannot| won't|(?:'m| am) (?:unable"
    r"|not able) to) (?:help|assist|comply|fulfill?)\b.*|as an ai\b.*",
    re.DOTALL,
)


def _declines(fields: Fields) -> bool:
    """Whether a worker refuses its task; who quotes the text has read it."""
    answer = (as_text(fields.get("answer")) or "").lower().replace("\u2019", "'")
    return not fields.get("citation") and bool(_DECLINING.fullmatch(answer))
