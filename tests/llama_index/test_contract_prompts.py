"""The prompts of every synthesizer and engine, core's and ours: read, changed, put back."""

import pytest
from llama_index.core.prompts import BasePromptTemplate, PromptTemplate, SelectorPromptTemplate

from tests.llama_index.contract import (
    SYNTHESIZERS,
    each_engine,
    each_synthesizer,
    letter_and_report,
)
from tests.llama_index.scripted import ANSWER, QUESTION
from tests.llama_index.ways import each_way

ADDED = "Mind the year."
OF_THE_SYNTHESIZER = "response_synthesizer:"

# Core passes over in silence, ours with a warning.
passing_over = pytest.mark.filterwarnings("ignore:no prompt is named:UserWarning")


def texts(prompts) -> dict[str, str]:
    """What the prompts say, by name."""
    return {name: prompt.get_template() for name, prompt in prompts.items()}


def longer(prompt, template=PromptTemplate) -> BasePromptTemplate:
    """A prompt with a sentence added."""
    return template(f"{prompt.get_template()} {ADDED}")


def selected(text: str) -> SelectorPromptTemplate:
    """A prompt as core has them by default: chosen by the LLM."""
    return SelectorPromptTemplate(default_template=PromptTemplate(text))


def each_message(llm) -> str:
    return "\n".join(message.content for _, messages, _ in llm.asked for message in messages)


# Of a synthesizer


@each_synthesizer
def test_the_prompts_are_templates_by_name(kind):
    prompts = kind.synthesizer().get_prompts()
    assert kind.prompt in prompts
    assert all(isinstance(prompt, BasePromptTemplate) for prompt in prompts.values())
    assert not any(":" in name for name in prompts)


@each_synthesizer
def test_prompts_put_back_are_the_same(kind):
    synthesizer = kind.synthesizer()
    before = texts(synthesizer.get_prompts())
    synthesizer.update_prompts(synthesizer.get_prompts())
    assert texts(synthesizer.get_prompts()) == before


@each_way
@each_synthesizer
async def test_prompts_put_back_ask_the_same(kind, way):
    one, other = kind.scripted(), kind.scripted()
    await way.synthesize(kind.synthesizer(one), QUESTION, letter_and_report())
    synthesizer = kind.synthesizer(other)
    synthesizer.update_prompts(synthesizer.get_prompts())
    response = await way.synthesize(synthesizer, QUESTION, letter_and_report())
    assert str(response) == ANSWER
    assert each_message(other) == each_message(one)


@each_synthesizer
def test_no_prompts_change_nothing(kind):
    synthesizer = kind.synthesizer()
    before = texts(synthesizer.get_prompts())
    synthesizer.update_prompts({})
    assert texts(synthesizer.get_prompts()) == before


@each_synthesizer
def test_a_changed_prompt_is_there_to_be_read(kind):
    synthesizer = kind.synthesizer()
    changed = longer(synthesizer.get_prompts()[kind.prompt])
    synthesizer.update_prompts({kind.prompt: changed})
    assert synthesizer.get_prompts()[kind.prompt].get_template() == changed.get_template()


@each_way
@each_synthesizer
@pytest.mark.parametrize("template", [PromptTemplate, selected])
async def test_a_changed_prompt_reaches_the_llm(kind, way, template):
    llm = kind.scripted()
    synthesizer = kind.synthesizer(llm)
    changed = longer(synthesizer.get_prompts()[kind.prompt], template)
    synthesizer.update_prompts({kind.prompt: changed})
    response = await way.synthesize(synthesizer, QUESTION, letter_and_report())
    assert str(response) == ANSWER
    assert ADDED in each_message(llm)


@each_way
@each_synthesizer
async def test_a_changed_prompt_reaches_a_stream(kind, way):
    llm = kind.scripted()
    synthesizer = kind.synthesizer(llm, streaming=True)
    changed = longer(synthesizer.get_prompts()[kind.prompt])
    synthesizer.update_prompts({kind.prompt: changed})
    stream = await way.synthesize(synthesizer, QUESTION, letter_and_report())
    assert str(await way.response(stream)) == ANSWER
    assert ADDED in each_message(llm)


