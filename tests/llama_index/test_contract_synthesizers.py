"""What every synthesizer does, core's and ours: types, nothing to read, errors, manners."""

import asyncio
import copy

import pytest
from llama_index.core.base.response.schema import Response
from llama_index.core.response_synthesizers import BaseSynthesizer
from llama_index.core.schema import QueryBundle
from llama_index.core.settings import Settings

from tests.llama_index.contract import (
    SYNTHESIZERS,
    each_synthesizer,
    letter_and_report,
    refusing_once,
    unreachable,
)
from tests.llama_index.scripted import ANSWER, OTHER, QUESTION, REPORT
from tests.llama_index.ways import Awaited, each_way

# Types


@each_synthesizer
def test_it_is_a_synthesizer(kind):
    assert isinstance(kind.synthesizer(), BaseSynthesizer)


@each_synthesizer
def test_its_llm_is_the_one_that_answers(kind):
    llm = kind.scripted()
    assert kind.synthesizer(llm)._llm is llm


@each_synthesizer
def test_without_a_loop_it_answers_too(kind):
    assert str(kind.synthesizer().synthesize(QUESTION, letter_and_report())) == ANSWER


@each_way
@each_synthesizer
async def test_an_answer_is_a_response(kind, way):
    response = await way.synthesize(kind.synthesizer(), QUESTION, letter_and_report())
    assert type(response) is Response
    assert (response.response, str(response)) == (ANSWER, ANSWER)


@each_way
@each_synthesizer
async def test_a_question_may_come_as_a_bundle(kind, way):
    response = await way.synthesize(kind.synthesizer(), QueryBundle(QUESTION), letter_and_report())
    assert str(response) == ANSWER


@each_way
@each_synthesizer
async def test_the_llm_is_asked_the_question(kind, way):
    llm = kind.scripted()
    await way.synthesize(kind.synthesizer(llm), "Who wrote the letter?", letter_and_report())
    assert "Who wrote the letter?" in str(llm.asked[0])


@each_way
@each_synthesizer
async def test_it_calls_its_llm_the_way_it_is_called(kind, way):
    llm = kind.scripted()
    await way.synthesize(kind.synthesizer(llm), QUESTION, letter_and_report())
    assert {method.startswith("a") for method, _, _ in llm.asked} == {way is Awaited}


@each_way
@each_synthesizer
async def test_bare_texts_are_answered_by_a_bare_text(kind, way):
    answer = await way.get_response(kind.synthesizer(), QUESTION, [OTHER, REPORT])
    assert answer == ANSWER


@each_way
@each_synthesizer
async def test_a_tuple_of_texts_will_do(kind, way):
    answer = await way.get_response(kind.synthesizer(), QUESTION, (OTHER, REPORT))
    assert answer == ANSWER


@each_way
@each_synthesizer
async def test_bare_texts_are_taken_by_name(kind, way):
    answer = await way.get_response(
        kind.synthesizer(), query_str=QUESTION, text_chunks=[OTHER, REPORT]
    )
    assert answer == ANSWER


@each_way
@each_synthesizer
async def test_further_arguments_are_taken(kind, way):
    synthesizer = kind.synthesizer()
    response = await way.synthesize(synthesizer, QUESTION, letter_and_report(), tone="terse")
    assert str(response) == ANSWER
    assert await way.get_response(synthesizer, QUESTION, [REPORT], tone="terse") == ANSWER


# Nothing to read


@each_way
@each_synthesizer
async def test_of_no_nodes_it_says_so_and_asks_nobody(kind, way):
    llm = kind.scripted()
    response = await way.synthesize(kind.synthesizer(llm), QUESTION, [])
    assert response == Response("Empty Response", source_nodes=[], metadata=None)
    assert llm.asked == []


@each_way
@each_synthesizer
async def test_of_no_nodes_it_streams_that_and_asks_nobody(kind, way):
    llm = kind.scripted()
    response = await way.synthesize(kind.synthesizer(llm, streaming=True), QUESTION, [])
    assert type(response) is way.stream
    assert (response.source_nodes, response.metadata) == ([], None)
    assert await way.pieces(response.response_gen) == ["Empty Response"]
    assert llm.asked == []


