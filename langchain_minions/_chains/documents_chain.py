"""The answer of a protocol's chain, from documents that something else has found."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterable, Iterator, Mapping
from contextlib import aclosing, closing
from typing import TYPE_CHECKING, Any, TypedDict, cast

from langchain_core.callbacks import (
    AsyncCallbackManagerForChainRun,
    BaseCallbackManager,
    CallbackManagerForChainRun,
)
from langchain_core.documents import Document as LangChainDocument
from langchain_core.runnables import RunnableConfig, RunnableSerializable
from langchain_core.runnables.config import patch_config
from langchain_core.runnables.utils import ConfigurableFieldSpec
from pydantic import BaseModel, ConfigDict, Field, RootModel, create_model, model_validator

from langchain_minions._chains.inputs import (
    ChainInput,
    read_input,
    texts_of,
    to_output,
)
from langchain_minions._chains.protocol_chain import ProtocolChain
from langchain_minions._runs.engines import Protocol
from minions_core.documents import Document
from minions_core.errors import UsageError
from minions_core.result import MinionsResult

if TYPE_CHECKING:
    import os
    from typing import Literal, Self

    from minions_core.config import Planner, Privacy, RunConfig
    from minions_core.journal import Journal


class ProtocolFields(TypedDict, total=False):
    """The fields of either protocol's chain; see `MinionsChain`."""

    settings: RunConfig | None
    max_rounds: int | None
    privacy: Privacy | None
    planner: Planner | None
    preview: int | None
    overflow: Literal["error", "search"] | None
    journal: Journal | str | os.PathLike[str] | None


