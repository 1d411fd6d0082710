"""What every synthesizer tells of its sources, core's and ours."""

from llama_index.core.schema import NodeWithScore, TextNode

from tests.llama_index.contract import each_synthesizer, ids, letter_and_report
from tests.llama_index.scripted import OTHER, QUESTION, REPORT
from tests.llama_index.ways import each_way


@each_way
@each_synthesizer
async def test_the_sources_are_the_very_nodes_given(kind, way):
    nodes = letter_and_report()
    response = await way.synthesize(kind.synthesizer(), QUESTION, nodes)
    assert ids(response.source_nodes) == kind.order
    assert {id(node) for node in response.source_nodes} == {id(node) for node in nodes}


@each_way
@each_synthesizer
async def test_additional_sources_come_after(kind, way):
    more = NodeWithScore(node=TextNode(id_="more", text="Unread.", metadata={"page_label": "1"}))
    response = await way.synthesize(kind.synthesizer(), QUESTION, letter_and_report(), [more])
    assert ids(response.source_nodes) == (*kind.order, "more")
    assert response.source_nodes[-1] is more


@each_way
@each_synthesizer
async def test_additional_sources_may_be_a_tuple_by_name(kind, way):
    more = NodeWithScore(node=TextNode(id_="more", text="Unread."))
    response = await way.synthesize(
        kind.synthesizer(), QUESTION, letter_and_report(), additional_source_nodes=(more,)
    )
    assert response.source_nodes[-1] is more


@each_way
@each_synthesizer
async def test_additional_sources_are_not_read(kind, way):
    llm, more = kind.scripted(), NodeWithScore(node=TextNode(text="SECRET"))
    await way.synthesize(kind.synthesizer(llm), QUESTION, letter_and_report(), [more])
    assert "SECRET" not in str(llm.asked)


@each_way
@each_synthesizer
async def test_the_metadata_tells_those_of_every_source(kind, way):
    more = NodeWithScore(node=TextNode(id_="more", text="Unread.", metadata={"page_label": "1"}))
    response = await way.synthesize(kind.synthesizer(), QUESTION, letter_and_report(), [more])
    told = {node_id: response.metadata[node_id] for node_id in ("letter", "report", "more")}
    assert told == {
        "letter": {"file_name": "letter.txt"},
        "report": {"file_name": "report.pdf", "page_label": "12"},
        "more": {"page_label": "1"},
    }


@each_way
@each_synthesizer
async def test_neither_nodes_nor_their_list_are_changed(kind, way):
    nodes = letter_and_report()
    before, order = [node.model_dump() for node in nodes], ids(nodes)
    response = await way.synthesize(kind.synthesizer(), QUESTION, nodes)
    assert ids(nodes) == order
    assert [node.model_dump() for node in nodes] == before
    assert response.source_nodes is not nodes


@each_way
@each_synthesizer
async def test_the_sources_can_be_printed(kind, way):
    response = await way.synthesize(kind.synthesizer(), QUESTION, letter_and_report())
    told = response.get_formatted_sources(length=20)
    assert "(Doc id: letter)" in told
    assert "(Doc id: report)" in told


@each_way
@each_synthesizer
async def test_a_node_without_a_score_keeps_none(kind, way):
    nodes = [NodeWithScore(node=TextNode(text=REPORT))]
    response = await way.synthesize(kind.synthesizer(), QUESTION, nodes)
    assert [node.score for node in response.source_nodes] == [None]


@each_way
@each_synthesizer
async def test_nodes_that_share_an_id_are_all_listed(kind, way):
    nodes = [NodeWithScore(node=TextNode(id_="same", text=text)) for text in (REPORT, OTHER)]
    response = await way.synthesize(kind.synthesizer(), QUESTION, nodes)
    assert [id(node) for node in response.source_nodes] == [id(node) for node in nodes]


@each_way
@each_synthesizer
async def test_a_list_of_no_additional_sources_adds_none(kind, way):
    response = await way.synthesize(kind.synthesizer(), QUESTION, letter_and_report(), [])
    assert ids(response.source_nodes) == kind.order
