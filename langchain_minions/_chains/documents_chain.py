"""The answer of a protocol's chain, from documents that something else has found."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterable, Iterator, Mapping
from contextlib import aclosing, closing
from typing import Any, cast

from langchain_core.callbacks import (
    AsyncCallbackManagerForChainRun,
    BaseCallbackManager,
    CallbackManagerForChainRun,
)
from langchain_core.documents import Document as LangChainDocument
from langchain_core.runnables import RunnableConfig, RunnableSerializable
from langchain_core.runnables.config import patch_config
from langchain_core.runnables.utils import ConfigurableFieldSpec
from pydantic import ConfigDict

from langchain_minions._chains.protocol_chain import ProtocolChain
from minions_core.errors import UsageError


class DocumentsChain(RunnableSerializable[dict[str, Any], str]):
    """Asks a protocol's chain about the documents of its input, and passes on the answer alone.

    Attributes:
        chain: the protocol's chain.
        document_variable_name: the key of the input that holds the documents.
        nothing_found: the answer where they hold no text; no model is asked then.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    chain: ProtocolChain
    document_variable_name: str
    nothing_found: str

    @property
    def config_specs(self) -> list[ConfigurableFieldSpec]:
        """What of the models can be configured when the chain is called."""
        return self.chain.config_specs

    def invoke(
        self,
        input: dict[str, Any],  # noqa: A002  # the base class's name
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> str:
        """The answer."""
        return self._call_with_config(self._run, input, config, run_type="chain", **kwargs)

    async def ainvoke(
        self,
        input: dict[str, Any],  # noqa: A002  # the base class's name
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> str:
        """The answer, without blocking the event loop."""
        return await self._acall_with_config(self._arun, input, config, run_type="chain", **kwargs)

    def stream(
        self,
        input: dict[str, Any],  # noqa: A002  # the base class's name
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> Iterator[str]:
        """The answer in pieces; see `MinionsChain.stream` for one that begins anew."""
        yield from self._transform_stream_with_config(
            iter([input]), self._pieces, config, run_type="chain", **kwargs
        )

    async def astream(
        self,
        input: dict[str, Any],  # noqa: A002  # the base class's name
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[str]:
        """The answer in pieces, without blocking the event loop."""

        async def once() -> AsyncIterator[dict[str, Any]]:
            yield input

        pieces = self._atransform_stream_with_config(
            once(), self._apieces, config, run_type="chain", **kwargs
        )
        async with aclosing(cast("AsyncGenerator[str, None]", pieces)) as closed:
            async for piece in closed:
                yield piece

    def _run(
        self,
        given: dict[str, Any],
        run_manager: CallbackManagerForChainRun,
        config: RunnableConfig,
    ) -> str:
        asked, children = self._begun(given, config, run_manager.get_child())
        if asked is None:
            return self.nothing_found
        return str(self.chain.invoke(asked, children)["answer"])

    async def _arun(
        self,
        given: dict[str, Any],
        run_manager: AsyncCallbackManagerForChainRun,
        config: RunnableConfig,
    ) -> str:
        asked, children = self._begun(given, config, run_manager.get_child())
        if asked is None:
            return self.nothing_found
        return str((await self.chain.ainvoke(asked, children))["answer"])

    def _pieces(
        self,
        inputs: Iterator[dict[str, Any]],
        run_manager: CallbackManagerForChainRun,
        config: RunnableConfig,
    ) -> Iterator[str]:
        asked, children = self._begun(next(inputs), config, run_manager.get_child())
        if asked is None:
            yield self.nothing_found
            return
        chunks = cast("Generator[dict[str, Any]]", self.chain.stream(asked, children))
        with closing(chunks) as closed:
            yield from (chunk["answer"] for chunk in closed if "answer" in chunk)

    async def _apieces(
        self,
        inputs: AsyncIterator[dict[str, Any]],
        run_manager: AsyncCallbackManagerForChainRun,
        config: RunnableConfig,
    ) -> AsyncIterator[str]:
        asked, children = self._begun(await anext(inputs), config, run_manager.get_child())
        if asked is None:
            yield self.nothing_found
            return
        chunks = cast("AsyncGenerator[dict[str, Any], None]", self.chain.astream(asked, children))
        async with aclosing(chunks) as closed:
            async for chunk in closed:
                if "answer" in chunk:
                    yield chunk["answer"]

    def _begun(
        self, given: object, config: RunnableConfig, children: BaseCallbackManager
    ) -> tuple[dict[str, Any] | None, RunnableConfig]:
        """What to ask the protocol's chain, or None if there is nothing to read, and its config."""
        name = self.document_variable_name
        if not isinstance(given, Mapping) or name not in given:
            raise UsageError(f"the input must be a dict with the documents as {name!r}")
        fields = cast("Mapping[str, Any]", given)
        asked = {**fields, "context": fields[name]} if has_text(fields[name]) else None
        return asked, patch_config(config, callbacks=children)


def has_text(given: object) -> bool:
    """Whether a text or document, or any of several, holds more than white space."""
    if isinstance(given, LangChainDocument):
        return bool(given.page_content.strip())
    if isinstance(given, str) or not isinstance(given, Iterable):
        return bool(str(given or "").strip())
    return any(map(has_text, cast("Iterable[object]", given)))
