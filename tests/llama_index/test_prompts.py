"""Prompts as templates of LlamaIndex: there and back, of whatever kind, and what the LLM gets."""

import warnings
from copy import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from llama_index.core.llms import ChatMessage
from llama_index.core.prompts import (
    ChatPromptTemplate,
    PromptTemplate,
    SelectorPromptTemplate,
)
from llama_index.core.prompts.rich import RichPromptTemplate

from llama_index_minions import MinionsQueryEngine, MinionsSynthesizer, _prompts
from llama_index_minions.synthesizer import MinionSynthesizer
from minions_core.config import MinionConfig, MinionsConfig
from minions_core.errors import UsageError
from minions_core.prompts import marks, render, template
from minions_core.prompts.own import REPLACEABLE
from tests.llama_index.contract import letter_and_report
from tests.llama_index.engines import documents
from tests.llama_index.scripted import (
    ANSWER,
    QUESTION,
    REPORT,
    questioner,
    reader,
    supervisor,
    worker,
)
from tests.llama_index.ways import each_way

MADE = {
    "minions": lambda **options: MinionsSynthesizer(worker(), supervisor(), **options),
    "minion": lambda **options: MinionSynthesizer(reader(), questioner(), **options),
}
EACH = [(protocol, name) for protocol, names in REPLACEABLE.items() for name in names]
each_prompt = pytest.mark.parametrize(("protocol", "name"), EACH)
each_protocol = pytest.mark.parametrize("protocol", MADE)
WORKER = "minion_worker"
ONE_AT_A_TIME = MinionsConfig(local_concurrency=1)
JSON = '{"answer": "{answer}", "of": {"year": 2023}, "all": {}, "set": {{1, 2}}, "f": "{a b}"}'
READ_THIS = "Read <this> & \"that\" of 'théirs' — 100 % {of} it."


def changed(name, given, protocol="minions"):
    """The text that a prompt is made of a template, as the core has it."""
    return _prompts.changed(protocol, {}, {name: given})[name]


def told(llm) -> str:
    """Everything an LLM was told."""
    return "\n".join(message.content for _, messages, _ in llm.asked for message in messages)


# There


@each_protocol
def test_there_is_a_template_for_every_prompt_of_the_core(protocol):
    assert tuple(MADE[protocol]().get_prompts()) == REPLACEABLE[protocol]


@each_prompt
def test_a_template_has_the_marks_of_a_prompt_as_its_variables(protocol, name):
    prompt = MADE[protocol]().get_prompts()[name]
    assert set(prompt.template_vars) >= marks(template(name)).keys()


@each_prompt
def test_a_template_says_with_values_what_the_core_says(protocol, name):
    values = {mark: f"<{mark} {{x}} {{{{y}}}}>" for mark in marks(template(name))}
    prompt = MADE[protocol]().get_prompts()[name]
    assert prompt.format(**values) == render(name, **values)


def test_prompts_of_the_settings_are_among_them():
    settings = MinionConfig(prompts={WORKER: "Tell me: {{context}}"})
    prompts = MADE["minion"](settings=settings).get_prompts()
    assert prompts[WORKER].get_template() == "Tell me: {context}"


# And back


@each_protocol
def test_what_is_put_back_unchanged_is_the_cores_own(protocol):
    synthesizer = MADE[protocol]()
    synthesizer.update_prompts(synthesizer.get_prompts())
    assert dict(synthesizer.settings.prompts) == {}


@each_prompt
def test_a_longer_prompt_is_the_cores_with_what_was_added(protocol, name):
    before = MADE[protocol]().get_prompts()[name]
    longer = PromptTemplate(f"{before.get_template()} {READ_THIS}")
    assert changed(name, longer, protocol) == f"{template(name)} {READ_THIS}"


PIECES = st.lists(
    st.sampled_from(["{{context}}", "{context}", "{left_brace}", "{other}", "{", "}", "context"])
    | st.text(max_size=4)
).map("".join)
TEXTS = st.builds("{}{{{{context}}}}{}".format, PIECES, PIECES).filter(
    lambda text: marks(text).keys() == {"context"}
)


@given(TEXTS)
def test_any_prompt_goes_there_and_back(text):
    made = _prompts.templates("minion", {WORKER: text})[WORKER]
    assert changed(WORKER, made, "minion") == text


@given(TEXTS, st.text())
def test_any_prompt_says_the_same_as_a_template(text, value):
    made = _prompts.templates("minion", {WORKER: text})[WORKER]
    assert made.format(context=value) == render(WORKER, {WORKER: text}, context=value)


# Templates of all kinds


@pytest.mark.parametrize(
    ("given", "text"),
    [
        pytest.param(PromptTemplate("Q: {context}"), "Q: {{context}}", id="plain"),
        pytest.param(
            PromptTemplate("Q: {context} A:", prompt_type="text_qa"),
            "Q: {{context}} A:",
            id="of a type",
        ),
        pytest.param(PromptTemplate("{context} {context}"), "{{context}} {{context}}", id="twice"),
        pytest.param(PromptTemplate(f"{JSON} {{context}}"), f"{JSON} {{{{context}}}}", id="JSON"),
        pytest.param(
            PromptTemplate("As {who}: {context}").partial_format(who="Ada"),
            "As Ada: {{context}}",
            id="partial",
        ),
        pytest.param(
            PromptTemplate("As {who}: {context}", who="Ada"),
            "As Ada: {{context}}",
            id="partial from the start",
        ),
        pytest.param(
            PromptTemplate("Q: {query_str}", template_var_mappings={"context": "query_str"}),
            "Q: {{context}}",
            id="mapped",
        ),
        pytest.param(
            SelectorPromptTemplate(default_template=PromptTemplate("Q: {context}")),
            "Q: {{context}}",
            id="selected",
        ),
        pytest.param(RichPromptTemplate("Q: {{ context }}"), "Q: {{context}}", id="rich"),
        pytest.param(
            RichPromptTemplate(f"{READ_THIS} {{{{context}}}}"),
            f"{READ_THIS} {{{{context}}}}",
            id="rich with characters of all sorts",
        ),
        pytest.param(
            RichPromptTemplate("{% if who %}As {{ who }}: {% endif %}{{context}}").partial_format(
                who="Ada"
            ),
            "As Ada: {{context}}",
            id="rich and partial",
        ),
        pytest.param(
            RichPromptTemplate('Like {"a": {"b": 1}}: {{context}}'),
            'Like {"a": {"b": 1}}: {{context}}',
            id="rich with JSON",
        ),
    ],
)
def test_a_template_is_the_text_it_comes_to(given, text):
    assert changed(WORKER, given, "minion") == text