@each_synthesizer
def test_other_prompts_stay_when_one_is_changed(kind):
    synthesizer = kind.synthesizer()
    before = texts(synthesizer.get_prompts())
    synthesizer.update_prompts({kind.prompt: longer(synthesizer.get_prompts()[kind.prompt])})
    after = texts(synthesizer.get_prompts())
    assert {name for name in after if after[name] != before[name]} == {kind.prompt}


@each_synthesizer
def test_a_prompt_changed_twice_is_the_second(kind):
    synthesizer = kind.synthesizer()
    original = synthesizer.get_prompts()
    synthesizer.update_prompts({kind.prompt: longer(original[kind.prompt])})
    synthesizer.update_prompts(original)
    assert texts(synthesizer.get_prompts()) == texts(original)


@passing_over
@each_synthesizer
def test_prompts_of_other_names_are_passed_over(kind):
    synthesizer = kind.synthesizer()
    before = texts(synthesizer.get_prompts())
    synthesizer.update_prompts({"nonsense_template": PromptTemplate("Nonsense.")})
    assert texts(synthesizer.get_prompts()) == before


@pytest.mark.parametrize("name", ["MinionsSynthesizer", "MinionSynthesizer"])
def test_ours_say_which_they_pass_over(name):
    with pytest.warns(UserWarning, match="no prompt is named nonsense_template"):
        SYNTHESIZERS[name].synthesizer().update_prompts(
            {"nonsense_template": PromptTemplate("Nonsense.")}
        )


@each_synthesizer
def test_prompts_of_an_unknown_module_are_refused(kind):
    with pytest.raises(ValueError, match="Module nonsense not found"):
        kind.synthesizer().update_prompts({"nonsense:template": PromptTemplate("Nonsense.")})


@each_synthesizer
def test_what_get_prompts_gives_is_a_copy(kind):
    synthesizer = kind.synthesizer()
    before = texts(synthesizer.get_prompts())
    synthesizer.get_prompts().clear()
    assert texts(synthesizer.get_prompts()) == before


@each_synthesizer
def test_prompts_are_each_synthesizers_own(kind):
    one, other = kind.synthesizer(), kind.synthesizer()
    before = texts(other.get_prompts())
    one.update_prompts({kind.prompt: longer(one.get_prompts()[kind.prompt])})
    assert texts(other.get_prompts()) == before


@each_synthesizer
def test_prompts_take_the_variables_they_say(kind):
    prompt = kind.synthesizer().get_prompts()[kind.prompt]
    values = {name: f"<{name}>" for name in prompt.template_vars}
    told = prompt.format(**values)
    assert all(value in told for value in values.values())


# Of an engine


@each_engine
def test_an_engine_has_the_prompts_of_its_synthesizer(kind):
    engine = kind.engine()
    names = engine.get_prompts().keys()
    assert OF_THE_SYNTHESIZER + kind.prompt in names
    assert all(name.startswith(OF_THE_SYNTHESIZER) for name in names)


@each_engine
def test_prompts_put_back_into_an_engine_are_the_same(kind):
    engine = kind.engine()
    before = texts(engine.get_prompts())
    engine.update_prompts(engine.get_prompts())
    assert texts(engine.get_prompts()) == before


@each_way
@each_engine
async def test_a_prompt_changed_through_an_engine_reaches_the_llm(kind, way):
    llm, name = kind.scripted(), OF_THE_SYNTHESIZER + kind.prompt
    engine = kind.engine(llm)
    engine.update_prompts({name: longer(engine.get_prompts()[name])})
    assert str(await way.query(engine, QUESTION)) == ANSWER
    assert ADDED in each_message(llm)


@passing_over
@each_engine
def test_prompts_of_other_names_are_passed_over_by_an_engine(kind):
    engine = kind.engine()
    before = texts(engine.get_prompts())
    engine.update_prompts(
        {
            "nonsense_template": PromptTemplate("Nonsense."),
            f"{OF_THE_SYNTHESIZER}nonsense_template": PromptTemplate("Nonsense."),
        }
    )
    assert texts(engine.get_prompts()) == before


@each_engine
def test_prompts_of_an_unknown_module_are_refused_by_an_engine(kind):
    with pytest.raises(ValueError, match="Module nonsense not found"):
        kind.engine().update_prompts({"nonsense:template": PromptTemplate("Nonsense.")})
