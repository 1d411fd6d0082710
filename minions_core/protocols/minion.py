"""Minion: the local model has the documents before it, and the remote model questions it.

The protocol of arXiv 2502.15964, section 4: r rounds cost r + 1 calls of the remote model, and
one more where its answer is to be put into a form.
"""
# pyright: reportUnusedCallResult=error

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from minions_core.config import MinionConfig
from minions_core.effects import Ask, Emit, Steps
from minions_core.errors import BudgetExceeded, ContextWindowExceeded
from minions_core.events import EvidenceGathered, MessageSent, RoundStarted
from minions_core.evidence import one_line, report_line
from minions_core.ledger import Disclosed
from minions_core.loose_json import without_thoughts
from minions_core.messages import Message, estimate_tokens
from minions_core.plans import Answer, tagged
from minions_core.prompts import fenced
from minions_core.prompts.own import excess
from minions_core.protocols.ending import NO_JOBS, ended, must_answer_at_once
from minions_core.protocols.opening import open_conversation
from minions_core.protocols.quoting import check_quotes, parted
from minions_core.protocols.remote import another_round, answer_taken, ask_remote, complain
from minions_core.protocols.task import Task
from minions_core.result import RoundRecord
from minions_core.search import best_passages

if TYPE_CHECKING:
    from minions_core.protocols.memory import Memory
    from minions_core.result import Outcome

MinionTask: TypeAlias = Task[MinionConfig]

_AROUND_CONTEXT_TOKENS = 700
_QUESTION_TOKENS = 150
_REPAIRS = 2
_CHARS_PER_TOKEN = 5  # more than any prose has: a reply within its limit is never cut
_CUT_OFF = "(the reply was cut off here)"
_NOTHING = "(nothing)"  # servers refuse messages without a text
_ANSWER_ONLY = "No questions are left: reply with <answer>...</answer> only."
_NO_BUDGET = "The budget allows no further question: reply with <answer>...</answer> only."
_ASK_OR_ANSWER = "Reply with <ask>one question</ask> or with <answer>...</answer>."


@dataclass(frozen=True, slots=True)
class Question:
    """The remote model's reply was a question to the local model."""

    text: str


@dataclass(frozen=True, slots=True)
class View:
    """The documents as the local model has them before it.

    Attributes:
        text: what it reads.
        share: how much of the documents that is, 0.0 to 1.0.
    """

    text: str
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Talk:
    """The conversation with the local model.

    Attributes:
        messages: what was said so far; only ever appended to.
        share: how much of the documents the local model has before it, 0.0 to 1.0.
    """

    messages: list[Message]
    share: float = 1.0

    @property
    def seen(self) -> str:
        """What the remote model is told of that; nothing if it is all."""
        if self.share >= 1:
            return ""
        return f"It had {100 * self.share:.1f} % of the text before it."


def minion(task: MinionTask, memory: Memory) -> Steps[Outcome]:
    """Answer the question of `task`, writing all that happens into `memory`."""
    view = local_view(task)
    reading = Message("system", task.render("minion_worker", context=fenced(view.text)))
    most = _most_questions(task.config)
    limits = f"you may ask {_questions(most)}." if most else NO_JOBS
    yield from open_conversation(task, memory, task.render("minion_system"), limits)
    talk = Talk([reading], view.share)
    return (yield from ended(task, memory, converse(task, memory, talk)))


def converse(task: MinionTask, memory: Memory, talk: Talk) -> Steps[Answer | None]:
    """Question after question until there is an answer; None if there never is one."""
    rounds = 0 if must_answer_at_once(task, memory) else task.config.max_rounds
    for number in range(1, rounds + 1):
        move = yield from next_move(task, memory, f"ask_{number}", number, last=False)
        if isinstance(move, Answer):
            return move
        if move is None:
            if not memory.findings and not memory.rounds:
                return None
            memory.hear(_ANSWER_ONLY)
            break
        yield from Emit(RoundStarted(round=number))
        yield from Emit(MessageSent(round=number, sender="remote", text=move.text))
        reply = yield from ask_local(task, memory, talk, move, number)
        if reply is None:
            break
        yield from Emit(MessageSent(round=number, sender="local", text=reply))
        yield from take_down(task, memory, talk, move, reply)
        if memory.stopped:
            break
    move = yield from next_move(task, memory, "answer", len(memory.rounds), last=True)
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
            break
        reason = "That is no answer." if last else "There is neither an <ask> nor an <answer>."
        yield from complain(memory, number, reason, _ANSWER_ONLY if last else _ASK_OR_ANSWER)
    memory.notes.append(
        "The remote model gave no answer, though told that it must."
        if last
        else f"Round {number} has neither a question nor an answer."
    )
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
    task: MinionTask, memory: Memory, talk: Talk, move: Question, number: int
) -> Steps[str | None]:
    """Put one question to the local model, in its own conversation, and return what it says.

    None if the budget has no time for that: what is left of it is for the answer.
    """
    asked = task.render("minion_question", task=task.question, question=move.text)
    talk.messages.append(Message("user", asked))
    said, limit = tuple(talk.messages), task.config.max_reply_tokens
    try:
        reply = yield from Ask("local", said, f"chat_{number}", max_output_tokens=limit)
    except BudgetExceeded:
        memory.stopped = True
        memory.hear(_NO_BUDGET)
        return None
    if reply.finish_reason == "input_truncated":
        raise ContextWindowExceeded(
            "the server cut the prompt, so the local model did not see the whole text: give it a "
            "larger context window (num_ctx), set overflow='search', or use Minions"
        )
    text = without_thoughts(reply.text).strip() or _NOTHING
    talk.messages.append(Message("assistant", text))
    return f"{text} {_CUT_OFF}" if reply.finish_reason == "length" else text


