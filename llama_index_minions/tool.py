"""MinionS and Minion as a tool of an agent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, Unpack, cast

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.indices.base import BaseIndex
from llama_index.core.schema import BaseNode, Document, NodeWithScore

from llama_index_minions._nodes import Reading
from llama_index_minions._protocol_engine import EngineOptions, ProtocolQueryEngine
from llama_index_minions._sources import as_nodes, checked
from llama_index_minions._tool import TOOL_NAME, MinionsTool
from llama_index_minions.query_engine import MinionQueryEngine, MinionsQueryEngine
from minions_core.door import as_documents
from minions_core.errors import UsageError
from minions_core.prompts.own import Protocol

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

    from minions_core.models import Model

Source: TypeAlias = "str | BaseNode | Sequence[str | BaseNode] | BaseRetriever | BaseIndex[Any]"
"""What a tool reads: see `create_minions_tool`."""

_ENGINES: dict[Protocol, type[ProtocolQueryEngine[Any]]] = {
    "minions": MinionsQueryEngine,
    "minion": MinionQueryEngine,
}


def create_minions_tool(  # keywords, each with a default
    source: Source,
    local: LLM | Model,
    remote: LLM | Model | None = None,
    *,
    name: str = TOOL_NAME,
    description: str | None = None,
    protocol: Protocol = "minions",
    return_direct: bool = False,
    **options: Unpack[EngineOptions[Any]],
) -> MinionsTool:
    """A tool with which an agent asks long documents: a local LLM reads, a remote one thinks.

    Every call is a query of a `MinionsQueryEngine` or `MinionQueryEngine`, with all its events and
    spans. The agent's model gets the answer and its numbered sources, your program the response.
    `engine.as_tool()` makes the same of an engine. What to install `MinionsQueryEngine` tells.

    Args:
        source: what to read:

            - a text, a document, a node, or a list of them;
            - a retriever, or an index for what its `as_retriever()` finds: anew for each question.
        local: the LLM beside the data, or a model of `minions_core`.
        remote: the LLM paid by the token, or a model of `minions_core`; `Settings.llm` if None.
        name: what the agent's model calls it.
        description: what it is for. By default it names the documents; say more where there are
            several tools, and with a retriever or an index, whose documents are not known before.
        protocol: `minions` or `minion`.
        return_direct: whether the agent's answer is what the tool says.
        options: `settings`, `node_postprocessors`, `journal`, `doc_metadata` and whatever else a
            query engine takes. An agent wants its answers whole, so nothing is streamed.

    Returns:
        A `QueryEngineTool`, which so goes into a `RouterQueryEngine` or `SubQuestionQueryEngine`
        as well. Those ask the engine in it: their LLM may see its answers as your program does.

    Instantiate:
        ```python
        from llama_index.llms.ollama import Ollama
        from llama_index.llms.openai import OpenAI
        from llama_index_minions import create_minions_tool

        tool = create_minions_tool(
            documents,
            local=Ollama("llama3.2", request_timeout=300),
            remote=OpenAI("gpt-4o"),
            name="ask_filings",
        )
        ```

    Call:
        ```python
        output = tool.call("What was capital expenditure in 2023?")
        output.content  # the answer, and below it: [1] 10-K.pdf, p. 41: "..."
        output.raw_output.source_nodes[0].metadata  # {"file_name": "10-K.pdf", "page_label": "41"}
        ```

        The content goes to the agent's model, which may be anybody's. It tells no more than may
        leave for `remote`: with `privacy="answers"` no quotes, with a redactor placeholders for
        what that hides, in the answer, too. A value keeps its placeholder in all calls of a tool,
        and the agent may ask about `[EMAIL_1]`. `tool.reveal(text)` puts the values back, for you.
        If the question was not answered the content says so, and why. `raw_output` stays with your
        program.

    In an agent:
        ```python
        from llama_index.core.agent.workflow import FunctionAgent

        agent = FunctionAgent(tools=[tool], llm=OpenAI("gpt-4o"), timeout=600)
        response = await agent.run("What was capital expenditure in 2023?")
        str(response)
        response.tool_calls[0].tool_output.raw_output.metadata["minions"]["citations"]
        ```

        An agent gives up after its `timeout` in seconds; a local LLM may take minutes to read.

    An error is no exception here, be it of a model that cannot be reached, of a retriever, a
    postprocessor or a callback handler: the output has `is_error` set, and its content tells the
    agent whose fault it was and whether to ask again. What the error itself says may hold text of
    the documents, and an agent would tell it to its model. It is the output's `exception`;
    LlamaIndex 0.13 has no such thing, so there it is logged, with its traceback, as an error of the
    logger `llama_index_minions._tool`. An empty question is answered in the same way, and asks no
    model.

    With `privacy="answers"` or a redactor two things more are to be known:

    - LlamaIndex's own `QueryEngineTool.from_defaults(engine)` tells an agent's model the whole
      answer, and knows neither. Give an agent what this function or `engine.as_tool()` makes.
    - Each tool numbers its placeholders by itself: `[EMAIL_1]` of one may be another person than
      `[EMAIL_1]` of the next, and an agent cannot tell. Where a redactor is set give an agent one
      tool over all documents, not several.

    Raises:
        UsageError: `source` is nothing that can be read, there is no text in it, or the settings
            are those of the other protocol.
    """
    if protocol not in _ENGINES:
        raise UsageError(f"protocol is {protocol!r}: pass 'minions' or 'minion'")
    engine = _engine(_ENGINES[protocol], source, local, remote, options)
    return engine.as_tool(name, description, return_direct=return_direct)


def _engine(
    engine_class: type[ProtocolQueryEngine[Any]],
    source: object,
    local: LLM | Model,
    remote: LLM | Model | None,
    options: EngineOptions[Any],
) -> ProtocolQueryEngine[Any]:
    if isinstance(source, BaseIndex):
        retriever = source.as_retriever()
        return engine_class.from_retriever(retriever, local=local, remote=remote, **options)
    if isinstance(source, BaseRetriever):
        return engine_class.from_retriever(source, local=local, remote=remote, **options)
    return engine_class.from_nodes(_nodes(source), local=local, remote=remote, **options)


def _nodes(source: object) -> list[BaseNode]:
    """Texts, documents and nodes, as nodes.

    Raises:
        UsageError: there is no text in it, or something else.
    """
    listed = [source] if isinstance(source, str | BaseNode) else source
    if isinstance(listed, Mapping | bytes) or not isinstance(listed, Iterable):
        raise UsageError(
            f"source is a {type(source).__name__}: pass texts, documents, nodes, a retriever or an "
            "index; a query engine of ours has as_tool()"
        )
    texts = cast("Iterable[object]", listed)
    each_a_node = [Document(text=text) if isinstance(text, str) else text for text in texts]
    nodes = as_nodes(checked(each_a_node, "source", BaseNode))
    scored = [NodeWithScore(node=node) for node in nodes]
    _ = as_documents(Reading.of(scored).documents)  # what cannot be read is refused here
    return nodes
