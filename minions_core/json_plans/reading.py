"""Plans in JSON, found in a reply and checked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from minions_core.errors import UsageError
from minions_core.json_plans.schema import Entry, JsonPlan, as_list
from minions_core.loose_json import objects

_MOST_ERRORS = 4
_JOBS = re.compile(r"""["']jobs["']\s*:""")
_KEY = re.compile(r"""["']?\b(?:jobs|tasks?)["']?\s*:""")


def holds_json_plan(text: str, *, fenced: bool) -> bool:
    """Whether `text` holds a plan in JSON.

    Args:
        text: a reply, or a block of one.
        fenced: it stood in a block marked as JSON: then it is also a plan if it cannot be read,
            but means to be one, for its author to be told what is wrong with it.
    """
    jobs = _entries(text).get("jobs", [])
    if any(isinstance(job, dict) for job in jobs):
        return fenced or bool(_JOBS.search(text)) or text.lstrip().startswith(("[", "{"))
    return fenced and bool(_KEY.search(text))


def read_plan(text: str) -> JsonPlan:
    """A plan, checked.

    Raises:
        UsageError: what is wrong with it, field by field.
    """
    entries = _entries(text)
    if not entries:
        raise UsageError(f"The JSON of the plan cannot be read: {_where_it_breaks(text)}")
    try:
        return JsonPlan.model_validate(entries)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        told = "; ".join(map(_told, found[:_MOST_ERRORS]))
        more = len(found) - _MOST_ERRORS
        raise UsageError(told + (f"; and {more} more" if more > 0 else "")) from error


def _entries(text: str) -> dict[str, Any]:
    """What a text holds of a plan: one object with `jobs`, or jobs alone; empty if nothing."""
    found = [each.value for each in objects(text)]
    plans = [each for each in found if "jobs" in each]
    if not plans:
        jobs = [each for each in found if "task" in each or "tasks" in each]
        return {"jobs": jobs} if jobs else {}
    merged = {name: value for each in plans for name, value in each.items()}
    return {**merged, "jobs": [job for each in plans for job in as_list(each["jobs"])]}


def _where_it_breaks(text: str) -> str:
    start = text.find("{")
    try:
        json.loads(text[start:])
    except json.JSONDecodeError as error:
        return f"{error.msg}, in line {text.count(chr(10), 0, start + error.pos) + 1} of it."
    except (ValueError, RecursionError):
        return "a value in it is too large."
    return 'it has no list "jobs".'


def _told(error: Mapping[str, Any]) -> str:
    place: tuple[int | str, ...] = error["loc"]
    of_job = len(place) > 1
    whose = f"job {int(place[1]) + 1}" if of_job else "the plan"
    names = [str(part) for part in place[2 if of_job else 0 :] if isinstance(part, str)]
    return f"{whose}{''.join(f', {name}' for name in names)}: {_said(error, of_job=of_job)}"


def _said(error: Mapping[str, Any], *, of_job: bool) -> str:
    match error["type"]:
        case "extra_forbidden":
            fields = ", ".join((Entry if of_job else JsonPlan).model_fields)
            return f"there is no such field; there are {fields}"
        case "missing":
            return "is missing"
        case "model_type":
            return "must be an object with tasks"
        case _:
            return str(error["msg"]).removeprefix("Value error, ")
