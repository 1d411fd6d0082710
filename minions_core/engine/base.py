"""What `Minion` and `Minions` share: settings, two models and a driver, made one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Generic, Literal, TypeAlias, TypeVar

from minions_core.config import RunConfig
from minions_core.door import (
    Context,
    History,
    as_documents,
    model,
    notes,
    question,
    settings,
    turns,
    with_rounds,
)
from minions_core.drivers import Permits
from minions_core.drivers.threaded import Stop
from minions_core.events import Event
from minions_core.journal import Journal, Journaled, opened
from minions_core.ledger import price
from minions_core.models import Model, sized_together
from minions_core.protocols import Memory, Task, remote_tokens_needed
from minions_core.run import OnOneLoop, Run, astreamed
from minions_core.sandbox import MontySandbox, Sandbox
from minions_core.tokens import token_counter

if TYPE_CHECKING:
    import os

    from minions_core.effects import Steps
    from minions_core.result import MinionsResult, Outcome

OnEvent: TypeAlias = Callable[[Event], None]
C = TypeVar("C", bound=RunConfig)


class Engine(Generic[C]):
    """What `Minion` and `Minions` share: everything but the protocol.

    Args:
        local: the model beside the data: a client of ours, or anything that is a `Model`.
        remote: the model paid by the token.
        config: the settings; the defaults if None.
        max_rounds: replaces `config.max_rounds`.
        journal: a file in which every reply is kept, so that a run broken off can be repeated
            without paying again for what it had; made if it is not there.
        permits: how many calls may be in flight, where several engines share a model.

    An engine keeps nothing between runs but its permits, so it may be shared and called from many
    threads and tasks at once. All blocking runs together, whatever their threads, never have more
    calls in flight than its settings say; nor have all asynchronous runs of one event loop. Each
    event loop counts by itself, and apart from the threads.
    """

    protocol: ClassVar[Literal["minion", "minions"]]

    def __init__(
        self,
        local: Model,
        remote: Model,
        *,
        config: C | None = None,
        max_rounds: int | None = None,
        journal: Journal | str | os.PathLike[str] | None = None,
        permits: Permits | None = None,
    ) -> None:
        self.local = model(local, "local")
        self.remote = model(remote, "remote")
        self.config: C = with_rounds(settings(config, self._default_config()), max_rounds)
        self.journal = opened(journal)
        self._permits = permits or permits_for(self.config)

    def run(
        self,
        task: str,
        context: Context,
        *,
        doc_metadata: str = "",
        history: History = (),
        max_rounds: int | None = None,
        on_event: OnEvent | None = None,
        streams: bool = True,
    ) -> MinionsResult:
        """Answer a question about some documents, blocking.

        Args:
            task: the question.
            context: the text or documents to answer it from.
            doc_metadata: what kind of documents they are, told to the remote model.
            history: earlier results (or `Turn`s), oldest first, if the question follows them up.
                Their evidence can be cited again as far as it still stands in the documents.
            max_rounds: replaces the setting for this run.
            on_event: told what happens as it happens, one event at a time, from whichever thread
                it happens in. An exception it raises ends the run and is raised here unchanged: it
                counts neither as a failed call nor as a failed job.
            streams: whether `on_event` is told the answer as it arrives (`TextDelta`), for which
                the remote model is asked to stream it. Without an observer nothing is streamed.

        Returns:
            The answer, its citations, the rounds, the bill, and what left the machine.

        Raises:
            UsageError: the question or the context is empty or of a wrong type, or the budget sets
                a cost and the price of the remote model is not known.
            ModelError: a model cannot be reached, or the remote model failed.
            SandboxError: the sandbox could not run.
            RedactionError: the redactor failed; nothing leaves then.
            JournalError: the journal cannot be read or written.
        """
        run = self._start(task, context, doc_metadata, history, max_rounds)
        return replace(run, streams=streams).threaded(on_event, Stop())

    __call__ = run

    async def arun(
        self,
        task: str,
        context: Context,
        *,
        doc_metadata: str = "",
        history: History = (),
        max_rounds: int | None = None,
        on_event: OnEvent | None = None,
        streams: bool = True,
    ) -> MinionsResult:
        """`run`, on the running event loop; cancelling it cancels every call in flight."""
        given = (task, context, doc_metadata, history, max_rounds)
        run = await asyncio.to_thread(self._start, *given)
        return await replace(run, streams=streams).asynchronous(on_event)

    def stream(
        self,
        task: str,
        context: Context,
        *,
        doc_metadata: str = "",
        history: History = (),
        max_rounds: int | None = None,
    ) -> Generator[Event, None, None]:
        """`run`, as the events of the run; the last is `RunFinished` with the result.

        Closing the iterator stops the run at its next step. A call that `run` would refuse is
        refused here, before the first event.
        """
        return self._start(task, context, doc_metadata, history, max_rounds).streamed()

    def astream(
        self,
        task: str,
        context: Context,
        *,
        doc_metadata: str = "",
        history: History = (),
        max_rounds: int | None = None,
    ) -> AsyncGenerator[Event, None]:
        """`stream`, on the running event loop; closing it cancels every call in flight.

        A call that `run` would refuse is refused at the first event. Read on another event loop
        than it began on, it raises a UsageError.
        """
        given = (task, context, doc_metadata, history, max_rounds)
        return OnOneLoop(astreamed(partial(self._start, *given)))

    def _start(
        self,
        task: str,
        context: Context,
        doc_metadata: str,
        history: History,
        max_rounds: int | None,
    ) -> Run[C]:
        config = with_rounds(self.config, max_rounds)
        priced_as = config.price_as or self.remote.name
        given = Task(
            question=question(task),
            documents=as_documents(context),
            config=config,
            count=token_counter(priced_as),
            notes=notes(doc_metadata),
            history=turns(history),
            cost_of=partial(price, model=priced_as),
        )
        needed = self._local_tokens(given), remote_tokens_needed(given)
        local, remote = sized_together(self.local, self.remote, *needed)
        return Run(
            protocol=self.protocol,
            task=self._fitted(given, local).search(),
            steps=self._steps,
            models={"local": self._journaled(local), "remote": self._journaled(remote)},
            sandbox=self._sandbox(),
            permits=self._permits,
        )

    def _journaled(self, model: Model) -> Model:
        return model if self.journal is None else Journaled(model, self.journal)

    @classmethod
    def _default_config(cls) -> C:
        raise NotImplementedError

    @staticmethod
    def _steps(task: Task[C], memory: Memory) -> Steps[Outcome]:
        raise NotImplementedError

    def _local_tokens(self, task: Task[C]) -> int:
        """How much the local model should hold for this run, in tokens."""
        raise NotImplementedError

    def _fitted(self, task: Task[C], local: Model) -> Task[C]:
        """The task as it fits the local model."""
        raise NotImplementedError

    def _sandbox(self) -> Sandbox:
        return MontySandbox()


def permits_for(config: RunConfig) -> Permits:
    """Permits for as many calls in flight as the settings say."""
    return Permits({"local": config.local_concurrency, "remote": config.remote_concurrency})
