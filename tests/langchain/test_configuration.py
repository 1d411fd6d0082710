"""Settings one by one, models by choice, all at the time of the call."""

import copy
import pickle

import pytest
from langchain_core.runnables import ConfigurableField
from pydantic import ValidationError

from langchain_minions import MinionsChain
from minions_core.clients import ExtractiveClient, OfflineSupervisor
from minions_core.config import MinionConfig, MinionsConfig
from tests.langchain.chains import INPUT, minion_chain, minions_chain
from tests.langchain.gauge import Gauge
from tests.langchain.scripted import ANSWER, REPORT, ScriptedChat, plans_then_answers, reads

EITHER = pytest.mark.parametrize("make", [minions_chain, minion_chain])


def settings_of(chain):
    return chain._engines.settings


@pytest.mark.parametrize(
    ("name", "value"),
    [("max_rounds", 2), ("privacy", "answers"), ("planner", "json"), ("preview", 300)],
)
def test_a_field_goes_before_the_settings_of_minions(name, value):
    chain = minions_chain(**{name: value})
    assert getattr(settings_of(chain), name) == value


@pytest.mark.parametrize(
    ("name", "value"), [("max_rounds", 2), ("privacy", "answers"), ("overflow", "search")]
)
def test_a_field_goes_before_the_settings_of_minion(name, value):
    chain = minion_chain(**{name: value})
    assert getattr(settings_of(chain), name) == value


def test_settings_without_a_field_stay():
    chain = minions_chain(settings=MinionsConfig(max_chunk_tokens=999), privacy="answers")
    assert settings_of(chain).max_chunk_tokens == 999


def test_fields_that_do_not_go_together_are_refused_at_once():
    with pytest.raises(ValidationError, match="preview shows passages word for word"):
        minions_chain(privacy="answers", preview=300)


def test_settings_of_the_other_protocol_are_refused():
    with pytest.raises(ValidationError, match="settings"):
        minions_chain(settings=MinionConfig())


def test_a_misspelt_field_is_refused():
    with pytest.raises(ValidationError, match="max_round"):
        minions_chain(max_round=2)


@EITHER
def test_prompts_that_are_none_of_the_protocol_are_refused_when_the_chain_is_made(make):
    settings = MinionsConfig if make is minions_chain else MinionConfig
    with pytest.raises(ValidationError, match="prompts has 'strange'"):
        make(settings=settings(prompts={"strange": "text"}))


def test_a_field_can_be_configured_for_a_run():
    chain = minions_chain().configurable_fields(planner=ConfigurableField(id="planner"))
    chain.with_config(configurable={"planner": "json"}).invoke(INPUT)
    assert "```json" in str(chain.default.remote.asked[0][0].content)


def test_what_can_be_configured_has_a_schema():
    chain = minions_chain().configurable_fields(
        max_rounds=ConfigurableField(id="rounds"), privacy=ConfigurableField(id="privacy")
    )
    properties = chain.get_config_jsonschema()["$defs"]["Configurable"]["properties"]
    assert set(properties) == {"rounds", "privacy"}


def remote_of_choice():
    return ScriptedChat(script=plans_then_answers, model="gpt-4o").configurable_alternatives(
        ConfigurableField(id="remote"),
        default_key="large",
        larger=ScriptedChat(script=plans_then_answers, model="o3"),
    )


def test_a_model_can_be_chosen_for_a_run():
    chain = MinionsChain(ScriptedChat(script=reads), remote_of_choice(), max_rounds=1)
    output = chain.with_config(configurable={"remote": "larger"}).invoke(INPUT)
    assert output["usage"]["remote"]["models"] == ["o3"]


def test_a_choice_of_models_is_told_by_the_chain():
    chain = MinionsChain(ScriptedChat(script=reads), remote_of_choice())
    assert [spec.id for spec in chain.config_specs] == ["remote"]


def test_a_chain_has_alternatives_as_other_runnables_do():
    chain = minions_chain().configurable_alternatives(
        ConfigurableField(id="protocol"), default_key="minions", minion=minion_chain()
    )
    output = chain.with_config(configurable={"protocol": "minion"}).invoke(INPUT)
    assert output["result"].protocol == "minion"


def test_configured_runs_share_the_limits_of_their_chain():
    gauge = Gauge()
    chain = minions_chain(local=gauge.read, settings=MinionsConfig(local_concurrency=2))
    configurable = chain.configurable_fields(preview=ConfigurableField(id="preview"))
    configs = [{"configurable": {"preview": 100 + number}} for number in range(6)]
    configurable.batch([INPUT] * 6, configs)
    assert gauge.most <= 2


@EITHER
def test_it_is_bound_and_configured_like_any_runnable(make):
    chain = make().with_config(tags=["mine"], run_name="filing").with_retry()
    assert chain.invoke(INPUT)["answer"] == ANSWER


def test_another_chain_can_stand_in_for_it():
    def fails(_):
        raise ConnectionError

    chain = minions_chain(remote=fails, settings=MinionsConfig(max_retries=0))
    assert chain.with_fallbacks([minion_chain()]).invoke(INPUT)["answer"] == ANSWER


def over_core_models(**fields):
    return MinionsChain(ExtractiveClient(), OfflineSupervisor(), **fields)


def pickled(chain):
    return pickle.loads(pickle.dumps(chain))  # noqa: S301  # its own pickle


@pytest.mark.parametrize("copied", [copy.deepcopy, pickled])
def test_a_chain_over_models_that_can_be_copied_can_be_copied(copied):
    chain = copied(over_core_models(max_rounds=2))
    assert chain.invoke({"task": "What was capital expenditure?", "context": REPORT})["citations"]


def test_chains_that_are_made_alike_are_equal():
    local, remote = ScriptedChat(script=reads), ScriptedChat(script=plans_then_answers)
    assert MinionsChain(local, remote) == MinionsChain(local, remote)


def test_what_a_chain_reads_is_not_in_its_representation():
    assert "capital expenditure" not in repr(over_core_models(context=REPORT)).lower()


def test_a_dump_of_a_chain_tells_its_settings_and_neither_models_nor_texts():
    dumped = over_core_models(context=REPORT, max_rounds=2).model_dump()
    assert (dumped["max_rounds"], "context" in dumped, "remote" in dumped) == (2, False, False)
