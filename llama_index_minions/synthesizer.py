"""Response synthesizers: nodes in, an answer with checked citations out.

What a response holds besides its text:

- `source_nodes`: the cited nodes in the order in which the answer first points at them, then the
  others as they were given. They are the very nodes that were passed in, unchanged.
- `metadata[node_id]`: the metadata of each node, as every synthesizer of LlamaIndex has it.
- `metadata["minions"]`: plain JSON data. `status`; `citations`; `usage` by role; `cost`, `baseline`
  and `saving` in US dollars as strings, None if a price is unknown; `rounds`; `disclosure`;
  `notes`. Of a stream it is there when the stream ends.

The markers `[1]`, `[2]` ... of the answer are numbered as they appear, and `citations` are in that
order. Each has its `number`, the `node_id` and the index of its node in `source_nodes` (`source`),
`start` and `end` in the node's own text, `document_start` and `document_end` in the text of the
document the node was cut from where that is known, the `quote`, what the local LLM concluded from
it (`answer`), `page` and `page_label`, `heading`, `document`, and its `check`, which is `verified`,
`partial` or `unverified`. A quote that runs over the edge of two nodes is placed in the one that
holds most of it, and so are its spans.
"""

from __future__ import annotations

from llama_index_minions._protocol_synthesizer import ProtocolSynthesizer
from minions_core.config import MinionConfig, MinionsConfig
from minions_core.engine import Minion, Minions


class MinionsSynthesizer(ProtocolSynthesizer[MinionsConfig]):
    """MinionS in the place of LlamaIndex's own response synthesizers.

    It takes no part in finding nodes. Each time it is given some, the remote LLM plans, the local
    one reads them, and the remote one answers from what that found, with citations that were
    checked. What `MinionsQueryEngine` says of setup and arguments goes for it, too.

    Instantiate:
        ```python
        from llama_index.llms.ollama import Ollama
        from llama_index.llms.openai import OpenAI
        from llama_index_minions import MinionsSynthesizer

        local, remote = Ollama("llama3.2", request_timeout=300), OpenAI("gpt-4o")
        synthesizer = MinionsSynthesizer(local, remote)
        ```

    In an engine:
        ```python
        from llama_index.core.query_engine import RetrieverQueryEngine

        question = "What was capital expenditure in 2023?"
        response = RetrieverQueryEngine(retriever, synthesizer).query(question)
        str(response)  # "It was 1,577 million [1]."
        response.metadata["minions"]["citations"][0]["quote"]  # the sentence it stands on

        engine = index.as_query_engine(llm=remote, response_synthesizer=synthesizer)
        ```

        An index loads `Settings.llm` if it is given no `llm`, though it has no use for one here.

    By itself:
        ```python
        response = synthesizer.synthesize(question, retriever.retrieve(question))
        answer = synthesizer.get_response(question, ["One text.", "Another."])
        ```

    Stream:
        ```python
        streaming = MinionsSynthesizer(local, remote, streaming=True)
        streamed = streaming.synthesize(question, retriever.retrieve(question))
        for piece in streamed.response_gen:
            print(piece, end="", flush=True)
        ```

    Async:
        ```python
        response = await synthesizer.asynthesize(question, retriever.retrieve(question))
        ```
    """

    _engine_class = Minions
    _settings_class = MinionsConfig


class MinionSynthesizer(ProtocolSynthesizer[MinionConfig]):
    """Minion in the place of LlamaIndex's own response synthesizers.

    The local LLM has all nodes before it, and the remote one questions it. For what fits the local
    LLM's window; `MinionConfig(overflow="search")` reads the best part of more. It is used as a
    `MinionsSynthesizer` is.

    Instantiate:
        ```python
        from llama_index.llms.ollama import Ollama
        from llama_index.llms.openai import OpenAI
        from llama_index_minions import MinionSynthesizer
        from minions_core import MinionConfig

        synthesizer = MinionSynthesizer(
            local=Ollama("llama3.2", request_timeout=300),
            remote=OpenAI("gpt-4o"),
            settings=MinionConfig(max_rounds=5, overflow="search"),
        )
        ```

    In an engine:
        ```python
        from llama_index.core.query_engine import RetrieverQueryEngine

        question = "What was capital expenditure in 2023?"
        response = RetrieverQueryEngine(retriever, synthesizer).query(question)
        ```
    """

    _engine_class = Minion
    _settings_class = MinionConfig
