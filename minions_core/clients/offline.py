"""Two stand-ins for models, for machines without any: no model, no network, no understanding.

`ExtractiveClient` plays the local role and `OfflineSupervisor` the remote one. They are machinery,
not language models: they compare words, look for figures, and quote. They exist so that the demo,
the examples and the tests can run the whole protocol (plans, sandbox, citations, ledger) on a bare
machine. What they get right on simple look-ups says nothing about what a language model would.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from minions_core.clients._extract import Extract, Question, extract, fit
from minions_core.clients._units import YEAR, content_words, stem, stems
from minions_core.effects import Ask, JsonSchema
from minions_core.messages import Message, Reply, Usage, estimate_tokens
from minions_core.models import BlockingModel, OnText

# What the prompts say, as far as these two must recognise it.
_JOB = re.compile(
    r"<text>\n(?P<chunk>.*)\n</text>\s*\nTask: (?P<task>.*?)(?:\nAdvice: (?P<advice>.*?))?"
    r"\n\s*\nReply with",
    re.DOTALL,
)
_CONTEXT = re.compile(r"<text>\n(?P<context>.*)\n</text>", re.DOTALL)
_DIRECT = "You answer a question from the documents before it."
_PART = re.compile(r"^(?P<title>.*)\n<text>\n(?P<text>(?s:.*?))\n</text>$", re.MULTILINE)
_DIRECT_QUESTION = "\n\nQuestion: "
_ANSWER_ALONE = "give the answer alone"
_CHAT_QUESTION = re.compile(r"Answer only this: (.*)", re.DOTALL)
_MINION_SUPERVISOR = "<ask>"
_QUESTION = re.compile(r"Question: (.*?)(?=\n\s*\n|\nNotes: |\nAnswer: |\nDocuments|\Z)", re.DOTALL)
_DOCUMENT_NAME = re.compile(r"^\d+: (.*?), [\d,]+ characters", re.MULTILINE)
_PLACEHOLDER = re.compile(r"\[[A-Z_]+_\d+\]")
_FINDING = re.compile(r"^\[(?P<number>\d+)\] (?P<fields>.*)$", re.MULTILINE)
_LAST_TURN = re.compile(r"No (?:rounds|questions) are left|allows no further")
_PLAN_OF_CODE = "def prepare_jobs"
_LOOK_FOR = "Look for: "

_SILENT = "The text does not say."
_NOT_TOLD = "The documents do not say."
_UNKNOWN = "The evidence does not tell."
_AGREEMENT = 0.1
_OF_ANY_TEXT = frozenset({"type", "title", "description", "default", "examples"})
_DOUBTS = ("quote not found in the text", "no quote", "not in quote")
_PLAN_TEMPLATE = """\
```python
def prepare_jobs(context, prev_job_manifests=None, prev_job_outputs=None):
    chunks = []
    for document in context:
        chunks.extend(chunk_by_{chunker}(document))
    found = search(chunks, {search!r}, k={k})
    return [JobManifest(chunk=chunk, task={task!r}, advice={advice!r}) for chunk in found]
```"""


@dataclass(frozen=True, slots=True)
class ExtractiveClient(BlockingModel):
    """The local role without a model: quotes the sentence or table row whose words fit the task.

    It abstains where nothing fits well. It understands nothing: it cannot sum up, compare or
    calculate, and a synonym is a stranger to it.

    Attributes:
        name: what it is called in ledgers.
        context_window: None: it holds any text.
    """

    name: str = "offline-extractive"
    context_window: int | None = None

    def reply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Answer a job in JSON, a chat in prose, a direct question with the bare answer."""
        if _is_direct(ask.messages):
            return _spoken(self.name, ask, _answered_directly(ask.messages), on_text)
        jobs = (_JOB.search(message.content) for message in ask.messages)
        job = next((job for job in jobs if job), None)
        text = _do_job(job, ask.schema) if job else _chat(ask.messages)
        return _spoken(self.name, ask, text, on_text)