class DocumentsChain(RunnableSerializable[dict[str, Any], Any]):
    """Asks a protocol's chain about the documents of its input, and passes on what it answers.

    Attributes:
        protocol: which of the two.
        chain: the protocol's chain.
        document_variable_name: the key of the input that holds the documents.
        nothing_found: the answer where they hold no text; no model is asked then.
        instructions: what the remote model is told beside every question.
        whole_output: whether to pass on the whole output, or the answer alone.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    protocol: Protocol
    chain: ProtocolChain
    document_variable_name: str
    nothing_found: str
    instructions: str = ""
    whole_output: bool = False

    @model_validator(mode="after")
    def _gives_out_what_it_pays_for(self) -> Self:
        if self.chain.settings.output_schema is not None and not self.whole_output:
            raise UsageError(
                "the settings have an output_schema, and the answer alone is given out: set "
                "whole_output=True, and take its `output`"
            )
        return self

    @property
    def OutputType(self) -> Any:  # noqa: N802  # the base class's name
        """The type of the output."""
        return dict[str, Any] if self.whole_output else str

    def get_input_schema(
        self,
        config: RunnableConfig | None = None,  # noqa: ARG002  # the schema is always the same
    ) -> type[BaseModel]:
        """The keys of the input."""
        fields = ChainInput.model_fields
        return create_model(
            "DocumentsInput",
            __config__=ConfigDict(arbitrary_types_allowed=True),
            input=(str, Field(description="The question.")),
            documents=(
                Any,
                Field(
                    alias=self.document_variable_name,
                    description="What was found: documents, of which there may be none.",
                ),
            ),
            doc_metadata=(str, fields["doc_metadata"]),
            chat_history=(list[Any], fields["chat_history"]),
        )

    def get_output_schema(
        self,
        config: RunnableConfig | None = None,  # noqa: ARG002  # the schema is always the same
    ) -> type[BaseModel]:
        """The keys of the whole output, or the answer."""
        return self.chain.get_output_schema() if self.whole_output else RootModel[str]

    @property
    def config_specs(self) -> list[ConfigurableFieldSpec]:
        """What of the models can be configured when the chain is called."""
        return self.chain.config_specs

    def invoke(
        self,
        input: dict[str, Any],  # noqa: A002  # the base class's name
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> Any:
        """The answer, or the whole output."""
        return self._call_with_config(self._run, input, config, run_type="chain", **kwargs)

    async def ainvoke(
        self,
        input: dict[str, Any],  # noqa: A002  # the base class's name
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> Any:
        """The same, without blocking the event loop."""
        return await self._acall_with_config(self._arun, input, config, run_type="chain", **kwargs)

    def stream(
        self,
        input: dict[str, Any],  # noqa: A002  # the base class's name
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> Iterator[Any]:
        """The answer in pieces; see `MinionsChain.stream` for one that begins anew."""
        yield from self._transform_stream_with_config(
            iter([input]), self._pieces, config, run_type="chain", **kwargs
        )

    async def astream(
        self,
        input: dict[str, Any],  # noqa: A002  # the base class's name
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[Any]:
        """The answer in pieces, without blocking the event loop."""

        async def once() -> AsyncIterator[dict[str, Any]]:
            yield input

        pieces = self._atransform_stream_with_config(
            once(), self._apieces, config, run_type="chain", **kwargs
        )
        async with aclosing(cast("AsyncGenerator[Any, None]", pieces)) as closed:
            async for piece in closed:
                yield piece

    def _run(
        self,
        given: dict[str, Any],
        run_manager: CallbackManagerForChainRun,
        config: RunnableConfig,
    ) -> Any:
        asked, children = self._begun(given, config, run_manager.get_child())
        if asked["context"]:
            return self._of(self.chain.invoke(asked, children))
        return self._of(self._unasked(asked))

    async def _arun(
        self,
        given: dict[str, Any],
        run_manager: AsyncCallbackManagerForChainRun,
        config: RunnableConfig,
    ) -> Any:
        asked, children = self._begun(given, config, run_manager.get_child())
        if asked["context"]:
            return self._of(await self.chain.ainvoke(asked, children))
        return self._of(self._unasked(asked))

    def _pieces(
        self,
        inputs: Iterator[dict[str, Any]],
        run_manager: CallbackManagerForChainRun,
        config: RunnableConfig,
    ) -> Iterator[Any]:
        asked, children = self._begun(next(inputs), config, run_manager.get_child())
        if not asked["context"]:
            yield self._of(self._unasked(asked))
            return
        chunks = cast("Generator[dict[str, Any]]", self.chain.stream(asked, children))
        with closing(chunks) as closed:
            yield from (self._of(chunk) for chunk in closed if self._is_told(chunk))

    async def _apieces(
        self,
        inputs: AsyncIterator[dict[str, Any]],
        run_manager: AsyncCallbackManagerForChainRun,
        config: RunnableConfig,
    ) -> AsyncIterator[Any]:
        asked, children = self._begun(await anext(inputs), config, run_manager.get_child())
        if not asked["context"]:
            yield self._of(self._unasked(asked))
            return
        chunks = cast("AsyncGenerator[dict[str, Any], None]", self.chain.astream(asked, children))
        async with aclosing(chunks) as closed:
            async for chunk in closed:
                if self._is_told(chunk):
                    yield self._of(chunk)

    def _is_told(self, chunk: dict[str, Any]) -> bool:
        return self.whole_output or "answer" in chunk

    def _of(self, output: dict[str, Any]) -> Any:
        return output if self.whole_output else output["answer"]

    def _begun(
        self, given: object, config: RunnableConfig, children: BaseCallbackManager
    ) -> tuple[dict[str, Any], RunnableConfig]:
        """What to ask the protocol's chain, and its config; no context if nothing has a text."""
        name = self.document_variable_name
        if not isinstance(given, Mapping) or name not in given:
            raise UsageError(f"the input must be a dict with the documents as {name!r}")
        fields = cast("Mapping[str, Any]", given)
        told = [self.instructions, str(fields.get("doc_metadata") or "")]
        asked = {
            **fields,
            "context": with_text(texts_of(fields[name])),
            "doc_metadata": "\n\n".join(filter(None, told)),
        }
        return asked, patch_config(config, callbacks=children)

    def _unasked(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """The output of a chain that had nothing to read and asked nobody."""
        request = read_input({**asked, "context": [""]})  # its question is checked all the same
        result = MinionsResult(
            protocol=self.protocol,
            question=request.task,
            answer=self.nothing_found,
            status="exhausted",
            notes=("There was nothing to read, and no model was asked.",),
        )
        return to_output(result, request.reading, self.chain.settings.output_schema)


def with_text(given: Iterable[object]) -> list[object]:
    """What was given, or nothing if it all is documents and strings of white space."""
    items = list(given)
    return items if any(map(_may_have_text, items)) else []


def _may_have_text(item: object) -> bool:
    match item:
        case LangChainDocument():
            return bool(item.page_content.strip())
        case Document():
            return bool(item.text.strip())
        case str():
            return bool(item.strip())
        case _:  # the chain tells what is wrong with it
            return True
