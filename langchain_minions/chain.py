"""MinionS and Minion as LangChain runnables."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, closing
from typing import Any, ClassVar, cast

from langchain_core.callbacks import (
    AsyncCallbackManagerForChainRun,
    BaseCallbackManager,
    CallbackManagerForChainRun,
)
from langchain_core.runnables import RunnableConfig, RunnableSerializable
from langchain_core.runnables.config import patch_config
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from langchain_minions._documents import ChainInput, ChainOutput, Request, read_input, to_output
from langchain_minions._models import as_model, as_runnable
from langchain_minions._streaming import Chunks
from minions_core.config import MinionConfig, MinionsConfig
from minions_core.engine import Engine, Minion, Minions


class _ProtocolChain(RunnableSerializable[Any, dict[str, Any]]):
    """What both chains share: everything but the protocol and its settings."""

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    local: Any
    remote: Any
    settings: Any = None
    max_rounds: int | None = Field(default=None, ge=1)
    context: Any = None

    _protocol: ClassVar[type[Engine[Any]]]
    _engines: dict[int | None, Engine[Any]] = PrivateAttr(
        default_factory=dict[int | None, Engine[Any]]
    )

    def __init__(self, local: Any, remote: Any, **fields: Any) -> None:
        fields.update(local=as_runnable(local), remote=as_runnable(remote))
        super().__init__(**fields)

    def _engine(self, config: RunnableConfig, children: BaseCallbackManager) -> Engine[Any]:
        """The engine, with models whose calls are child runs reported to `children`.

        Runs of one `max_concurrency` share their permits, so that a batch of them has no more
        local calls in flight than a single one.
        """
        at_once = config.get("max_concurrency")
        settings = self.settings
        if at_once:
            settings = settings.model_copy(update={"local_concurrency": at_once})
        if at_once not in self._engines:
            engine = self._protocol(as_model(self.local), as_model(self.remote), config=settings)
            self._engines.setdefault(at_once, engine)
        below = patch_config(config, callbacks=children)
        local, remote = as_model(self.local, below), as_model(self.remote, below)
        return self._engines[at_once].using(local, remote, settings)

    def get_input_schema(
        self,
        config: RunnableConfig | None = None,  # noqa: ARG002  # the schema is always the same
    ) -> type[BaseModel]:
        """The keys of the input. A question alone is taken too, where the chain has a context."""
        return ChainInput

    def get_output_schema(
        self,
        config: RunnableConfig | None = None,  # noqa: ARG002  # the schema is always the same
    ) -> type[BaseModel]:
        """The keys of the output."""
        return ChainOutput

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
            While the answer arrives `{"answer": piece}`, then once everything else that `invoke`
            returns. The chunks added up are what `invoke` returns. Should the run end with an
            answer that is not the one it began to stream, as when a limit is reached, the last
            chunk's `answer` is the whole of it, and takes the place of the pieces when added.
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
        asked = read_input(given, self.context)
        result = self._engine(config, run_manager.get_child()).run(**self._arguments(asked))
        return to_output(result, asked.reading)

    async def _arun(
        self, given: object, run_manager: AsyncCallbackManagerForChainRun, config: RunnableConfig
    ) -> dict[str, Any]:
        asked = read_input(given, self.context)
        result = await self._engine(config, run_manager.get_child()).arun(**self._arguments(asked))
        return to_output(result, asked.reading)

    def _chunks(
        self,
        inputs: Iterator[Any],
        run_manager: CallbackManagerForChainRun,
        config: RunnableConfig,
    ) -> Iterator[dict[str, Any]]:
        asked = read_input(next(inputs), self.context)
        chunks = Chunks(asked.reading)
        events = self._engine(config, run_manager.get_child()).stream(**self._arguments(asked))
        with closing(events) as happening:
            yield from filter(None, map(chunks.of, happening))

    async def _achunks(
        self,
        inputs: AsyncIterator[Any],
        run_manager: AsyncCallbackManagerForChainRun,
        config: RunnableConfig,
    ) -> AsyncIterator[dict[str, Any]]:
        asked = read_input(await anext(inputs), self.context)
        chunks = Chunks(asked.reading)
        events = self._engine(config, run_manager.get_child()).astream(**self._arguments(asked))
        async with aclosing(events) as happening:
            async for event in happening:
                chunk = chunks.of(event)
                if chunk is not None:
                    yield chunk

    def _arguments(self, asked: Request) -> dict[str, Any]:
        return {
            "task": asked.task,
            "context": asked.reading.texts,
            "doc_metadata": asked.doc_metadata,
            "max_rounds": self.max_rounds,
        }


class MinionsChain(_ProtocolChain):
    """MinionS: a small local model reads long documents for a large remote one, as a runnable.

    The remote model writes a plan, the local model does its jobs chunk by chunk, and the remote
    model answers from what they found: the documents stay on the machine, and every claim carries
    a citation that was checked (arXiv 2502.15964, section 5).

        chain = MinionsChain(ChatOllama(model="llama3.2"), ChatOpenAI(model="gpt-4o"))
        output = chain.invoke({"task": "What was capital expenditure in 2023?", "context": docs})
        output["answer"]                        # "Capital expenditure was $1.2 billion [1]."
        output["documents"][0].page_content     # the sentence it stands on
        output["usage"]["saving"]               # US dollars, against sending everything

    `chain.pick("answer")` is the answer alone, for pipes. Batches and single runs keep to
    `max_concurrency` local calls at once if the config names one, else to the settings'. In traces
    every model call is a child run of the chain's, named after role and job.

    Args:
        local: the model beside the data: a chat model, a runnable over one (`.bind()`,
            `.with_retry()`, `.with_fallbacks()`), a core `Model`, or a name for `init_chat_model`.
            A `ChatOllama` without `num_ctx` is given the window a run needs, in a copy.
        remote: the model paid by the token; the same kinds.
        settings: the protocol's settings.
        max_rounds: replaces `settings.max_rounds`.
        context: what to read where an input brings no `context`; with it, `invoke` takes the
            question alone.

    The input is a dict with the question as `task` (or `question`, `input`, `query`), the text as
    `context` (a string, a LangChain or core document, or a list of them), and `doc_metadata`, what
    the remote model should know about the documents. Give documents as they were loaded: pages of
    one source that follow each other are read as one document, and those need no splitter. Further
    keys are left alone, so that pipes may carry theirs; but a `chat_history` is refused while the
    protocols cannot take one. See `ChainOutput` for the output.
    """

    settings: MinionsConfig = Field(default_factory=MinionsConfig)
    _protocol: ClassVar[type[Engine[Any]]] = Minions


class MinionChain(_ProtocolChain):
    """Minion: the local model reads the documents and chats with the remote one, as a runnable.

    The remote model asks one question a turn and answers when it knows enough; it never sees the
    documents (arXiv 2502.15964, section 4). For text that fits the local model's window; see
    `MinionConfig.overflow` for text that does not. Arguments, input and output are those of
    `MinionsChain`, but `settings` is a `MinionConfig`.

        chain = MinionChain(ChatOllama(model="llama3.2"), ChatOpenAI(model="gpt-4o"))
        chain.invoke({"question": "Why was the treatment changed?", "context": record})["answer"]
    """

    settings: MinionConfig = Field(default_factory=MinionConfig)
    _protocol: ClassVar[type[Engine[Any]]] = Minion
