"""Contenders are asked questions, several at once if wanted; what is known is not asked again."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from queue import SimpleQueue
from typing import TypeAlias

from minions_core.bench.dataset import Question
from minions_core.bench.judging import Judge
from minions_core.bench.money import Prices
from minions_core.bench.players import Contender
from minions_core.bench.records import Judgement, Paid, Record, Records, fingerprint
from minions_core.errors import (
    BudgetExceeded,
    ContextWindowExceeded,
    JournalError,
    MinionsError,
    MissingExtra,
    ModelError,
    RunCancelled,
    SandboxError,
    UsageError,
)
from minions_core.events import CallFinished, Event
from minions_core.messages import TokenCounter, estimate_tokens
from minions_core.models import well_formed

Pair: TypeAlias = tuple[Contender, Question]

_FATAL = (UsageError, MissingExtra, RunCancelled, SandboxError, JournalError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One answer more.

    Attributes:
        record: what became of it.
        number: how many there are now.
        of: how many there will be.
        known: whether it was there before.
    """

    record: Record
    number: int
    of: int
    known: bool


@dataclass(slots=True, kw_only=True)
class Bench:
    """A benchmark: every contender is asked every question.

    Attributes:
        questions: the questions.
        contenders: who is asked, one after the other, so that a server that serves several of them
            does not load its model anew at every question.
        records: what is known, and where it is kept.
        prices: what calls cost.
        judge: who marks the answers; None for nobody.
        at_once: how many questions are asked at the same time.
        max_cost: US dollars this run may spend; what is in flight when they are spent is finished.
        count: counts the tokens of documents and questions.
        on_done: told of every answer, from one thread at a time.
    """

    questions: Sequence[Question]
    contenders: Sequence[Contender]
    records: Records
    prices: Prices
    judge: Judge | None = None
    at_once: int = 1
    max_cost: float | None = None
    count: TokenCounter = estimate_tokens
    on_done: Callable[[Done], None] = lambda _: None
    _spent: Decimal = field(init=False, default=Decimal(0))
    _number: int = field(init=False, default=0)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)
    _stopped: threading.Event = field(init=False, default_factory=threading.Event)

    def __post_init__(self) -> None:
        """Refuse a limit on the cost of a model whose price is not known.

        Raises:
            UsageError: it could never be reached.
        """
        if self.max_cost is not None and (unpriced := self.prices.unknown()):
            raise UsageError(
                f"--max-cost is set, and the price of {unpriced!r} is not known: set --price-as to "
                "a model whose price is known"
            )

    def run(self) -> None:
        """Ask what is not known yet; what was done is kept, however this ends.

        Raises:
            BudgetExceeded: `max_cost` is spent; what was in flight by then is kept, too.
            MinionsError: no further call can succeed: a server is gone, a key missing.
        """
        pairs = _InTurn(self._pairs())
        ended: SimpleQueue[BaseException | None] = SimpleQueue()
        workers = [
            threading.Thread(
                target=contextvars.copy_context().run, args=(self._work, pairs, ended), daemon=True
            )
            for _ in range(self.at_once)
        ]
        for worker in workers:
            worker.start()
        try:
            _raise_the_first(ended.get() for _ in workers)
        finally:
            # Nobody waits for calls in flight: what they bring would come too late to be kept.
            self._stopped.set()

    def record_of(self, contender: Contender, question: Question) -> Record | None:
        """What is known of a contender's answer to a question, made under these settings."""
        return self.records.record(_key(contender, question))

    def judgement_of(self, question: Question, record: Record) -> Judgement | None:
        """What the judge made of an answer; None if there is no judge, or it was not asked yet."""
        if self.judge is None:
            return None
        return self.records.judgement(self.judge.key(question, record))

    def score_of(self, question: Question, record: Record) -> float | None:
        """What an answer is worth to the judge; None if there is no judge, or no verdict."""
        judgement = self.judgement_of(question, record)
        return judgement.score if judgement else None

    def judgements(self) -> list[Judgement]:
        """What the judge made of the answers, each different answer once."""
        pairs = ((question, self.record_of(one, question)) for one, question in self._pairs())
        settled = (pair for pair in pairs if pair[1] is not None and pair[1].is_settled)
        made = (self.judgement_of(question, record) for question, record in settled if record)
        return list({judgement.key: judgement for judgement in made if judgement}.values())

    def _pairs(self) -> Iterator[Pair]:
        for contender in self.contenders:
            for question in self.questions:
                yield contender, question

    def _work(self, pairs: _InTurn, ended: SimpleQueue[BaseException | None]) -> None:
        """Ask until there is nothing left to ask, or the benchmark is over."""
        try:
            while not self._stopped.is_set() and (pair := pairs.next()):
                self._ask(*pair)
        except BaseException as error:  # noqa: BLE001 - raised again where the benchmark runs
            pairs.end()
            ended.put(error)
        else:
            ended.put(None)

    def _ask(self, contender: Contender, question: Question) -> None:
        known = self.record_of(contender, question)
        again = known is None or not known.is_settled
        if known is None or again:
            self._go_on()
            known = self._performed(contender, question)
        if self.judge and known.is_settled and self.score_of(question, known) is None:
            self._judge(self.judge, question, known)
        with self._lock:
            self._number += 1
            of = len(self.contenders) * len(self.questions)
            self.on_done(Done(record=known, number=self._number, of=of, known=not again))

    def _judge(self, judge: Judge, question: Question, record: Record) -> None:
        self._go_on()
        judgement = judge.judge(question, record, self._watch)
        self.records.add(judgement)
        self._pay(self.prices.of_judgement(judgement))

    def _performed(self, contender: Contender, question: Question) -> Record:
        """Have a question answered, and keep what comes of it."""
        calls: list[Paid] = []

        def note(event: Event) -> None:
            if isinstance(event, CallFinished):
                calls.append(Paid(role=event.role, usage=event.usage))
            self._watch(event)

        began = time.perf_counter()
        try:
            record = _answered(contender, question, note)
        except ModelError as error:
            if calls:  # before the one that ends all; they were paid for
                self._keep(_failed(contender, question, error), calls)
            raise
        record = replace(
            record,
            seconds=time.perf_counter() - began,
            document_tokens=sum(self.count(document.text) for document in question.documents),
            question_tokens=self.count(question.text),
        )
        return self._keep(record, calls)

    def _keep(self, record: Record, calls: Iterable[Paid]) -> Record:
        record = replace(record, calls=tuple(calls))
        self.records.add(record)
        self._pay(self.prices.of_record(record))
        return record

    def _watch(self, _: Event) -> None:
        if self._stopped.is_set():
            raise RunCancelled("the benchmark was stopped")

    def _go_on(self) -> None:
        """See that the benchmark goes on, and may spend more.

        Raises:
            BudgetExceeded: it may not.
        """
        with self._lock:
            spent = float(self._spent)
        if self.max_cost is not None and spent >= self.max_cost:
            raise BudgetExceeded("cost", spent, self.max_cost)

    def _pay(self, cost: Decimal | None) -> None:
        with self._lock:
            self._spent += cost or 0


