"""Minion: the local model has the documents before it, and the remote model questions it.

The protocol of arXiv 2502.15964, section 4: r rounds cost r + 1 calls of the remote model.
"""
# pyright: reportUnusedCallResult=error

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from minions_core.config import JobOutput, MinionConfig
from minions_core.documents import Chunk, Span
from minions_core.effects import Ask, Emit, Steps
from minions_core.errors import BudgetExceeded, ContextWindowExceeded
from minions_core.events import EvidenceGathered, MessageSent, RoundStarted
from minions_core.evidence import gather_findings, one_line, report_line
from minions_core.jobs import Job, is_abstention, job_result
from minions_core.ledger import Disclosed
from minions_core.loose_json import without_thoughts
from minions_core.messages import Message, estimate_tokens
from minions_core.plans import Answer, tagged
from minions_core.prompts import fenced, render
from minions_core.protocols.opening import open_conversation
from minions_core.protocols.remote import another_round, answer_taken, ask_remote, complain
from minions_core.protocols.task import Task
from minions_core.result import RoundRecord
from minions_core.search import best_passages

if TYPE_CHECKING:
    from minions_core.evidence import Finding
    from minions_core.protocols.memory import Memory
    from minions_core.result import Outcome

MinionTask: TypeAlias = Task[MinionConfig]

_AROUND_CONTEXT_TOKENS = 700
_QUESTION_TOKENS = 150
_REPAIRS = 2
_CHARS_PER_TOKEN = 5  # more than any prose has: a reply within its limit is never cut
_CUT_OFF = "(the reply was cut off here)"
_LABEL = r"^[\s*_>-]*quotes?[*_]*\s*:"
_QUOTE = re.compile(
    rf"{_LABEL}\s*(.+?)\s*(?=\n\s*\n|{_LABEL}|\Z)", re.IGNORECASE | re.MULTILINE | re.DOTALL
)
_IN_MARKS = re.compile(r"[\"“]([^\"“”]{20,})[\"”]")
_ANSWER_ONLY = "No questions are left: reply with <answer>...</answer> only."
_NO_BUDGET = "The budget allows no further question: reply with <answer>...</answer> only."
_ASK_OR_ANSWER = "Reply with <ask>one question</ask> or with <answer>...</answer>."


@dataclass(frozen=True, slots=True)
class Question:
    """The remote model's reply was a question to the local model."""

    text: str


def minion(task: MinionTask, memory: Memory) -> Steps[Outcome]:
    """Answer the question of `task`, writing all that happens into `memory`."""
    context = local_context(task)
    reading = Message("system", render("minion_worker", context=fenced(context)))
    limits = f"you may ask {_questions(task.config.max_rounds)}."
    open_conversation(task, memory, render("minion_system"), limits)
    try:
        answer = yield from converse(task, memory, [reading])
    except BudgetExceeded as limit:
        memory.notes.append(f"Stopped early: {limit}.")
        return memory.unanswered("budget", task.documents)
    if answer is None:
        memory.notes.append("The remote model gave no answer, though told that it must.")
        return memory.unanswered("exhausted", task.documents)
    return memory.answered(answer.text, task.documents)


def converse(task: MinionTask, memory: Memory, talk: list[Message]) -> Steps[Answer | None]:
    """Question after question until there is an answer; None if there never is one."""
    for number in range(1, task.config.max_rounds + 1):
        move = yield from next_move(task, memory, f"ask_{number}", number, last=False)
        if not isinstance(move, Question):
            return move
        yield from Emit(RoundStarted(round=number))
        yield from Emit(MessageSent(round=number, sender="remote", text=move.text))
        reply = yield from ask_local(task, memory, talk, move, number)
        if reply is None:
            break
        yield from Emit(MessageSent(round=number, sender="local", text=reply))
        yield from take_down(task, memory, move, reply, number)
        if memory.stopped:
            break
    move = yield from next_move(task, memory, "answer", task.config.max_rounds, last=True)
    return move if isinstance(move, Answer) else None


def next_move(
    task: MinionTask, memory: Memory, label: str, number: int, *, last: bool
) -> Steps[Question | Answer | None]:
    """The remote model's next question or answer; None if it gives neither, though told how."""
    tries = [label, *(f"{label}_repair_{n}" for n in range(1, 1 + (1 if last else _REPAIRS)))]
    for this in tries:
        reply = yield from ask_remote(task, memory, this, last=last)
        move = read_move(reply.text, last=last, answer_first=bool(memory.findings))
        if isinstance(move, Answer):
            return answer_taken(memory, reply, move)
        if isinstance(move, Question):
            return Question(memory.vault.reveal(move.text))
        if this == tries[-1]:
            return None
        reason = "That is no answer." if last else "There is neither an <ask> nor an <answer>."
        yield from complain(memory, number, reason, _ANSWER_ONLY if last else _ASK_OR_ANSWER)
    return None


def read_move(reply: str, *, last: bool, answer_first: bool = False) -> Question | Answer | None:
    """What the remote model did: asked, answered, or neither.

    Beside a question an answer does not count, save on the last turn, or with `answer_first` if it
    comes before the question. Without tags, prose that ends in a question mark is a question, and
    any prose on the last turn an answer.
    """
    text = without_thoughts(reply).strip()
    question, answer = tagged(text, "ask"), tagged(text, "answer")
    is_first = answer_first and text.lower().find("<answer>") < text.lower().find("<ask>")
    if answer and (last or not question or is_first):
        return Answer(answer)
    if last:
        return Answer(text) if text and question is None and answer is None else None
    if not question and answer is None and text.endswith("?"):
        question = text
    return Question(question) if question else None


