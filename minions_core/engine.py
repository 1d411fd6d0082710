"""`Minion` and `Minions`: settings, two models and a driver, made into something one can call."""

from __future__ import annotations

import asyncio
import contextvars
import queue
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Generic, Literal, TypeAlias, TypeVar

from minions_core.config import MinionConfig, MinionsConfig, RunConfig
from minions_core.drivers import Permits
from minions_core.drivers.threaded import Stop
from minions_core.errors import ContextWindowExceeded, UsageError
from minions_core.events import Event
from minions_core.models import Model, Retrying, sized_for
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
    threads and tasks at once; together they never have more calls in flight than its settings say.
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
        self.config: C = _rounds(config or self._default_config(), max_rounds)
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

        Returns:
            The answer, its citations, the rounds, the bill, and what left the machine.

        Raises:
            UsageError: the question or the context is empty or of a wrong type.
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

        Closing the iterator stops the run at its next step.
        """
        run = self._start(task, context, doc_metadata, max_rounds)
        events: queue.SimpleQueue[Event | BaseException | None] = queue.SimpleQueue()
        stop = Stop()
        copied = contextvars.copy_context()

        def work() -> None:
            try:
                run.threaded(events.put, stop)
            except BaseException as error:  # noqa: BLE001 - raised again where the events are read
                events.put(error)
            else:
                events.put(None)

        threading.Thread(target=copied.run, args=(work,), daemon=True).start()
        try:
            while (event := events.get()) is not None:
                if isinstance(event, BaseException):
                    raise event
                yield event
        finally:
            stop.ask()

    async def astream(
        self, task: str, context: Context, *, doc_metadata: str = "", max_rounds: int | None = None
    ) -> AsyncGenerator[Event, None]:
        """`stream`, on the running event loop; closing it cancels every call in flight."""
        run = await asyncio.to_thread(self._start, task, context, doc_metadata, max_rounds)
        events: asyncio.Queue[Event | None] = asyncio.Queue()
        # Models that block tell of their text from threads of their own.
        loop = asyncio.get_running_loop()

        def tell(event: Event | None) -> None:
            loop.call_soon_threadsafe(events.put_nowait, event)

        working = asyncio.create_task(run.asynchronous(tell))
        working.add_done_callback(lambda _: tell(None))
        try:
            while (event := await events.get()) is not None:
                yield event
            await working
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)

    def _start(
        self, task: str, context: Context, doc_metadata: str, max_rounds: int | None
    ) -> Run[C]:
        config = _rounds(self.config, max_rounds)
        given = Task(
            question=_question(task),
            documents=as_documents(context),
            config=config,
            count=token_counter(config.price_as or self.remote.name),
            notes=doc_metadata.strip(),
        )
        local, given = self._fitted(given)
        remote = sized_for(self.remote, remote_tokens_needed(config))
        models: dict[Role, Model] = {"local": local, "remote": remote}
        return Run(
            protocol=self.protocol,
            task=given,
            steps=self._steps,
            models={
                role: Retrying(model, config.max_retries) if config.max_retries else model
                for role, model in models.items()
            },
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
        schema = getattr(self.local, "structured_output_schema", None)
        if schema is not None and "worker_output" not in task.config.model_fields_set:
            settings = {**dict(task.config), "worker_output": schema}
            task = replace(task, config=MinionsConfig(**settings))
        return sized_for(self.local, max_job_tokens(task.config)), task

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
    return task.strip()


def _rounds(config: C, max_rounds: int | None) -> C:
    if max_rounds is None:
        return config
    if max_rounds < 1:
        raise UsageError("max_rounds must be at least 1")
    return config.model_copy(update={"max_rounds": max_rounds})


def _limits(config: RunConfig) -> dict[Role, int]:
    return {"local": config.local_concurrency, "remote": config.remote_concurrency}