@dataclass(frozen=True, slots=True)
class OfflineSupervisor(BlockingModel):
    """The remote role without a model: plans a search, then quotes the best evidence.

    Attributes:
        name: what it is called in ledgers; a real model's name prices its tokens as that model's.
        context_window: None: it holds any conversation.
        jobs: how many chunks its first plan has read.
    """

    name: str = "offline-supervisor"
    context_window: int | None = None
    jobs: int = 6

    def reply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """Plan or ask first, answer once there is evidence, and put that into a form of one text.

        Of any other form it fills in nothing. A direct question it answers as the other does.
        """
        if _is_direct(ask.messages):
            return _spoken(self.name, ask, _answered_directly(ask.messages), on_text)
        turn = _Turn.of(ask.messages)
        if ask.schema:
            text = _filled_in(ask.schema, turn)
        elif turn.findings:
            text = _best_answer(turn)
        elif turn.last or turn.tries > 1:
            text = f"<answer>{_NOT_TOLD if turn.bare else _UNKNOWN}</answer>"
        elif turn.chatting:
            text = f"<ask>{_reworded(turn) if turn.tries else turn.question}</ask>"
        else:
            text = self._plan(turn)
        return _spoken(self.name, ask, text, on_text)

    def _plan(self, turn: _Turn) -> str:
        wide = turn.tries > 0
        chunker = "paragraph" if wide else "section"
        keywords = " ".join(turn.keywords)
        wanted = {
            "search": [keywords, *turn.keywords] if wide else [keywords],
            "k": self.jobs * 3 if wide else self.jobs,
            "task": turn.question,
            "advice": _LOOK_FOR + ", ".join(turn.keywords),
        }
        if turn.in_code:
            return _PLAN_TEMPLATE.format(chunker=chunker, **wanted)
        return f"```json\n{json.dumps({'jobs': [{'chunker': chunker, **wanted}]})}\n```"


@dataclass(frozen=True, slots=True)
class _Finding:
    """A line of a report: `[3] $1,412 million | "Capital ... 1,412" | p. 12 | no quote`.

    Of its fields only the answer is always there.
    """

    number: int
    answer: str
    quote: str
    place: str
    is_doubtful: bool

    @classmethod
    def read(cls, line: re.Match[str]) -> _Finding:
        answer, *fields = line["fields"].split(" | ")
        quoted = [field.strip('"') for field in fields if field.startswith('"')]
        return cls(
            number=int(line["number"]),
            answer=answer,
            quote=quoted[0] if quoted else answer,
            place=" ".join(field for field in fields if not field.startswith('"')),
            is_doubtful=bool(fields) and fields[-1].endswith(_DOUBTS),
        )


@dataclass(frozen=True, slots=True)
class _Turn:
    """What a supervisor knows when it is its turn.

    Attributes:
        question: what the user asked.
        keywords: content words of the question that are not the name of a document.
        findings: the evidence so far.
        tries: how often it planned or asked already.
        last: whether it must answer now.
        chatting: whether the protocol is Minion, not MinionS.
        in_code: whether plans are to be written in Python.
        bare: whether the answer is wanted without a quote.
    """

    question: str
    keywords: tuple[str, ...]
    findings: tuple[_Finding, ...]
    tries: int
    last: bool
    chatting: bool
    in_code: bool
    bare: bool

    @classmethod
    def of(cls, messages: tuple[Message, ...]) -> _Turn:
        heard = [message.content for message in messages if message.role != "assistant"]
        system, opening, *told = heard if len(heard) > 1 else ["", *heard]
        asked = _QUESTION.findall(opening)  # the last: those of earlier turns come before it
        question = " ".join((asked[-1] if asked else opening).split())
        names = {stem for name in _DOCUMENT_NAME.findall(opening) for stem in stems(name)}
        return cls(
            question=question,
            keywords=_keywords(question, names),
            findings=tuple(map(_Finding.read, _FINDING.finditer("\n".join(told)))),
            tries=sum(message.role == "assistant" for message in messages),
            last=bool(_LAST_TURN.search(messages[-1].content)),
            chatting=_MINION_SUPERVISOR in system,
            in_code=_PLAN_OF_CODE in system,
            bare=_ANSWER_ALONE in opening,
        )


def _keywords(question: str, names: set[str]) -> tuple[str, ...]:
    """The words of a question to search with: no small words, no words of documents' names."""
    words = content_words(_PLACEHOLDER.sub(" ", question))
    kept = [word for word in words if YEAR.fullmatch(word) or stem(word) not in names]
    return tuple(dict.fromkeys(kept or words))