@each_way
@each_synthesizer
async def test_of_no_nodes_additional_ones_do_not_make_an_answer(kind, way):
    response = await way.synthesize(kind.synthesizer(), QUESTION, [], letter_and_report())
    assert (str(response), response.source_nodes) == ("Empty Response", [])


# Core's own take a text for this in some versions only.
@each_way
@pytest.mark.parametrize("name", ["MinionsSynthesizer", "MinionSynthesizer"])
@pytest.mark.parametrize("streaming", [False, True])
async def test_ours_can_be_told_what_to_say_of_nothing(name, way, streaming):
    made = SYNTHESIZERS[name].synthesizer(empty_response="No documents.", streaming=streaming)
    assert str(await way.synthesize(made, QUESTION, [])) == "No documents."


# Errors


@each_way
@each_synthesizer
async def test_an_error_of_the_llm_comes_out(kind, way):
    with pytest.raises(kind.error):
        await way.synthesize(kind.synthesizer(unreachable()), QUESTION, letter_and_report())


@each_way
@each_synthesizer
async def test_an_error_over_bare_texts_comes_out(kind, way):
    with pytest.raises(kind.error):
        await way.get_response(kind.synthesizer(unreachable()), QUESTION, [OTHER, REPORT])


@each_way
@each_synthesizer
async def test_an_error_of_the_llm_leaves_no_mark(kind, way):
    synthesizer = kind.synthesizer(refusing_once(kind.scripted()))
    with pytest.raises(kind.error):
        await way.synthesize(synthesizer, QUESTION, letter_and_report())
    assert str(await way.synthesize(synthesizer, QUESTION, letter_and_report())) == ANSWER


# Manners


@each_way
@each_synthesizer
async def test_it_answers_again_and_again_within_one_loop(kind, way):
    synthesizer = kind.synthesizer()
    answers = [
        str(await way.synthesize(synthesizer, QUESTION, letter_and_report())) for _ in range(3)
    ]
    assert answers == [ANSWER] * 3


@each_synthesizer
async def test_it_answers_several_at_once(kind):
    synthesizer = kind.synthesizer()
    asked = (synthesizer.asynthesize(QUESTION, letter_and_report()) for _ in range(4))
    assert [str(response) for response in await asyncio.gather(*asked)] == [ANSWER] * 4


@each_way
@each_synthesizer
async def test_it_answers_both_ways_by_turns(kind, way):
    synthesizer = kind.synthesizer()
    first = await way.synthesize(synthesizer, QUESTION, letter_and_report())
    second = synthesizer.synthesize(QUESTION, letter_and_report())
    third = await synthesizer.asynthesize(QUESTION, letter_and_report())
    assert (str(first), str(second), str(third)) == (ANSWER, ANSWER, ANSWER)


@each_way
@each_synthesizer
async def test_a_deep_copy_answers_too(kind, way):
    copied = copy.deepcopy(kind.synthesizer())
    assert str(await way.synthesize(copied, QUESTION, letter_and_report())) == ANSWER


@each_way
@each_synthesizer
async def test_nothing_is_printed(kind, way, capsys):
    await way.synthesize(kind.synthesizer(), QUESTION, letter_and_report())
    assert capsys.readouterr() == ("", "")


@each_way
@each_synthesizer
async def test_the_settings_are_left_alone(kind, way):
    Settings.llm = kind.scripted()
    before = dict(vars(Settings)) | {"_callback_manager": Settings.callback_manager}
    await way.synthesize(kind.synthesizer(), QUESTION, letter_and_report())
    assert vars(Settings) == before


@each_way
@each_synthesizer
async def test_the_llm_is_left_as_it_was(kind, way):
    llm = kind.scripted(system_prompt="Be kind.")
    before = llm.model_dump()
    await way.synthesize(kind.synthesizer(llm), QUESTION, letter_and_report())
    assert llm.model_dump() == before


@each_synthesizer
def test_the_llm_of_the_settings_answers_if_none_is_given(kind):
    Settings.llm = kind.scripted()
    response = kind.made(None).synthesize(QUESTION, letter_and_report())
    assert str(response) == ANSWER
