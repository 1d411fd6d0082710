"""The local model alone: it reads documents and quotes what bears on a question."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from minions_core.config import MinionsConfig, ReaderConfig
from minions_core.door import Context, as_documents, model, question, settings
from minions_core.drivers import AsyncDriver, Conditions, Permits, ThreadedDriver, ignore
from minions_core.journal import Journal, Journaled, opened
from minions_core.ledger import Ledger, Meter
from minions_core.models import Model, sized_for
from minions_core.protocols import Task
from minions_core.protocols.extraction import (
    Assignment,
    QuotedOutput,
    Replies,
    assigned,
    checked,
    extraction,
)
from minions_core.protocols.work import max_job_tokens
from minions_core.run import observers_error, one_at_a_time
from minions_core.sandbox import MontySandbox
from minions_core.tokens import token_counter

if TYPE_CHECKING:
    import os

    from minions_core.documents import Chunk
    from minions_core.events import Event
    from minions_core.result import Citation, JobResult, JobStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingResult:
    """What the local model found in some documents.

    Attributes:
        question: what was asked.
        citations: the passages that bear on it, in the order of the documents and of their text,
            numbered from 1. Each stands in its document word for word; `answer` is what the model
            concluded from it, and `check` is `verified` if that is borne out by what it read.
        jobs: every job, and what became of it.
        chunks: how many chunks the documents are; more than there are jobs, if the budget did not
            allow for all.
        lost: the chunks whose jobs told nothing, because they failed or no reply could be read:
            what they hold is not known.
        ledger: calls and tokens; `remote` is always empty.
        notes: what a careful reader should know: chunks that were not read, jobs that failed,
            quotes that were left out because they stand nowhere.
    """

    question: str
    citations: tuple[Citation, ...] = ()
    jobs: tuple[JobResult, ...] = ()
    chunks: int = 0
    lost: tuple[Chunk, ...] = ()
    ledger: Ledger = Ledger()
    notes: tuple[str, ...] = ()

    @property
    def counts(self) -> Mapping[JobStatus, int]:
        """How many jobs came to what; 0 for what none came to."""
        return Counter(job.status for job in self.jobs)


class Reader:
    """A local model that reads documents whole and quotes what bears on a question.

    There is no remote model: nothing leaves the machine, and nothing is paid. It makes long
    documents short, word for word, for whatever answers from them.

        reader = Reader(OllamaClient(model_name="llama3.2"))
        for passage in reader.read("What was capital expenditure in 2023?", [report]).citations:
            print(passage.quote, passage.place)

    Args:
        local: the model beside the data: a client of ours, or anything that is a `Model`.
        config: the settings; the defaults if None.
        journal: a file in which every reply is kept, so that a reading broken off can be repeated
            without the work it had done; made if it is not there.
        permits: how many calls may be in flight, where several readers share a model.

    A reader keeps nothing between readings but its permits, and may be shared by threads and tasks.
    """

    def __init__(
        self,
        local: Model,
        config: ReaderConfig | None = None,
        *,
        journal: Journal | str | os.PathLike[str] | None = None,
        permits: Permits | None = None,
    ) -> None:
        self.local = model(local, "local")
        self.config = settings(config, ReaderConfig())
        self.journal = opened(journal)
        self._permits = permits or Permits({"local": self.config.local_concurrency})

    def read(
        self,
        task: str,
        context: Context,
        *,
        on_event: Callable[[Event], None] | None = None,
    ) -> ReadingResult:
        """Read some documents, blocking.

        Args:
            task: a question, or key words.
            context: the text or documents to read.
            on_event: told of every call and job as it happens, one event at a time, from whichever
                thread it happens in. An exception it raises ends the reading.

        Returns:
            The passages that bear on the question, and the bill. Jobs that fail cost their chunks
            and no more: see `ReadingResult.notes`.

        Raises:
            UsageError: the question or the context is empty or of a wrong type.
            ModelError: the model cannot be reached, or no chunk at all could be read.
            BudgetExceeded: the budget ended before any was.
            JournalError: the journal cannot be read or written.
        """
        given, conditions = self._start(task, context, one_at_a_time(on_event))
        with observers_error():
            replies = ThreadedDriver(conditions).run(extraction(given))
        return _result(given, replies, conditions.meter)

    async def aread(
        self,
        task: str,
        context: Context,
        *,
        on_event: Callable[[Event], None] | None = None,
    ) -> ReadingResult:
        """`read`, on the running event loop; cancelling it cancels every call in flight."""
        observe = on_event or ignore
        given, conditions = await asyncio.to_thread(self._start, task, context, observe)
        with observers_error():
            replies = await AsyncDriver(conditions).run(extraction(given))
        return await asyncio.to_thread(_result, given, replies, conditions.meter)

    def _start(
        self, task: str, context: Context, observe: Callable[[Event], None]
    ) -> tuple[Assignment, Conditions]:
        asked, config, count = question(task), self._config(), token_counter(self.local.name)
        around = count(asked)
        local = sized_for(self.local, max_job_tokens(config) + around)
        window = local.context_window
        reading = Task(
            question=asked,
            documents=as_documents(context),
            config=config,
            count=count,
            window=None if window is None else window - around,
        )
        conditions = Conditions(
            models={"local": local if self.journal is None else Journaled(local, self.journal)},
            sandbox=MontySandbox(),
            permits=self._permits,
            count=count,
            observe=observe,
            budget=config.budget,
            meter=Meter(),
            retries=config.max_retries,
        )
        return assigned(reading), conditions

    def _config(self) -> MinionsConfig:
        """The settings as the jobs of a reading take them."""
        config = self.config
        return MinionsConfig(
            max_retries=config.max_retries,
            max_chunk_tokens=config.max_chunk_tokens,
            max_reply_tokens=config.max_reply_tokens,
            budget=config.budget,
            worker_output=QuotedOutput,
        )


def _result(given: Assignment, replies: Replies, meter: Meter) -> ReadingResult:
    found = checked(given, replies)
    return ReadingResult(
        question=given.task.question,
        citations=found.citations,
        jobs=found.jobs,
        chunks=found.chunks,
        lost=found.lost,
        ledger=meter.ledger(),
        notes=found.notes,
    )
