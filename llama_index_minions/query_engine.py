"""Query engines: a local and a remote LLM answer together from what a retriever finds.

They are `RetrieverQueryEngine`s and compose like one: as tools of agents, under routers, behind
sub-questions, in chat engines. `llama_index_minions.synthesizer` tells what a response holds.
"""

from __future__ import annotations

from llama_index_minions._protocol_engine import ProtocolQueryEngine
from llama_index_minions.synthesizer import MinionsSynthesizer, MinionSynthesizer
from minions_core.config import MinionConfig, MinionsConfig


class MinionsQueryEngine(ProtocolQueryEngine[MinionsConfig]):
    """MinionS: a small local LLM reads long documents for a large remote one, as a query engine.

    The remote LLM writes a plan, the local one does its jobs chunk by chunk, and the remote one
    answers from what they found: the documents stay on the machine, and every claim carries a
    citation that was checked (arXiv 2502.15964, section 5).

    Setup:
        Any two LLMs will do, here one of Ollama and one of OpenAI.

        ```console
        $ pip install 'minions-integrations[llama-index]'
        $ pip install llama-index-llms-ollama llama-index-llms-openai
        $ ollama pull llama3.2
        $ export OPENAI_API_KEY=...
        ```

    Key init args:
        local: the LLM beside the data, or a client of `minions_core`. An `Ollama` without a
            `context_window` is given the one a run needs, in a copy. Its `request_timeout` is 30
            seconds unless you give another. An `OpenAILike` needs `is_chat_model=True`. An LLM's
            `system_prompt` is not sent: house rules, such as a language, go into a prompt.
        remote: the LLM paid by the token, or a client of `minions_core`; `Settings.llm` if None.
        retriever, nodes, documents: what to read: one of the three.
        node_postprocessors: what is done with nodes before they are read.
        settings: the protocol's settings, a `minions_core.MinionsConfig`.
        output_cls: a pydantic class to put the answer into; a `remote.as_structured_llm(...)` says
            the same.
        streaming: whether `query` and `aquery` give the answer piece by piece.
        callback_manager, empty_response, source_nodes, journal: see `ProtocolSynthesizer`.
        doc_metadata: what the remote LLM should know about the documents. Of nodes and documents
            only the text is read: neither LLM is shown their metadata. The remote one is told the
            `file_name`, unless you exclude that key (`excluded_llm_metadata_keys`).

    Instantiate:
        ```python
        from llama_index.llms.ollama import Ollama
        from llama_index.llms.openai import OpenAI
        from llama_index_minions import MinionsQueryEngine

        local, remote = Ollama("llama3.2", request_timeout=300), OpenAI("gpt-4o")
        engine = MinionsQueryEngine.from_documents(documents, local=local, remote=remote)
        ```

        Give documents as they were loaded: pages of one file are read as one text, and need no
        splitter and no embeddings. Where there is more than can be read for each question, a
        retriever chooses. It may find dozens of nodes, since the local LLM reads them:

        ```python
        searching = MinionsQueryEngine.from_index(
            index, local=local, remote=remote, retriever_kwargs={"similarity_top_k": 30}
        )
        ```

    Query:
        ```python
        question = "What was capital expenditure in 2023?"
        response = engine.query(question)
        str(response)  # "It was 1,577 million [1]."
        response.source_nodes[0].metadata  # of the first cited node: {"file_name": "10-K.pdf" ...}

        account = response.metadata["minions"]
        account["citations"][0]["quote"]  # the sentence it stands on
        account["saving"]  # US dollars, against sending everything
        ```

        `llama_index_minions.synthesizer` tells what else a response holds.

    Stream:
        ```python
        streaming = MinionsQueryEngine.from_nodes(
            nodes, local=local, remote=remote, streaming=True
        )
        streamed = streaming.query(question)
        for piece in streamed.response_gen:
            print(piece, end="", flush=True)
        streamed.metadata["minions"]["status"]  # "answered"; known when the stream is over
        ```

    Async:
        ```python
        response = await engine.aquery(question)

        streamed = await streaming.aquery(question)
        async for piece in streamed.async_response_gen():
            print(piece, end="", flush=True)
        ```

    Structured output:
        ```python
        from pydantic import BaseModel

        class Figure(BaseModel):
            value: float
            unit: str

        filling = MinionsQueryEngine(local, remote, documents=documents, output_cls=Figure)
        filling.query(question).response.value  # 1577.0
        ```

    Prompts:
        ```python
        from llama_index.core import PromptTemplate

        system = engine.get_prompts()["response_synthesizer:minions_system"]
        longer = PromptTemplate(system.template + " Answer in French.")
        engine.update_prompts({"response_synthesizer:minions_system": longer})
        ```

    While it runs, handlers of LlamaIndex's events are told what `llama_index_minions.events` lists.
    `as_tool` makes the engine a tool of agents, or a choice of routers and sub-questions.
    """

    _synthesizer_class = MinionsSynthesizer


class MinionQueryEngine(ProtocolQueryEngine[MinionConfig]):
    """Minion: the local LLM reads the documents and chats with the remote one, as a query engine.

    The remote LLM asks one question a turn and answers when it knows enough; it never sees the
    documents (arXiv 2502.15964, section 4). For text that fits the local LLM's window; with
    `MinionConfig(overflow="search")` the best part of a longer one is read.

    Setup, responses, streams, structured output and prompts are those of `MinionsQueryEngine`.

    Key init args:
        settings: the protocol's settings, a `minions_core.MinionConfig`.

    Instantiate:
        ```python
        from llama_index.llms.ollama import Ollama
        from llama_index.llms.openai import OpenAI
        from llama_index_minions import MinionQueryEngine
        from minions_core import MinionConfig

        engine = MinionQueryEngine.from_retriever(
            retriever,
            local=Ollama("llama3.2", request_timeout=300),
            remote=OpenAI("gpt-4o"),
            settings=MinionConfig(max_rounds=5, overflow="search"),
        )
        ```

    Query:
        ```python
        question = "What was capital expenditure in 2023?"
        str(engine.query(question))
        ```

    Stream:
        ```python
        streaming = MinionQueryEngine(
            local=Ollama("llama3.2"), remote=OpenAI("gpt-4o"), nodes=nodes, streaming=True
        )
        streaming.query(question).print_response_stream()
        ```

    Async:
        ```python
        response = await engine.aquery(question)
        ```
    """

    _synthesizer_class = MinionSynthesizer
