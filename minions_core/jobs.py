"""A job, and what a worker's reply to it says: read strictly, then as small models really write.

`read_output` takes a reply that is the wanted JSON as it is. Any other is searched for the last
object that fits the schema once keys are matched, wrappings taken off and values made text where
text is wanted. What is cut off stays unreadable: half an answer is worse than none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, ValidationError

from minions_core.documents import Chunk
from minions_core.loose_json import objects, without_thoughts
from minions_core.result import JobResult

LostStatus: TypeAlias = Literal["truncated", "unparsable", "failed"]
"""The ways a job ends without telling anything about its chunk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One task for one chunk.

    Attributes:
        id: its number, unique in the run, counted from 1.
        round: the round that planned it.
        task: what to find out.
        chunk: what to read.
        advice: what the plan added to the task.
    """

    id: int
    round: int
    task: str
    chunk: Chunk
    advice: str = ""


class Unreadable(Exception):
    """A reply could not be read; the message tells the model that wrote it why."""


def job_result(job: Job, output: BaseModel, document_name: str | None) -> JobResult:
    """What a job came to whose reply was read: `answered`, or `abstained` without an answer.

    Args:
        job: the job.
        output: its reply; of its fields `answer`, `citation` and `explanation` are used.
        document_name: the name of the chunk's document, or None if it has none.
    """
    fields = output.model_dump(mode="json")
    answer, citation = _rendered(fields.get("answer")), _rendered(fields.get("citation"))
    abstained = is_abstention(answer)
    return JobResult(
        id=job.id,
        task=job.task,
        status="abstained" if abstained else "answered",
        advice=job.advice,
        document=document_name,
        span=job.chunk.span,
        answer=None if abstained else answer,
        citation=None if is_abstention(citation) else citation,
        explanation=_rendered(fields.get("explanation")),
    )


def lost_job(job: Job, status: LostStatus, detail: str, document_name: str | None) -> JobResult:
    """What a job came to that told nothing: its status, and in `detail` what went wrong."""
    return JobResult(
        id=job.id,
        task=job.task,
        status=status,
        advice=job.advice,
        document=document_name,
        span=job.chunk.span,
        detail=detail,
    )


def _rendered(value: Any) -> str | None:
    """A field as text: strings trimmed, the rest as compact JSON; nothing at all as None."""
    if isinstance(value, str):
        return value.strip() or None
    if value is None or value in ([], {}):
        return None
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


_MAX_ABSTENTION_CHARS = 300
_TEXT = r"(?:text|excerpt|passage|chunk|context|document|snippet|section|transcript|page|content)s?"
_PAPER = rf"(?:{_TEXT}|report|filing|article|table|source)"
_SOURCE = rf"(?:{_TEXT}|report|filing|article|conversation|meeting|contract|agreement|table|source)"
_THE = r"(?:the |this |that |given |provided |above )*"
_HERE = rf"(?: (?:anywhere )?(?:in|by|from|within) {_THE}{_SOURCE}| here)"
_TOLD = (
    "(?:found|mentioned|stated|specified|provided|given|disclosed|discussed|reported|indicated"
    "|described|available|present|included|contained|addressed|listed|known|applicable)"
)
_TELL = (
    "(?:say|mention|state|specify|provide(?! for)|contain|include|give|discuss|disclose|tell"
    "|address|answer|indicate|describe|report|list)"
)
_DOES_NOT = "(?:does not|doesn't|do not|don't|did not)"
_HAS = "(?:has|have|gives?|provides?|contains?|includes?|makes?)"
_HOW = "(?:explicitly |directly |clearly |specifically )?"
_IT = "(?:the |this )?(?:answer|information|it|this|that)"
_THERE_IS = "(?:there is|there's|i found|i have)"
_SUCH = "(?:relevant |specific |such |explicit )*"
_IS_TOLD = f"(?: (?:is |was )?{_TOLD})?"
_ABOUT = "(?: (?:about|on|of|regarding|for|concerning|related) .*)?"
_ABSTENTION = re.compile(
    "|".join(
        (
            r"none|null|nil|nothing|unknown|unclear|n/?a|no answer|abstain(?:ed)?",
            rf"nothing (?:was |is )?{_TOLD}{_HERE}?",
            rf"(?:{_IT} )?(?:(?:is|was|are) )?(?:not {_HOW}{_TOLD}|unknown|unclear){_HERE}?",
            rf".+ (?:is|was|are|were) not {_HOW}{_TOLD} (?:in|by) {_THE}{_TEXT}",
            rf"(?:{_THERE_IS} )?no {_SUCH}(?:information|mention|answer){_IS_TOLD}{_HERE}?{_ABOUT}",
            rf"(?:{_THERE_IS} )?no {_SUCH}(?:data|details?|reference|evidence){_IS_TOLD}{_HERE}?",
            rf"{_THE}{_TEXT} {_DOES_NOT} {_HOW}{_TELL}\b.*",
            rf"{_THE}{_PAPER} {_DOES_NOT} {_HOW}(?:say|mention|state|specify|tell|disclose)\b.*",
            rf"{_THE}{_PAPER} (?:says?|states?|mentions?|tells?|discloses?) nothing{_ABOUT}",
            rf"{_THE}{_PAPER} {_HAS} no {_SUCH}(?:information|mention|answer|reference){_ABOUT}",
            r"i (?:do not|don't) know",
            r"(?:i |it )?(?:cannot|can't|could not) (?:be )?(?:find|found|determined?|answer)\b.*",
            r"(?:i am |i'm )?unable to (?:find|determine|answer)\b.*",
            r"insufficient information\b.*",
        )
    )
)
_POINTER = re.compile(r"[(\[](?:please )?see [^()\[\]]*")
_PHRASE_END = re.compile(r"[.;:()\[\]!?,]|\s--?\s")
_CONTRAST = re.compile(r"\b(?:but|however|although|though|instead|except|only|other than)\b")
_PLAIN = str.maketrans({"\u2019": "'", "\u2013": "-", "\u2014": "-"})
_TRIMMINGS = " \"'`*_-.()[]{}<>"


def is_abstention(answer: str | None) -> bool:
    """Whether an answer, as a whole, says that there is none.

    `None`, "n/a", "Not mentioned in the text.", "None (the excerpt does not say)" are abstentions;
    "None of the directors resigned.", "not found guilty", "No" and "0" are answers.
    """
    if answer is None:
        return True
    if len(answer) > _MAX_ABSTENTION_CHARS:
        return False
    words = " ".join(answer.translate(_PLAIN).lower().split()).strip(_TRIMMINGS)
    if words in {"", "n.a"}:
        return True
    phrases = (phrase.strip(_TRIMMINGS) for phrase in _PHRASE_END.split(_POINTER.sub("", words)))
    return not _CONTRAST.search(words) and all(
        _ABSTENTION.fullmatch(phrase) for phrase in phrases if phrase
    )


def read_output(text: str, schema: type[BaseModel]) -> BaseModel:
    """The reply of a worker as an instance of its schema.

    Args:
        text: the reply, verbatim and complete; pass no reply that was cut at its length limit.
        schema: a model with a field `answer`.

    Raises:
        Unreadable: nothing in `text` fits the schema; the message says why.
    """
    clean = text.encode("utf-8", "replace").decode()
    strict = _read_strictly(clean, schema)
    return _read_tolerantly(without_thoughts(clean), schema) if strict is None else strict


def _read_strictly(text: str, schema: type[BaseModel]) -> BaseModel | None:
    try:
        output = schema.model_validate_json(text)
    except ValidationError:
        return None
    is_reply = "answer" in output.model_fields_set and not _is_echo(output.model_dump())
    return output if is_reply else None


def _read_tolerantly(text: str, schema: type[BaseModel]) -> BaseModel:
    if not text.strip():
        raise Unreadable("The reply holds no answer.")
    found: BaseModel | None = None
    trouble: Unreadable | None = None
    for data in objects(text):
        try:
            found = _fit(data, schema)
        except Unreadable as error:
            trouble = error
    if found is not None:
        return found
    if "{" not in text and is_abstention(text):
        return _abstain(schema)
    raise trouble or Unreadable("The reply holds no complete JSON object.")


def _abstain(schema: type[BaseModel]) -> BaseModel:
    for nothing in (None, ""):
        try:
            return schema.model_validate({**dict.fromkeys(_names(schema)), "answer": nothing})
        except ValidationError:
            continue
    raise Unreadable("The reply holds no JSON object.")


def _fit(data: Mapping[str, Any], schema: type[BaseModel]) -> BaseModel:
    named = _unwrapped(data, _names(schema))
    try:
        return schema.model_validate(named)
    except ValidationError as error:
        trouble = error
    wanted_as_text = {item["loc"][0] for item in trouble.errors() if item["type"] == "string_type"}
    try:
        return schema.model_validate(
            {
                key: _as_text(value) if key in wanted_as_text else value
                for key, value in named.items()
            }
        )
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise Unreadable(f"Field `{where}` is wrong: {first['msg']}.") from None


def _as_text(value: Any) -> str | None:
    """What a model meant where text is wanted; None stays, for the schema to judge."""
    if isinstance(value, list):
        items: list[Any] = [*value]
        if all(isinstance(item, str) for item in items):
            return "; ".join(items)
    return _rendered(value)


_MAX_WRAPPINGS = 3
_SCHEMA_KEYS = frozenset({"properties", "$defs", "$schema", "$ref"})


def _unwrapped(data: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The reply inside `{"output": {...}}`, its keys spelt as the schema spells them."""
    layer: dict[str, Any] = dict(data)
    for _ in range(_MAX_WRAPPINGS):
        named = {names.get(_plain_key(key), key): value for key, value in layer.items()}
        if _SCHEMA_KEYS & layer.keys() or _is_echo(named):
            raise Unreadable("The reply repeats the form instead of filling it in.")
        if names["answer"] in named:
            return named
        inner: list[Any] = [value for value in layer.values() if isinstance(value, dict)]
        if not inner:
            break
        layer = inner[-1]
    raise Unreadable("The JSON object has no key `answer`.")