class _InTurn:
    """Hands out pairs to several threads, each once."""

    def __init__(self, pairs: Iterator[Pair]) -> None:
        self._pairs = pairs
        self._lock = threading.Lock()

    def next(self) -> Pair | None:
        """The next pair; None if there is none left."""
        with self._lock:
            return next(self._pairs, None)

    def end(self) -> None:
        """Hand out no more."""
        with self._lock:
            self._pairs = iter(())


def _raise_the_first(ended: Iterable[BaseException | None]) -> None:
    """See how workers ended: with money spent the others finish, by any other error all is over."""
    spent: BudgetExceeded | None = None
    for error in ended:
        if isinstance(error, BudgetExceeded):
            spent = spent or error
        elif error is not None:
            raise error
    if spent:
        raise spent


def _key(contender: Contender, question: Question) -> str:
    return fingerprint(question=question.digest, settings=dict(contender.settings))


def _answered(contender: Contender, question: Question, observe: Callable[[Event], None]) -> Record:
    """What a contender made of a question, its failure included, unless no other can succeed."""
    try:
        answered = contender.answer(question, observe)
    except ContextWindowExceeded as error:
        return replace(_failed(contender, question, error), ending="too_long")
    except _FATAL:
        raise
    except MinionsError as error:
        if isinstance(error, ModelError) and error.fatal:
            raise
        return _failed(contender, question, error)
    return Record(
        key=_key(contender, question),
        question=question.id,
        contender=contender.name,
        ending=answered.ending,
        answer=answered.answer,
        found=answered.found,
        cited=answered.cited,
        remote_model=answered.remote_model,
        disclosed_share=answered.disclosed_share,
        cut=answered.cut,
    )


def _failed(contender: Contender, question: Question, error: MinionsError) -> Record:
    return Record(
        key=_key(contender, question),
        question=question.id,
        contender=contender.name,
        ending="failed",
        error=well_formed(str(error)),
    )