def ask_local(
    task: MinionTask, memory: Memory, talk: list[Message], move: Question, number: int
) -> Steps[str | None]:
    """Put one question to the local model, in its own conversation, and return what it says.

    None if the budget has no time for that: what is left of it is for the answer.
    """
    asked = render("minion_question", task=task.question, question=move.text)
    talk.append(Message("user", asked))
    limit = task.config.max_reply_tokens
    try:
        reply = yield from Ask("local", tuple(talk), f"chat_{number}", max_output_tokens=limit)
    except BudgetExceeded:
        memory.stopped = True
        memory.hear(_NO_BUDGET)
        return None
    if reply.finish_reason == "input_truncated":
        raise ContextWindowExceeded(
            "the server cut the prompt, so the local model did not see the whole text: give it a "
            "larger context window (num_ctx), set overflow='search', or use Minions"
        )
    talk.append(Message("assistant", reply.text))
    said = without_thoughts(reply.text).strip()
    return f"{said} {_CUT_OFF}" if reply.finish_reason == "length" else said


def take_down(
    task: MinionTask, memory: Memory, move: Question, reply: str, number: int
) -> Steps[None]:
    """Check what the local model quotes, and tell the remote model all of it."""
    most = task.config.max_reply_tokens * _CHARS_PER_TOKEN
    answer = _QUOTE.sub("", reply).strip() or reply
    findings = check_quotes(task, memory, move, reply, one_line(answer, most), number)
    memory.learn(findings)
    lines = [report_line(finding, task.documents, memory.discretion) for finding in findings]
    quotes = "\n".join(line.text for line in lines) or "none"
    said = one_line(memory.told(answer), most)
    memory.rounds.append(RoundRecord(number=number, plan=move.text, report=f"{said}\n{quotes}"))
    told = render(
        "minion_reply",
        round=number,
        reply=said,
        quotes=quotes,
        next=_what_next(task, memory, number, said + quotes),
    )
    disclosed = (item for line in lines for item in line.disclosed)
    memory.hear(told, [Disclosed(kind="answer", text=said), *disclosed])
    yield from Emit(EvidenceGathered(round=number, findings=len(findings), report=quotes))


def _what_next(task: MinionTask, memory: Memory, number: int, news: str) -> str:
    left = task.config.max_rounds - number
    if not left:
        return _ANSWER_ONLY
    if not memory.affords(another_round(task, memory, more=task.count(news))):
        return _NO_BUDGET
    return f"Answer now if this suffices. If not, you may ask {_questions(left)} more."


def check_quotes(
    task: MinionTask, memory: Memory, move: Question, reply: str, said: str, number: int
) -> list[Finding]:
    """The passages a reply quotes, looked up in the documents and numbered."""
    if is_abstention(said):
        return []
    whole = task.documents[0].text
    only = len(task.documents) == 1
    chunk = Chunk(whole, 0, Span(0, len(whole))) if only else Chunk("")
    job = Job(id=number, round=number, task=move.text, chunk=chunk)
    name = task.documents[0].name if only else None
    done = [
        (job, job_result(job, JobOutput(answer=said, citation=quote), name))
        for quote in quotes_in(reply)
    ]
    return gather_findings(
        done,
        task.documents,
        known=tuple(memory.findings.values()),
        heading_of=task.heading_at,
        library=task.library,
    )


def quotes_in(reply: str) -> list[str]:
    """What a reply quotes: its `Quote:` lines, or else long passages in quotation marks."""
    return _QUOTE.findall(reply) or _IN_MARKS.findall(reply)


def local_context(task: MinionTask) -> str:
    """The documents as the local model sees them: whole, or the passages that suit the question.

    Passages keep the order they have in the documents; where none suits, the first ones go.

    Raises:
        ContextWindowExceeded: not even one passage fits.
    """
    if task.window is None or tokens_needed(task) <= task.window:
        return "\n\n".join(
            f"=== {document.name} ===\n{document.text}"
            if len(task.documents) > 1
            else document.text
            for document in task.documents
        )
    room = task.window - tokens_around(task)
    chosen = best_passages(
        task.documents, task.question, max_tokens=max(1, room), count=_cautious, fill=True
    )
    if not chosen:
        raise ContextWindowExceeded(
            f"the local model holds {task.window:,} tokens, too few for a single passage: enlarge "
            "its window, or lower max_rounds or max_reply_tokens"
        )
    placed = sorted((chunk.document or 0, chunk.span, chunk.text) for chunk in chosen if chunk.span)
    return "\n\n".join(f"[...] {task.documents[at].name}:\n{text}" for at, _, text in placed)


def tokens_needed(task: MinionTask) -> int:
    """Tokens of prompt and replies the local model must hold to see all documents at once."""
    return sum(_cautious(document.text) for document in task.documents) + tokens_around(task)


def tokens_around(task: MinionTask) -> int:
    """Tokens of what is said around the documents, over all rounds."""
    turn = _QUESTION_TOKENS + estimate_tokens(task.question) + task.config.max_reply_tokens
    return _AROUND_CONTEXT_TOKENS + turn * task.config.max_rounds


def _cautious(text: str) -> int:
    """An estimate on the high side: local tokenizers make more of a text than cl100k does."""
    return round(estimate_tokens(text) * 1.2)


def _questions(number: int) -> str:
    return f"{number} question" + ("" if number == 1 else "s")
