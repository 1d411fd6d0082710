"""Where an answer points: markers in order, cited nodes first, and passages that stand there."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llama_index.core import Document
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import NodeRelationship, NodeWithScore, TextNode

from llama_index_minions import MinionsSynthesizer
from minions_core.config import MinionsConfig
from minions_core.testing import ScriptedModel
from tests.llama_index.facts import (
    COSTS,
    DEBT,
    PLAN_FOR_EACH,
    REVENUE,
    THREE_FACTS,
    finder,
    teller,
)
from tests.llama_index.scripted import ScriptedLLM
from tests.llama_index.ways import each_way

FACTS = (REVENUE, COSTS, DEBT)
each_stream = pytest.mark.parametrize("streaming", [False, True], ids=["whole", "streaming"])


def node(text: str, source: Document | None = None, **fields) -> NodeWithScore:
    made = TextNode(text=text, **fields)
    if source is not None:
        made.relationships[NodeRelationship.SOURCE] = source.as_related_node_info()
    return NodeWithScore(node=made)


def one_node() -> list[NodeWithScore]:
    return [node(THREE_FACTS, id_="all")]


def a_node_each() -> list[NodeWithScore]:
    """A node that tells nothing, and one of each fact."""
    named = zip(("revenue", "costs", "debt"), FACTS, strict=True)
    return [
        node("Dear shareholders!", id_="letter"),
        *(node(text, id_=name) for name, text in named),
    ]


async def asked(way, answer, nodes=None, *, local=None, streaming=False, **settings):
    """The response to a question whose answer is given, read to its end."""
    remote = teller(answer) if isinstance(answer, str) else answer
    config = MinionsConfig(**settings)
    synthesizer = MinionsSynthesizer(
        local or finder(), remote, settings=config, streaming=streaming
    )
    response = await way.synthesize(synthesizer, "What was it?", nodes or one_node())
    return await way.response(response) if streaming else response


def citations(response) -> list[dict]:
    return response.metadata["minions"]["citations"]


def quotes(response) -> list[str]:
    return [cited["quote"] for cited in citations(response)]


def in_nodes(response) -> list[str]:
    """What stands where the citations point, in the text of their nodes."""
    return [
        response.source_nodes[cited["source"]].get_content()[cited["start"] : cited["end"]]
        for cited in citations(response)
    ]


def in_document(response, text: str) -> list[str]:
    return [text[cited["document_start"] : cited["document_end"]] for cited in citations(response)]


# Markers


@each_way
@each_stream
async def test_markers_are_numbered_as_they_appear(way, streaming):
    answer = "Debt [3], revenue [1]; debt again [3]. Costs [2]."
    response = await asked(way, answer, streaming=streaming)
    assert response.response == "Debt [1], revenue [2]; debt again [1]. Costs [3]."
    assert quotes(response) == [DEBT, REVENUE, COSTS]
    assert [cited["number"] for cited in citations(response)] == [1, 2, 3]


@each_way
@each_stream
@pytest.mark.parametrize(
    ("answer", "told", "cited"),
    [
        ("Both [3, 1].", "Both [1, 2].", [DEBT, REVENUE]),
        ("Both [2-3].", "Both [1, 2].", [COSTS, DEBT]),
        ("Both [3][2].", "Both [1][2].", [DEBT, COSTS]),
        ("Debt [3, 9].", "Debt [1, 9].", [DEBT]),
        ("Nothing [9], debt [3].", "Nothing [9], debt [1].", [DEBT]),
        ("Nothing [9].", "Nothing [9].", []),
        ("Set a[0] = 5 [3].", "Set a[0] = 5 [1].", [DEBT]),
        ("See [2019].", "See [2019].", []),
        ("Debt [3", "Debt [3", []),
        ("No source.", "No source.", []),
    ],
)
async def test_markers_of_all_sorts_point_at_their_citations(way, streaming, answer, told, cited):
    response = await asked(way, answer, streaming=streaming)
    assert (response.response, quotes(response)) == (told, cited)


@each_way
@each_stream
async def test_an_answer_taken_back_has_no_say_in_the_numbers(way, streaming):
    taken_back = f"<answer>Debt [3], costs [2].\n{PLAN_FOR_EACH}"
    remote = ScriptedModel([PLAN_FOR_EACH, taken_back, "<answer>Costs [2], debt [3].</answer>"])
    response = await asked(way, remote, streaming=streaming)
    assert response.response.split("\n\n")[-1] == "Costs [1], debt [2]."
    assert response.response.startswith("Debt [1], costs [2]." if streaming else "Costs [1]")
    assert quotes(response) == [COSTS, DEBT]


@each_way
@each_stream
async def test_where_there_is_no_answer_what_was_found_is_numbered(way, streaming):
    remote = ScriptedModel([PLAN_FOR_EACH, "", "", "", ""])
    response = await asked(way, remote, streaming=streaming, max_rounds=1)
    assert response.metadata["minions"]["status"] == "exhausted"
    assert [line[:3] for line in response.response.splitlines()] == ["[1]", "[2]", "[3]"]
    assert [cited["number"] for cited in citations(response)] == [1, 2, 3]


@each_way
async def test_the_answer_alone_has_them_in_order_too(way):
    synthesizer = MinionsSynthesizer(finder(), teller("Debt [3], revenue [1]."))
    told = await way.get_response(synthesizer, "What was it?", [THREE_FACTS])
    assert told == "Debt [1], revenue [2]."


# Nodes


@each_way
@each_stream
async def test_cited_nodes_come_in_the_order_of_the_markers(way, streaming):
    response = await asked(way, "Debt [3], revenue [1].", a_node_each(), streaming=streaming)
    assert [each.node_id for each in response.source_nodes] == [
        "debt",
        "revenue",
        "letter",
        "costs",
    ]
    assert [(c["node_id"], c["source"]) for c in citations(response)] == [
        ("debt", 0),
        ("revenue", 1),
    ]
    assert in_nodes(response) == [DEBT, REVENUE]


@each_way
async def test_two_quotes_of_one_node_are_two_citations_of_one_source(way):
    response = await asked(way, "Debt [3], revenue [1].", one_node())
    assert [cited["source"] for cited in citations(response)] == [0, 0]
    assert in_nodes(response) == quotes(response) == [DEBT, REVENUE]
    assert len(response.source_nodes) == 1


def test_a_node_among_the_additional_ones_is_listed_there_too():
    [cited], synthesizer = one_node(), MinionsSynthesizer(finder(), teller("Debt [3]."))
    response = synthesizer.synthesize("What was it?", [cited], [cited, *a_node_each()])
    assert response.source_nodes[0].node_id == "all"
    assert response.source_nodes[-1].node_id == "debt"


@each_way
async def test_a_quote_that_stands_nowhere_has_no_place(way):
    made_up = {"explanation": None, "citation": "It was nice.", "answer": "nice"}
    local = ScriptedLLM(lambda _: json.dumps(made_up))
    response = await asked(way, "It was [1].", local=local)
    [cited] = citations(response)
    assert (cited["start"], cited["end"], cited["document_start"]) == (None, None, None)
    assert (cited["node_id"], cited["check"]) == ("all", "unverified")


@each_way
async def test_a_quote_over_the_edge_of_two_nodes_is_placed_in_the_one_that_holds_most(way):
    whole = Document(text=f"It fell. {DEBT} So it was.", id_="whole")
    edge = whole.text.index(" in 2023")
    halves = [
        node(whole.text[:edge], whole, start_char_idx=0, end_char_idx=edge),
        node(whole.text[edge:], whole, start_char_idx=edge, end_char_idx=len(whole.text)),
    ]
    response = await asked(way, "Debt [1].", halves)
    assert quotes(response) == [DEBT]
    assert in_nodes(response) == in_document(response, whole.text) == ["Debt was $17 million"]


# Places


def test_a_whole_document_is_its_own_document():
    nodes = [NodeWithScore(node=Document(text=THREE_FACTS))]
    response = MinionsSynthesizer(finder(), teller("Debt [3].")).synthesize("What?", nodes)
    assert in_document(response, THREE_FACTS) == in_nodes(response) == [DEBT]


FILLER = st.sampled_from(
    ["It rose. ", "It fell!\n\n", "So it was, year after year. ", "# More\n\n"]
)
FACT = st.sampled_from([f"{fact} " for fact in FACTS])


@settings(max_examples=30, deadline=None)
@given(st.lists(FILLER | FACT, min_size=30, max_size=90), st.integers(0, 12))
def test_quotes_stand_where_citations_point_in_nodes_and_in_documents(sentences, overlap):
    text = "".join([*sentences, *FACTS])
    splitter = SentenceSplitter(chunk_size=50, chunk_overlap=overlap)
    cut = splitter.get_nodes_from_documents([Document(text=text)])
    synthesizer = MinionsSynthesizer(finder(), teller("Debt [3], revenue [1], costs [2]."))
    response = synthesizer.synthesize("What was it?", [NodeWithScore(node=each) for each in cut])
    assert sorted(quotes(response)) == sorted(FACTS)
    assert in_nodes(response) == in_document(response, text)
    assert all(map(str.__contains__, quotes(response), in_nodes(response)))
    assert all(map(len, in_nodes(response)))


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="no place"),
        pytest.param({"start_char_idx": 0}, id="no end"),
        pytest.param({"start_char_idx": 0, "end_char_idx": 9}, id="another length"),
        pytest.param({"end_char_idx": len(DEBT)}, id="no start"),
    ],
)
def test_a_node_that_does_not_tell_its_place_has_none_in_a_document(fields):
    of_it = node(DEBT, Document(text=f"  {DEBT}"), **fields)
    response = MinionsSynthesizer(finder(), teller("Debt [1].")).synthesize("What?", [of_it])
    [cited] = citations(response)
    assert (cited["document_start"], cited["document_end"]) == (None, None)
    assert in_nodes(response) == [DEBT]


@pytest.mark.parametrize(
    ("label", "page", "page_label"),
    [("12", 12, "12"), (12, 12, "12"), ("iv", None, "iv"), ("A-3", None, "A-3")],
)
@each_way
async def test_the_label_of_a_page_is_kept(way, label, page, page_label):
    response = await asked(way, "Debt [1].", [node(DEBT, metadata={"page_label": label})])
    [cited] = citations(response)
    assert (cited["page"], cited["page_label"]) == (page, page_label)


@each_way
async def test_without_pages_there_is_no_label(way):
    [cited] = citations(await asked(way, "Debt [3]."))
    assert (cited["page"], cited["page_label"], cited["heading"]) == (None, None, "Debt")


# The account


@each_way
@each_stream
async def test_the_account_is_plain_json(way, streaming):
    odd = {"page_label": date(2023, 1, 2), "file_name": Path("a.txt"), "title": object()}
    nodes = [node(THREE_FACTS, metadata=odd)]
    response = await asked(way, "Debt [3], and [1].", nodes, streaming=streaming)
    account = response.metadata["minions"]
    assert json.loads(json.dumps(account)) == account
    assert account["citations"][0]["page_label"] == "2023-01-02"


@each_way
async def test_of_a_stream_it_is_there_when_the_stream_ends_and_not_before(way):
    synthesizer = MinionsSynthesizer(finder(), teller("Debt [3]. " * 9), streaming=True)
    response = await way.synthesize(synthesizer, "What?", a_node_each())
    before = list(response.metadata)
    await way.response(response)
    assert before == ["letter", "revenue", "costs", "debt"]
    assert list(response.metadata) == [*before, "minions"]
    assert response.source_nodes[0].node_id == "debt"
