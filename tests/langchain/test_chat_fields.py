"""Fields, names, profiles and token counts of a chat model."""

import pytest
from langchain_core.messages import HumanMessage
from langchain_core.rate_limiters import InMemoryRateLimiter
from langchain_core.runnables import ConfigurableField
from pydantic import ValidationError

from langchain_minions.chat_model import ChatMinions
from minions_core import MinionConfig, MinionsConfig
from minions_core.errors import UsageError
from minions_core.testing import ScriptedModel
from tests.langchain.chains import QUESTION
from tests.langchain.scripted import ANSWER, REPORT, ScriptedChat, reads
from tests.langchain.scripted_tools import CallingChat, chat, reading_chat, supervises


class Profiled(CallingChat):
    """A model whose profile says it takes no tools."""

    def _resolve_model_profile(self):
        return {"tool_calling": False}


def test_a_misspelt_field_is_an_error():
    with pytest.raises(ValidationError, match="max_round"):
        chat(max_round=3)


@pytest.mark.parametrize("name", ["api_key", "max_retries", "max_tokens", "temperature", "timeout"])
def test_what_belongs_to_the_models_is_left_out_and_said_so(name):
    with pytest.warns(UserWarning, match=f"{name} was left out"):
        assert chat(**{name: 1}).invoke("Hi").content


def test_settings_of_the_other_protocol_are_refused():
    with pytest.raises(ValidationError, match="pass a MinionConfig"):
        chat(protocol="minion", settings=MinionsConfig())


def test_settings_that_do_not_go_together_are_refused():
    with pytest.raises(ValidationError, match="preview"):
        chat(settings=MinionsConfig(preview=10), privacy="answers")


def test_what_is_no_model_is_refused():
    with pytest.raises(UsageError, match="must be a LangChain chat model"):
        ChatMinions(1, CallingChat(script=supervises))


def test_fields_go_before_settings():
    model = chat(protocol="minion", settings=MinionConfig(max_rounds=5), max_rounds=2)
    assert model._engines.settings.max_rounds == 2


def test_scalars_can_be_configured():
    model = reading_chat().configurable_fields(long_text_tokens=ConfigurableField("long"))
    answer = model.invoke(QUESTION, {"configurable": {"long": 20}})
    assert "minions" in answer.response_metadata


def test_a_configured_copy_streams_as_the_model_does():
    model = reading_chat().configurable_fields(long_text_tokens=ConfigurableField("long"))
    assert len(list(model.stream(QUESTION, {"configurable": {"long": 100}}))) > 3


def test_streaming_can_be_switched_off():
    assert len(list(reading_chat(disable_streaming=True).stream(QUESTION))) == 1


def test_what_the_models_can_be_configured_to_can_be_told_by_the_config():
    local = ScriptedChat(script=reads).configurable_fields(model=ConfigurableField("reader"))
    model = reading_chat(local=local)
    assert [spec.id for spec in model.config_specs] == ["reader"]
    answer = model.invoke(QUESTION, {"configurable": {"reader": "small"}})
    assert answer.response_metadata["minions"]["local"]["models"] == ["small"]


def test_it_is_not_serialized_as_something_it_cannot_be_loaded_from():
    assert not ChatMinions.is_lc_serializable()


def test_texts_do_not_show_when_it_is_printed():
    assert "employees" not in repr(reading_chat())


def test_a_short_message_is_no_document():
    model = chat()
    model.invoke(f"{REPORT}\n\n{QUESTION}")
    assert model.local.asked == []


def test_a_long_message_is_one():
    answer = chat(long_text_tokens=20).invoke(f"{REPORT}\n\n{QUESTION}")
    assert answer.content == ANSWER


def test_a_rate_limiter_is_asked_before_a_run():
    limiter = InMemoryRateLimiter(requests_per_second=1000, check_every_n_seconds=0.001)
    assert reading_chat(rate_limiter=limiter).invoke(QUESTION).content == ANSWER
    assert limiter.last is not None


def test_an_answer_in_blocks_is_one_where_that_is_wanted():
    answer = reading_chat(output_version="v1").invoke(QUESTION)
    assert [block["type"] for block in answer.content] == ["text"]


def test_a_journal_pays_once(tmp_path):
    first = reading_chat(journal=tmp_path / "kept.db")
    first.invoke(QUESTION)
    again = reading_chat(journal=tmp_path / "kept.db")
    assert again.invoke(QUESTION).content == ANSWER
    assert again.remote.asked == []


def test_tokens_are_counted_without_a_network():
    model = chat()
    assert 3 <= model.get_num_tokens("Capital expenditure was high.") <= 12
    said = [HumanMessage(QUESTION)]
    assert model.get_num_tokens_from_messages(said) > model.get_num_tokens(QUESTION)


def test_tools_count():
    model, said = chat(), [HumanMessage(QUESTION)]
    tool = {"title": "Joke", "description": "A joke.", "type": "object", "properties": {}}
    plain = model.get_num_tokens_from_messages(said)
    assert model.get_num_tokens_from_messages(said, [tool]) > plain


def test_a_counter_of_the_users_counts():
    model = chat(custom_get_token_ids=lambda text: [1] * 42)
    assert model.get_num_tokens("Hi") == len(model.get_token_ids("Hi")) == 42


def test_ids_of_tokens_are_not_made_up():
    with pytest.raises(UsageError, match="custom_get_token_ids"):
        chat().get_token_ids("Hi")


def test_it_is_named_after_both_models():
    params = chat()._get_ls_params(stop=["END"])
    assert params["ls_model_name"] == "llama3.2+gpt-4o"
    assert (params["ls_provider"], params["ls_stop"]) == ("minions", ["END"])


@pytest.mark.parametrize(
    ("remote", "takes_tools"),
    [
        (CallingChat(script=supervises), True),
        (CallingChat(script=supervises).with_retry(), True),
        (ScriptedChat(script=supervises), False),
        (ScriptedModel([]), False),
    ],
)
def test_the_profile_tells_whether_the_remote_model_takes_tools(remote, takes_tools):
    profile = chat(remote=remote)._resolve_model_profile()
    assert profile == {"tool_calling": takes_tools, "structured_output": False}


@pytest.mark.skipif("profile" not in ChatMinions.model_fields, reason="not in this LangChain")
def test_the_profile_of_the_remote_model_goes_before_what_its_class_says():
    model = chat(remote=Profiled(script=supervises))
    assert model.profile == {"tool_calling": False, "structured_output": False}
