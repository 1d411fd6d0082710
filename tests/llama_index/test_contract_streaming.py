"""What every synthesizer and engine does when it streams, core's and ours."""

import asyncio
import gc

import pytest
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.tools import QueryEngineTool

from minions_core.errors import UsageError
from tests.llama_index.contract import (
    SYNTHESIZERS,
    Shelf,
    each_engine,
    each_synthesizer,
    ids,
    letter_and_report,
    unreachable,
)
from tests.llama_index.scripted import ANSWER, OTHER, QUESTION, REPORT
from tests.llama_index.ways import Awaited, Blocking, each_way


async def streamed(kind, way, **options):
    synthesizer = kind.synthesizer(streaming=True, **options)
    return await way.synthesize(synthesizer, QUESTION, letter_and_report())


# What is handed out


@each_way
@each_synthesizer
async def test_a_stream_has_the_type_of_its_way(kind, way):
    assert type(await streamed(kind, way)) is way.stream


@each_way
@each_engine
async def test_a_stream_of_an_engine_has_it_too(kind, way):
    response = await way.query(kind.engine(streaming=True), QUESTION)
    assert type(response) is way.stream
    assert "".join(await way.pieces(response.response_gen)) == ANSWER


@each_way
@each_synthesizer
async def test_the_pieces_are_the_answer(kind, way):
    response = await streamed(kind, way)
    pieces = await way.pieces(response.response_gen)
    assert sum(map(bool, pieces)) > 1
    assert "".join(pieces) == ANSWER


@each_way
@each_synthesizer
async def test_the_sources_are_known_before_the_text(kind, way):
    response = await streamed(kind, way)
    assert sorted(ids(response.source_nodes)) == ["letter", "report"]
    assert response.metadata["report"] == {"file_name": "report.pdf", "page_label": "12"}
    assert await way.pieces(response.response_gen)


@each_way
@each_synthesizer
async def test_the_sources_are_those_of_a_whole_answer_in_the_end(kind, way):
    response = await streamed(kind, way)
    assert await way.pieces(response.response_gen)
    assert ids(response.source_nodes) == kind.order


@each_way
@each_synthesizer
async def test_the_text_is_unknown_before_it_is_read(kind, way):
    response = await streamed(kind, way)
    assert response.response_txt is None
    assert await way.pieces(response.response_gen)


# Ways to read it


@each_way
@each_synthesizer
async def test_a_stream_gives_a_whole_response(kind, way):
    stream = await streamed(kind, way)
    response = await way.response(stream)
    assert (str(response), stream.response_txt) == (ANSWER, ANSWER)
    assert ids(response.source_nodes) == kind.order
    assert response.metadata == stream.metadata


@each_way
@each_synthesizer
async def test_a_stream_read_once_can_be_had_again(kind, way):
    stream = await streamed(kind, way)
    assert str(await way.response(stream)) == ANSWER
    assert str(await way.response(stream)) == ANSWER
    assert str(stream) == ANSWER


@each_way
@each_synthesizer
async def test_a_stream_can_be_printed(kind, way, capsys):
    await way.show(await streamed(kind, way))
    assert capsys.readouterr().out.rstrip("\n") == ANSWER


@each_synthesizer
async def test_an_asynchronous_stream_is_read_by_its_own_method_too(kind):
    stream = await kind.synthesizer(streaming=True).asynthesize(QUESTION, letter_and_report())
    assert "".join([piece async for piece in stream.async_response_gen()]) == ANSWER
    assert stream.response_txt == ANSWER


@each_synthesizer
async def test_a_blocking_stream_is_text_where_text_is_wanted(kind):
    assert str(await streamed(kind, Blocking)) == ANSWER


@each_synthesizer
async def test_a_blocking_stream_may_be_read_in_another_thread(kind):
    assert await asyncio.to_thread(str, await streamed(kind, Blocking)) == ANSWER


@each_way
@each_synthesizer
async def test_bare_texts_stream_as_bare_pieces(kind, way):
    synthesizer = kind.synthesizer(streaming=True)
    generator = await way.get_response(synthesizer, QUESTION, [OTHER, REPORT])
    assert "".join(await way.pieces(generator)) == ANSWER


# Ends


@each_way
@each_synthesizer
async def test_a_stream_may_be_left_early(kind, way):
    synthesizer = kind.synthesizer(streaming=True)
    response = await way.synthesize(synthesizer, QUESTION, letter_and_report())
    assert ANSWER.startswith(await way.first(response.response_gen))
    await way.close(response.response_gen)
    again = await way.synthesize(synthesizer, QUESTION, letter_and_report())
    assert str(await way.response(again)) == ANSWER


@each_way
@each_synthesizer
async def test_a_stream_may_be_left_unread(kind, way):
    response = await streamed(kind, way)
    await way.close(response.response_gen)
    assert await way.pieces(response.response_gen) == []


@each_way
@each_synthesizer
async def test_a_stream_may_be_dropped(kind, way):
    response = await streamed(kind, way)
    del response
    gc.collect()
    assert str(await way.response(await streamed(kind, way))) == ANSWER


@each_way
@each_synthesizer
async def test_streams_may_be_read_by_turns(kind, way):
    synthesizer = kind.synthesizer(streaming=True)
    one = await way.synthesize(synthesizer, QUESTION, letter_and_report())
    other = await way.synthesize(synthesizer, QUESTION, letter_and_report())
    begun = [await way.first(one.response_gen), await way.first(other.response_gen)]
    rest = [await way.pieces(one.response_gen), await way.pieces(other.response_gen)]
    assert [begun[0] + "".join(rest[0]), begun[1] + "".join(rest[1])] == [ANSWER, ANSWER]


@each_way
@each_synthesizer
async def test_an_error_of_the_llm_comes_out_of_a_stream(kind, way):
    synthesizer = kind.synthesizer(unreachable(), streaming=True)
    with pytest.raises(kind.error):
        await way.response(await way.synthesize(synthesizer, QUESTION, letter_and_report()))


@each_way
@each_synthesizer
async def test_nothing_is_printed_of_a_stream(kind, way, capsys):
    await way.response(await streamed(kind, way))
    assert capsys.readouterr() == ("", "")


# An asynchronous stream is read on another event loop when it is turned into text, as the tools of
# core do. Core's classes allow that as far as their LLM does; a run of ours goes on where it began.


async def as_text_elsewhere(kind):
    return await asyncio.to_thread(str, await streamed(kind, Awaited))


async def as_text_here(kind):
    return str(await streamed(kind, Awaited))


async def as_a_tool(kind):
    """What an agent does with a synthesizer in core's own engine."""
    engine = RetrieverQueryEngine(Shelf(letter_and_report()), kind.synthesizer(streaming=True))
    tool = QueryEngineTool.from_defaults(engine, name="report", description="The report.")
    return (await tool.acall(QUESTION)).content


on_another_loop = pytest.mark.parametrize("read", [as_text_elsewhere, as_text_here, as_a_tool])


@on_another_loop
@pytest.mark.parametrize("name", ["TreeSummarize", "CompactAndRefine"])
async def test_core_reads_an_asynchronous_stream_on_another_loop(name, read):
    assert await read(SYNTHESIZERS[name]) == ANSWER


@on_another_loop
@pytest.mark.parametrize("name", ["MinionsSynthesizer", "MinionSynthesizer"])
async def test_ours_say_what_to_do_instead(name, read):
    with pytest.raises(UsageError, match="another event loop"):
        await read(SYNTHESIZERS[name])
