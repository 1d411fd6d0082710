"""Where nodes come from: indexes, retrievers within retrievers, postprocessors."""

import pytest
from llama_index.core import MockEmbedding, SummaryIndex, VectorStoreIndex
from llama_index.core.postprocessor import (
    MetadataReplacementPostProcessor,
    SimilarityPostprocessor,
)
from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import TreeSummarize
from llama_index.core.retrievers import QueryFusionRetriever, RecursiveRetriever
from llama_index.core.schema import IndexNode, QueryBundle, TextNode
from llama_index.core.settings import Settings

from llama_index_minions import MinionQueryEngine, MinionsQueryEngine, MinionsSynthesizer
from tests.llama_index.engines import engine, nodes
from tests.llama_index.scripted import (
    ANSWER,
    QUESTION,
    QUOTE,
    REPORT,
    ScriptedLLM,
    questioner,
    reader,
    supervisor,
    worker,
)


def vectors() -> VectorStoreIndex:
    return VectorStoreIndex(nodes(), embed_model=MockEmbedding(embed_dim=4))


def over(index, **options):
    models = {"local": worker(), "remote": supervisor()} | options
    return MinionsQueryEngine.from_index(index, **models)


# Indexes


def test_an_index_of_vectors_is_asked():
    response = over(vectors()).query(QUESTION)
    assert str(response) == ANSWER
    assert response.source_nodes[0].node_id == "report"


async def test_an_index_of_vectors_is_asked_asynchronously():
    response = await over(vectors()).aquery(QUESTION)
    assert str(response) == ANSWER


def test_source_nodes_keep_the_scores_of_the_search():
    found = vectors().as_retriever().retrieve(QUESTION)
    response = over(vectors()).query(QUESTION)
    assert sorted(node.score for node in response.source_nodes) == [node.score for node in found]


def test_arguments_of_the_retriever_reach_it():
    local = worker()
    over(vectors(), local=local, retriever_kwargs={"similarity_top_k": 1}).query(QUESTION)
    assert len(local.asked) == 1


def test_minion_asks_an_index_of_vectors_too():
    minion = MinionQueryEngine.from_index(vectors(), local=reader(), remote=questioner())
    assert str(minion.query(QUESTION)) == ANSWER


@pytest.mark.parametrize("streaming", [False, True])
def test_an_index_takes_the_synthesizer_without_an_llm_in_the_settings(streaming):
    remote = supervisor()
    both = vectors().as_query_engine(
        llm=remote,
        response_synthesizer=MinionsSynthesizer(worker(), remote, streaming=streaming),
    )
    assert str(both.query(QUESTION)) == ANSWER
    assert Settings._llm is None


async def test_an_index_takes_the_synthesizer_asynchronously():
    remote = supervisor()
    both = SummaryIndex(nodes()).as_query_engine(
        llm=remote, response_synthesizer=MinionsSynthesizer(worker(), remote)
    )
    assert str(await both.aquery(QUESTION)) == ANSWER


def test_the_synthesizer_serves_llama_indexs_own_engine():
    retriever = SummaryIndex(nodes()).as_retriever()
    both = RetrieverQueryEngine(retriever, MinionsSynthesizer(worker(), supervisor()))
    response = both.query(QUESTION)
    assert str(response) == ANSWER
    assert response.source_nodes[0].text == REPORT


# Retrievers within retrievers


def leading_to(thing):
    """An index with one entry, for something that can be asked or read itself."""
    return SummaryIndex(objects=[IndexNode(text="The report.", index_id="report", obj=thing)])


def test_a_fusion_of_retrievers_is_read():
    retriever = QueryFusionRetriever(
        [vectors().as_retriever(), SummaryIndex(nodes()).as_retriever()],
        llm=ScriptedLLM(lambda _: "never asked"),
        num_queries=1,
        use_async=False,
    )
    both = MinionsQueryEngine.from_retriever(retriever, local=worker(), remote=supervisor())
    assert str(both.query(QUESTION)) == ANSWER


def test_an_index_node_leads_to_the_engine():
    index = leading_to(engine())
    (found,) = index.as_retriever().retrieve(QUESTION)
    assert found.text == ANSWER


async def test_an_index_node_leads_to_the_engine_asynchronously():
    index = leading_to(engine())
    (found,) = await index.as_retriever().aretrieve(QUESTION)
    assert found.text == ANSWER


def test_a_recursive_retriever_asks_the_engine_and_passes_its_sources_on():
    retriever = RecursiveRetriever(
        "root",
        {"root": SummaryIndex([IndexNode(text="The report.", index_id="report")]).as_retriever()},
        query_engine_dict={"report": engine()},
    )
    (found,), sources = retriever.retrieve_all(QueryBundle(QUESTION))
    assert ANSWER in found.text
    assert [node.node_id for node in sources] == ["report", "letter"]


def test_an_engine_over_index_nodes_reads_what_they_lead_to():
    response = over(leading_to(TextNode(text=REPORT, id_="whole"))).query(QUESTION)
    assert response.source_nodes[0].node_id == "whole"
    assert response.metadata["minions"]["citations"][0]["quote"] == QUOTE


def test_an_engine_of_engines_answers_from_their_answers():
    index = leading_to(engine())
    outer = RetrieverQueryEngine(
        index.as_retriever(), TreeSummarize(llm=ScriptedLLM(lambda messages: "Merged."))
    )
    response = outer.query(QUESTION)
    assert (str(response), response.source_nodes[0].text) == ("Merged.", ANSWER)


# Postprocessors


def processed(*postprocessors, index=None, **options):
    return over(index or SummaryIndex(nodes()), node_postprocessors=list(postprocessors), **options)


def test_postprocessors_choose_what_is_read():
    local = worker()
    response = processed(Only("report"), local=local).query(QUESTION)
    assert [node.node_id for node in response.source_nodes] == ["report"]
    assert len(local.asked) == 1


async def test_postprocessors_choose_what_is_read_asynchronously():
    response = await processed(Only("report")).aquery(QUESTION)
    assert [node.node_id for node in response.source_nodes] == ["report"]


def test_what_postprocessors_reject_is_an_empty_response():
    cut = SimilarityPostprocessor(similarity_cutoff=0.9)
    assert str(processed(cut).query(QUESTION)) == "Empty Response"


def test_what_postprocessors_put_in_place_of_a_text_is_read_and_cited():
    window = TextNode(text="A sentence.", id_="sentence", metadata={"window": REPORT})
    replaced = MetadataReplacementPostProcessor(target_metadata_key="window")
    response = processed(replaced, index=SummaryIndex([window])).query(QUESTION)
    (citation,) = response.metadata["minions"]["citations"]
    assert citation["node_id"] == "sentence"
    assert response.source_nodes[0].text[citation["start"] : citation["end"]] == QUOTE


def test_postprocessors_work_one_after_the_other():
    local = worker()
    both = processed(Only("letter"), Only("report"), local=local)
    assert str(both.query(QUESTION)) == "Empty Response"
    assert not local.asked


class Only(BaseNodePostprocessor):
    """Lets one node through."""

    node_id: str

    def __init__(self, node_id: str) -> None:
        super().__init__(node_id=node_id)

    def _postprocess_nodes(self, nodes, query_bundle=None):
        return [node for node in nodes if node.node_id == self.node_id]
