"""`Minion` and `Minions`: settings, two models and a driver, made into something one can call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Generic, Literal, TypeAlias, TypeVar

from minions_core.config import MinionConfig, MinionsConfig, RunConfig
from minions_core.drivers import Permits
from minions_core.drivers.threaded import Stop
from minions_core.errors import ContextWindowExceeded, UsageError
from minions_core.events import Event
from minions_core.models import Model, schema_of_workers, sized_for, well_formed
from minions_core.protocols import Memory, Task, minion, minions, remote_tokens_needed
from minions_core.protocols.minion import tokens_needed
from minions_core.protocols.work import max_job_tokens
from minions_core.run import Context, Run, as_documents
from minions_core.sandbox import MontySandbox, Sandbox
from minions_core.tokens import token_counter

if TYPE_CHECKING:
    from typing import Self

    from minions_core.effects import Steps
    from minions_core.messages import Role
    from minions_core.result import MinionsResult, Outcome

OnEvent: TypeAlias = Callable[[Event], None]
C = TypeVar("C", bound=RunConfig)

_MODEST_WINDOW = 8192


class Engine(Generic[C]):
    """What `Minion` and `Minions` share: everything but the protocol.

    Args:
        local: the model beside the data: a client of ours, or anything that is a `Model`.
        remote: the model paid by the token.
        config: the settings; the defaults if None.
        max_rounds: replaces `config.max_rounds`.
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
        permits: Permits | None = None,
    ) -> None:
        self.local = _model(local, "local")
        self.remote = _model(remote, "remote")
        self.config: C = _rounds(_settings(config, self._default_config()), max_rounds)
        self._permits = permits or Permits(_limits(self.config))

    def using(self, local: Model, remote: Model, config: C | None = None) -> Self:
        """An engine with other models, or other settings, that shares this one's permits.

        Only settings that change the concurrency bring permits of their own.
        """
        config = config or self.config
        same = _limits(config) == self._permits.limits
        return type(self)(local, remote, config=config, permits=self._permits if same else None)

    def run(
        self,
        task: str,
        context: Context,
        *,
        doc_metadata: str = "",
        max_rounds: int | None = None,
        on_event: OnEvent | None = None,
    ) -> MinionsResult:
        """Answer a question about some documents, blocking.

        Args:
            task: the question.
            context: the text or documents to answer it from.
            doc_metadata: what kind of documents they are, told to the remote model.
            max_rounds: replaces the setting for this run.
            on_event: told what happens as it happens, one event at a time, from whichever thread
                it happens in. With it the answer is streamed; without, it comes in one piece.
                An exception it raises ends the run and is raised here unchanged: it counts neither
                as a failed call nor as a failed job.

        Returns:
            The answer, its citations, the rounds, the bill, and what left the machine.

        Raises:
            UsageError: the question or the context is empty or of a wrong type, or the budget sets
                a cost and the price of the remote model is not known.
            ModelError: a model cannot be reached, or the remote model failed.
            SandboxError: the sandbox could not run.
        """
        return self._start(task, context, doc_metadata, max_rounds).threaded(on_event, Stop())

    __call__ = run

    async def arun(
        self,
        task: str,
        context: Context,
        *,
        doc_metadata: str = "",
        max_rounds: int | None = None,
        on_event: OnEvent | None = None,
    ) -> MinionsResult:
        """`run`, on the running event loop; cancelling it cancels every call in flight."""
        run = await asyncio.to_thread(self._start, task, context, doc_metadata, max_rounds)
        return await run.asynchronous(on_event)

    def stream(
        self, task: str, context: Context, *, doc_metadata: str = "", max_rounds: int | None = None
    ) -> Generator[Event, None, None]:
        """`run`, as the events of the run; the last is `RunFinished` with the result.

        Closing the iterator stops the run at its next step. A call that `run` would refuse is
        refused here, before the first event.
        """
        return self._start(task, context, doc_metadata, max_rounds).streamed()

    async def astream(
        self, task: str, context: Context, *, doc_metadata: str = "", max_rounds: int | None = None
    ) -> AsyncGenerator[Event, None]:
        """`stream`, on the running event loop; closing it cancels every call in flight.

        A call that `run` would refuse is refused at the first event.
        """
        run = await asyncio.to_thread(self._start, task, context, doc_metadata, max_rounds)
        async with aclosing(run.astreamed()) as events:
            async for event in events:
                yield event

    def _start(
        self, task: str, context: Context, doc_metadata: str, max_rounds: int | None
    ) -> Run[C]:
        config = _rounds(self.config, max_rounds)
        given = Task(
            question=_question(task),
            documents=as_documents(context),
            config=config,
            count=token_counter(config.price_as or self.remote.name),
            notes=well_formed(doc_metadata).strip(),
        )
        local, given = self._fitted(given)
        remote = sized_for(self.remote, remote_tokens_needed(config))
        return Run(
            protocol=self.protocol,
            task=given,
            steps=self._steps,
            models={"local": local, "remote": remote},
            sandbox=self._sandbox(),
            permits=self._permits,
        )

    @classmethod
    def _default_config(cls) -> C:
        raise NotImplementedError

    @staticmethod
    def _steps(task: Task[C], memory: Memory) -> Steps[Outcome]:
        raise NotImplementedError

    def _fitted(self, task: Task[C]) -> tuple[Model, Task[C]]:
        """The local model with room for this run, and the task as it fits that model."""
        raise NotImplementedError

    def _sandbox(self) -> Sandbox:
        return MontySandbox()