MESSAGES = [ChatMessage(role="system", content="Ask."), ChatMessage(content="{context}")]


@pytest.mark.parametrize(
    ("given", "advice"),
    [
        (ChatPromptTemplate(MESSAGES), "several messages"),
        (
            RichPromptTemplate('{% chat role="user" %}{{context}}{% endchat %}'),
            "several messages",
        ),
        (
            SelectorPromptTemplate(default_template=ChatPromptTemplate(MESSAGES)),
            "several messages",
        ),
        (
            PromptTemplate("{context}", function_mappings={"context": lambda **_: ""}),
            "partial_format",
        ),
        ("{context}", "a str is no template: pass a PromptTemplate"),
        (PromptTemplate("Ask."), r"minion_worker: the template lacks \{context\}"),
        (PromptTemplate("{context_}"), r"lacks \{context\}"),
        (PromptTemplate("{context} {{chunk}}"), r"\{\{chunk\}\}"),
    ],
)
def test_a_template_that_cannot_be_used_is_refused(given, advice):
    synthesizer = MADE["minion"]()
    with pytest.raises(UsageError, match=advice):
        synthesizer.update_prompts({WORKER: given})
    assert dict(synthesizer.settings.prompts) == {}


def test_a_name_that_is_no_prompts_is_warned_of_where_it_was_given():
    synthesizer = MADE["minions"]()
    with pytest.warns(
        UserWarning, match="no prompt is named text_qa_template: there are"
    ) as caught:
        synthesizer.update_prompts({"text_qa_template": PromptTemplate("Q")})
    assert caught[0].filename == __file__


def test_a_name_of_another_module_is_not():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert _prompts.changed("minions", {}, {"other:minions_worker": PromptTemplate("")}) == {}


def test_prompts_of_the_other_protocol_are_warned_of():
    with pytest.warns(UserWarning, match="no prompt is named minion_worker"):
        MADE["minions"]().update_prompts({WORKER: PromptTemplate("{context}")})


# To the LLM


def plainly(text: str) -> str:
    """A template of core's kind for `minions_job`, with JSON of the user's own in it."""
    return f"{text} {JSON} <text>\n{{chunk}}\n</text>\nTask: {{task}} {{advice}}\n{{fields}}"


OWN = {
    "plain": PromptTemplate(plainly("Read with care.")),
    "partial": PromptTemplate(plainly("Read with {how}.")).partial_format(how="care"),
    "rich": RichPromptTemplate(
        "{% raw %}Read with care. " + JSON + "{% endraw %} <text>\n{{ chunk }}\n</text>\n"
        "Task: {{ task }} {{ advice }}\n{{ fields }}"
    ),
}
each_own = pytest.mark.parametrize("own", OWN.values(), ids=OWN)
OF_THE_JOB = f"Read with care. {JSON} <text>\n{REPORT.strip()}\n</text>\nTask: Extract capital"


@each_way
@each_own
async def test_a_prompt_of_ones_own_reaches_the_local_llm_with_all_its_braces(way, own):
    local = worker()
    engine = MinionsQueryEngine.from_documents(documents(), local=local, remote=supervisor())
    engine.update_prompts({"response_synthesizer:minions_job": own})
    response = await way.query(engine, QUESTION)
    assert OF_THE_JOB in told(local)
    assert str(response) == ANSWER


def test_a_copy_of_a_synthesizer_has_prompts_of_its_own():
    synthesizer = MADE["minions"]()
    twin = copy(synthesizer)
    synthesizer.update_prompts({"minions_job": OWN["plain"]})
    assert dict(twin.settings.prompts) == {}


async def test_a_run_asks_all_its_jobs_with_the_prompt_it_began_with():
    local, script = worker(), worker()._script
    synthesizer = MinionsSynthesizer(local, supervisor(), settings=ONE_AT_A_TIME)

    def changing(messages) -> str:
        synthesizer.update_prompts({"minions_job": OWN["plain"]})
        return script(messages)

    local._script = changing
    await synthesizer.asynthesize(QUESTION, letter_and_report())
    assert len(local.asked) == 2
    assert "Read with care." not in told(local)
    await synthesizer.asynthesize(QUESTION, letter_and_report())
    assert told(local).count("Read with care.") == 2


def test_the_settings_given_stay_as_they_were():
    settings = MinionsConfig(prompts={"minions_worker": "Read."})
    synthesizer = MinionsSynthesizer(worker(), supervisor(), settings=settings)
    synthesizer.update_prompts({"minions_job": OWN["plain"]})
    assert dict(settings.prompts) == {"minions_worker": "Read."}
    assert synthesizer.settings.prompts.keys() == {"minions_worker", "minions_job"}