def take_down(
    task: MinionTask, memory: Memory, talk: Talk, move: Question, reply: str
) -> Steps[None]:
    """Check what the local model quotes, and tell the remote model all of it."""
    number = len(memory.rounds) + 1
    most = task.config.max_reply_tokens * _CHARS_PER_TOKEN
    answer, passages = parted(reply)
    findings = check_quotes(task, memory, move.text, one_line(answer, most), passages)
    new = memory.learn(findings, task.documents)
    lines = [report_line(finding, task.documents, memory.discretion) for finding in findings]
    quotes = "\n".join(line.text for line in lines) or "none"
    said = one_line(memory.told(answer), most)
    told = f"{said}\n{talk.seen}".rstrip()
    memory.rounds.append(RoundRecord(number=number, plan=move.text, report=f"{told}\n{quotes}"))
    report = task.render(
        "minion_reply",
        round=number,
        reply=told,
        quotes=quotes,
        next=_what_next(task, memory, number, told + quotes),
    )
    disclosed = (item for line in lines for item in line.disclosed)
    memory.hear(report, [Disclosed(kind="answer", text=said), *disclosed])
    yield from Emit(
        EvidenceGathered(round=number, findings=len(findings), report=quotes, evidence=new)
    )


def _what_next(task: MinionTask, memory: Memory, number: int, news: str) -> str:
    if number == task.config.max_rounds:
        return _ANSWER_ONLY
    left = _most_questions(task.config) - number
    memory.stopped = memory.stopped or not left
    if not memory.affords(another_round(task, memory, more=task.report_tokens(task.count(news)))):
        return _NO_BUDGET
    return f"Answer now if this suffices. If not, you may ask {_questions(left)} more."


def _most_questions(config: MinionConfig) -> int:
    """How many questions there may be; each is a job of the local model."""
    jobs = config.budget.jobs
    return config.max_rounds if jobs is None else min(config.max_rounds, jobs)


def local_view(task: MinionTask) -> View:
    """The documents as the local model sees them: whole, or the passages that suit the question.

    Passages keep the order they have in the documents; where none suits, the first ones go.

    Raises:
        ContextWindowExceeded: not even one passage fits.
    """
    if task.window is None or tokens_needed(task) <= task.window:
        several = len(task.documents) > 1
        return View(
            "\n\n".join(
                f"=== {document.name} ===\n{document.text}" if several else document.text
                for document in task.documents
            )
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
    seen = sum(len(span) for _, span, _ in placed)
    return View(
        "\n\n".join(f"[...] {task.documents[at].name}:\n{text}" for at, _, text in placed),
        share=seen / sum(len(document.text) for document in task.documents),
    )


def tokens_needed(task: MinionTask) -> int:
    """Tokens of prompt and replies the local model must hold to see all documents at once."""
    text = sum(_cautious(document.text) for document in task.documents)
    return text + tokens_around(task)


def tokens_around(task: MinionTask) -> int:
    """Tokens of what is said around the documents, over all rounds."""
    config, own = task.config, task.config.prompts
    asked = _QUESTION_TOKENS + estimate_tokens(task.question) + excess(own, "minion_question")
    turns = (asked + config.max_reply_tokens) * config.max_rounds
    return _AROUND_CONTEXT_TOKENS + excess(own, "minion_worker") + turns


def _cautious(text: str) -> int:
    """An estimate on the high side: local tokenizers make more of a text than cl100k does."""
    return round(estimate_tokens(text) * 1.2)


def _questions(number: int) -> str:
    return f"{number} question" + ("" if number == 1 else "s")