class Minions(Engine[MinionsConfig]):
    """MinionS: the remote model plans, many small local jobs read, the evidence goes back.

    k rounds cost k + 1 calls of the remote model (arXiv 2502.15964, section 5).

        minions = Minions(OllamaClient(model_name="llama3.2"), OpenAIClient(model_name="gpt-4o"))
        result = minions(task="What was capital expenditure in 2023?", context=[report])
        print(result.answer, result.citations, result.ledger.saving)
    """

    protocol = "minions"

    @classmethod
    def _default_config(cls) -> MinionsConfig:
        return MinionsConfig()

    @staticmethod
    def _steps(task: Task[MinionsConfig], memory: Memory) -> Steps[Outcome]:
        return minions(task, memory)

    def _fitted(self, task: Task[MinionsConfig]) -> tuple[Model, Task[MinionsConfig]]:
        schema = schema_of_workers(self.local)
        if schema is not None and "worker_output" not in task.config.model_fields_set:
            task = replace(task, config=task.config.with_workers(schema))
        local = sized_for(self.local, max_job_tokens(task.config))
        return local, replace(task, window=local.context_window)

    def _sandbox(self) -> Sandbox:
        return MontySandbox(self.config.plan_seconds, self.config.plan_memory_mb)


class Minion(Engine[MinionConfig]):
    """Minion: the local model has the documents before it, and the remote model questions it.

    r rounds cost r + 1 calls of the remote model (arXiv 2502.15964, section 4). Cheaper than
    `Minions`, and enough where the whole context fits the local model's window.

        minion = Minion(OllamaClient(model_name="llama3.2"), OpenAIClient(model_name="gpt-4o"))
        result = minion(task="Is the patient at risk?", context=[record])
    """

    protocol = "minion"

    @classmethod
    def _default_config(cls) -> MinionConfig:
        return MinionConfig()

    @staticmethod
    def _steps(task: Task[MinionConfig], memory: Memory) -> Steps[Outcome]:
        return minion(task, memory)

    def _fitted(self, task: Task[MinionConfig]) -> tuple[Model, Task[MinionConfig]]:
        window = task.config.local_window or self.local.context_window
        if task.config.overflow == "search":
            window = window or _MODEST_WINDOW
            return sized_for(self.local, window), replace(task, window=window)
        needed = tokens_needed(task)
        if window is not None and needed > window:
            raise ContextWindowExceeded(
                f"the context needs about {needed:,} tokens and the local model holds {window:,}: "
                "use Minions, which reads in chunks, set overflow='search', or enlarge the window"
            )
        return sized_for(self.local, window or needed), task


def _model(given: object, role: Role) -> Model:
    if not isinstance(given, Model):
        raise UsageError(
            f"{role} is a {type(given).__name__}, which is no model: pass a client of "
            "minions_core.clients, or use the adapter of your framework"
        )
    return given


def _question(task: object) -> str:
    if not isinstance(task, str) or not task.strip():
        raise UsageError("task is empty: pass the question as a string")
    return well_formed(task).strip()


def _settings(config: C | None, default: C) -> C:
    if config is None:
        return default
    if not isinstance(config, type(default)):
        wanted = type(default).__name__
        raise UsageError(f"config is a {type(config).__name__}: pass a {wanted}")
    return config


def _rounds(config: C, max_rounds: object) -> C:
    if max_rounds is None:
        return config
    if not isinstance(max_rounds, int) or max_rounds < 1:
        raise UsageError(f"max_rounds is {max_rounds!r}: pass a whole number of at least 1")
    return config.model_copy(update={"max_rounds": max_rounds})


def _limits(config: RunConfig) -> dict[Role, int]:
    return {"local": config.local_concurrency, "remote": config.remote_concurrency}