def _names(schema: type[BaseModel]) -> dict[str, str]:
    """The key each field goes by in JSON, found by the plain form of its name."""
    return {
        _plain_key(name): field.validation_alias
        if isinstance(field.validation_alias, str)
        else name
        for name, field in schema.model_fields.items()
    }


def _plain_key(key: str) -> str:
    return re.sub(r"[\W_]+", "", key).lower()


_PLACEHOLDER = re.compile(
    r"<[^<>]*>|\.{3}|\u2026|string|(?:your|the) (?:answer|explanation|citation)(?: here)?"
    r"|(?:string|str|text|answer|explanation|citation|null|none)(?: or |\s*[|/]\s*)"
    r"(?:string|str|text|null|none)",
    re.IGNORECASE,
)
_SCHEMA_OF_A_FIELD = frozenset(
    {"type", "title", "description", "anyOf", "default", "enum", "items"}
)


def _is_echo(fields: Mapping[str, Any]) -> bool:
    """Whether what was filled in is the form's own placeholders."""
    filled = [value for value in fields.values() if value is not None]
    return bool(filled) and all(map(_is_placeholder, filled))


def _is_placeholder(value: Any) -> bool:
    if isinstance(value, str):
        return bool(_PLACEHOLDER.fullmatch(value.strip()))
    return isinstance(value, dict) and "type" in value and value.keys() <= _SCHEMA_OF_A_FIELD
