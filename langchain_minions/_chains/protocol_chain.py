"""What both chains share: everything but the protocol and its settings."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, closing
from typing import TYPE_CHECKING, Any, ClassVar, cast

from langchain_core.callbacks import (
    AsyncCallbackManagerForChainRun,
    BaseCallbackManager,
    CallbackManagerForChainRun,
)
from langchain_core.runnables import RunnableConfig, RunnableSerializable
from langchain_core.runnables.config import patch_config
from langchain_core.runnables.utils import ConfigurableFieldSpec
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from langchain_minions._chains.inputs import (
    ChainInput,
    QuestionInput,
    Request,
    output_schema,
    read_input,
    to_output,
)
from langchain_minions._chains.streaming import Chunks
from langchain_minions._models.model import as_runnable
from langchain_minions._runs.engines import Engines, Protocol, Shared
from langchain_minions._runs.progress import Progress
from minions_core.config import Privacy
from minions_core.events import Event, RunFinished
from minions_core.journal import opened

if TYPE_CHECKING:
    from typing import Self


class ProtocolChain(RunnableSerializable[Any, dict[str, Any]]):
    """A protocol as a runnable; see `MinionsChain` for the fields."""

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    local: Any = Field(exclude=True)
    remote: Any = Field(exclude=True)
    settings: Any = None
    max_rounds: int | None = Field(default=None, ge=1)
    privacy: Privacy | None = None
    context: Any = Field(default=None, exclude=True, repr=False)
    journal: Any = Field(default=None, exclude=True)
    shared: Shared = Field(default_factory=Shared, exclude=True, repr=False)

    _protocol: ClassVar[Protocol]
    _in_place_of_settings: ClassVar[tuple[str, ...]] = ("max_rounds", "privacy")

    def __init__(self, local: Any, remote: Any, **fields: Any) -> None:
        fields.update(local=as_runnable(local), remote=as_runnable(remote))
        fields["journal"] = opened(fields.get("journal"))
        super().__init__(**fields)

    @field_validator("context")
    @classmethod
    def _many_times(cls, context: object) -> object:
        """A context that can be read for every question; an iterator could be for the first."""
        return list(cast("Iterator[object]", context)) if isinstance(context, Iterator) else context

    @model_validator(mode="after")
    def _settings_go_together(self) -> Self:
        _ = self._engines
        return self

    @property
    def _engines(self) -> Engines:
        chosen = {name: getattr(self, name) for name in self._in_place_of_settings}
        changes = {name: value for name, value in chosen.items() if value is not None}
        return Engines(
            protocol=self._protocol,
            local=self.local,
            remote=self.remote,
            settings=self.settings.replaced(**changes),
            journal=self.journal,
            shared=self.shared,
        )

    @property
    def config_specs(self) -> list[ConfigurableFieldSpec]:
        """What of the models can be configured when the chain is called."""
        return self._engines.config_specs

    def get_input_schema(
        self,
        config: RunnableConfig | None = None,  # noqa: ARG002  # the schema is always the same
    ) -> type[BaseModel]:
        """The keys of the input. A chain with a context of its own can do without another."""
        return ChainInput if self.context is None else QuestionInput

    def get_output_schema(
        self,
        config: RunnableConfig | None = None,  # noqa: ARG002  # the schema is always the same
    ) -> type[BaseModel]:
        """The keys of the output."""
        return output_schema(self.settings.output_schema)

    def invoke(
        self,
        input: Any,  # noqa: A002  # the base class's name
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Answer a question; works inside a running event loop, too.

        Args:
            input: see the class.
            config: callbacks, tags, `max_concurrency` ... of the run.
            **kwargs: none are known.

        Returns:
            See `ChainOutput`.

        Raises:
            MinionsError: the run ended without a result; `partial` holds what there is of one.
        """
        return self._call_with_config(self._run, input, config, run_type="chain", **kwargs)

    async def ainvoke(
        self,
        input: Any,  # noqa: A002  # the base class's name
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Answer a question without blocking the event loop; see `invoke`."""
        return await self._acall_with_config(self._arun, input, config, run_type="chain", **kwargs)

    def stream(
        self,
        input: Any,  # noqa: A002  # the base class's name
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> Iterator[dict[str, Any]]:
        """Answer a question piece by piece; closing the stream cancels the run.

        Yields:
            First what goes on: `{"status": "reading"}` once there is a plan and the local model is
            at work, `{"status": "thinking"}` when the remote model has the floor again, beside the
            `evidence` the round brought. Then the answer in pieces, `{"answer": piece}`, and last
            all else that `invoke` returns. The chunks added up are what `invoke` returns: a
            `status` takes the place of the one before, and so does an `answer` that is begun anew,
            since a remote model may break off, or think again. Should the run end with another
            answer than it streamed, as when a limit is reached, the last chunk's `answer` is the
            whole of it.
        """
        yield from self._transform_stream_with_config(
            iter([input]), self._chunks, config, run_type="chain", **kwargs
        )

    async def astream(
        self,
        input: Any,  # noqa: A002  # the base class's name
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[dict[str, Any]]:
        """Answer a question piece by piece without blocking the event loop; see `stream`."""

        async def once() -> AsyncIterator[Any]:
            yield input

        chunks = self._atransform_stream_with_config(
            once(), self._achunks, config, run_type="chain", **kwargs
        )
        async with aclosing(cast("AsyncGenerator[dict[str, Any], None]", chunks)) as closed:
            async for chunk in closed:
                yield chunk

    def _run(
        self, given: object, run_manager: CallbackManagerForChainRun, config: RunnableConfig
    ) -> dict[str, Any]:
        asked, children = self._begun(given, config, run_manager.get_child())
        engine = self._engines.engine(children, streams=False)
        result = engine.run(**_arguments(asked), on_event=Progress(children).tell)
        return to_output(result, asked.reading, self.settings.output_schema)

    async def _arun(
        self, given: object, run_manager: AsyncCallbackManagerForChainRun, config: RunnableConfig
    ) -> dict[str, Any]:
        asked, children = self._begun(given, config, run_manager.get_child())
        last: Event | None = None
        async with aclosing(self._happening(asked, children, streams=False)) as events:
            async for event in events:
                last = event
        result = cast("RunFinished", last).result
        return to_output(result, asked.reading, self.settings.output_schema)

    def _chunks(
        self,
        inputs: Iterator[Any],
        run_manager: CallbackManagerForChainRun,
        config: RunnableConfig,
    ) -> Iterator[dict[str, Any]]:
        asked, children = self._begun(next(inputs), config, run_manager.get_child())
        chunks = Chunks(asked.reading, self.settings.output_schema)
        progress = Progress(children)
        engine = self._engines.engine(children, streams=True)
        with closing(engine.stream(**_arguments(asked))) as events:
            for event in events:
                progress.tell(event)
                chunk = chunks.of(event)
                if chunk is not None:
                    yield chunk

    async def _achunks(
        self,
        inputs: AsyncIterator[Any],
        run_manager: AsyncCallbackManagerForChainRun,
        config: RunnableConfig,
    ) -> AsyncIterator[dict[str, Any]]:
        asked, children = self._begun(await anext(inputs), config, run_manager.get_child())
        chunks = Chunks(asked.reading, self.settings.output_schema)
        async with aclosing(self._happening(asked, children, streams=True)) as events:
            async for event in events:
                chunk = chunks.of(event)
                if chunk is not None:
                    yield chunk

    async def _happening(
        self, asked: Request, children: RunnableConfig, *, streams: bool
    ) -> AsyncGenerator[Event, None]:
        """What happens in a run, each event after it was told of."""
        progress = Progress(children)
        engine = self._engines.engine(children, streams=streams)
        async with aclosing(engine.astream(**_arguments(asked))) as events:
            async for event in events:
                await progress.atell(event)
                yield event

    def _begun(
        self, given: object, config: RunnableConfig, children: BaseCallbackManager
    ) -> tuple[Request, RunnableConfig]:
        """What was asked, and the config of the runs that answer it."""
        return read_input(given, self.context), patch_config(config, callbacks=children)


def _arguments(asked: Request) -> dict[str, Any]:
    return {
        "task": asked.task,
        "context": asked.reading.texts,
        "doc_metadata": asked.doc_metadata,
        "history": asked.history,
    }