def _reworded(turn: _Turn) -> str:
    return f"What, if anything, does the text say about {' '.join(turn.keywords)}?"


def _ranked(turn: _Turn) -> list[_Finding]:
    """The findings, the best first."""
    question = Question.of(turn.question).about(stems(" ".join(turn.keywords)))
    saying = Counter(finding.answer for finding in turn.findings)

    def rank(finding: _Finding) -> tuple[bool, float]:
        agreement = _AGREEMENT * (saying[finding.answer] - 1)
        return finding.is_doubtful, -fit(finding.quote, finding.place, question) - agreement

    return sorted(turn.findings, key=rank)


def _best_answer(turn: _Turn) -> str:
    """The best finding and its quote, and the number of another that says the same."""
    best, *others = _ranked(turn)
    agreeing = [other for other in others if other.answer == best.answer][:1]
    marks = " ".join(f"[{finding.number}]" for finding in (best, *agreeing))
    if turn.bare:
        return f"<answer>{best.answer} {marks}</answer>"
    if best.answer == best.quote:
        return f"<answer>{best.quote} {marks}</answer>"
    return f'<answer>{best.answer} {marks}. The text says: "{best.quote}"</answer>'


def _filled_in(form: JsonSchema, turn: _Turn) -> str:
    """A form whose one field takes any text; with more, what belongs where would be a guess."""
    fields: dict[str, dict[str, Any]] = {**form.schema.get("properties", {})}
    if len(fields) != 1 or not turn.findings:
        return "{}"
    ((name, field),) = fields.items()
    kinds = [kind for kind in field.get("anyOf", [field]) if kind.get("type") == "string"]
    takes_any_text = any(kind.keys() <= _OF_ANY_TEXT for kind in kinds)
    return json.dumps({name: _ranked(turn)[0].answer} if takes_any_text else {}, ensure_ascii=False)


def _is_direct(messages: tuple[Message, ...]) -> bool:
    return messages[0].content.startswith(_DIRECT)


def _answered_directly(messages: tuple[Message, ...]) -> str:
    """The bare answer to a question that comes with its documents."""
    shown, _, question = messages[-1].content.rpartition(_DIRECT_QUESTION)
    parts = list(_PART.finditer(shown))
    names = {stem for part in parts for stem in stems(part["title"])}
    about = stems(" ".join(_keywords(question, names)))
    found = extract("\n\n".join(part["text"] for part in parts), Question.of(question).about(about))
    return found.answer if found else _NOT_TOLD


def _do_job(job: re.Match[str], schema: JsonSchema | None) -> str:
    """The reply to a job: the keys of the schema, with those it has no value for left null."""
    question = Question.of(job["task"])
    advice = (job["advice"] or "").strip()
    if advice.startswith(_LOOK_FOR):
        question = question.about(stems(advice.removeprefix(_LOOK_FOR)))
    found = extract(job["chunk"], question)
    values: dict[str, str | None] = {"explanation": None, "citation": None, "answer": None}
    if found:
        values = {"explanation": found.reason, "citation": found.quote, "answer": found.answer}
    names = schema.schema.get("properties", values) if schema else values
    return json.dumps({name: values.get(name) for name in names}, ensure_ascii=False)


def _chat(messages: tuple[Message, ...]) -> str:
    """An answer in prose, with the quote on a line of its own."""
    held = (_CONTEXT.search(message.content) for message in messages)
    context = next((found["context"] for found in held if found), "")
    last = messages[-1].content
    asked = _CHAT_QUESTION.search(last)
    found: Extract | None = extract(context, Question.of(asked[1] if asked else last))
    return f"{found.answer}\nQuote: {found.quote}" if found else _SILENT


def _spoken(name: str, ask: Ask, text: str, on_text: OnText | None) -> Reply:
    if on_text:
        on_text(text)
    prompt = sum(estimate_tokens(message.content) for message in ask.messages)
    usage = Usage(input_tokens=prompt, output_tokens=estimate_tokens(text), estimated=True)
    return Reply(text=text, usage=usage, model=name)
