"""Own prompts as a part of the settings, which stay what they were when they were checked."""

import copy
import json
import pickle
from types import MappingProxyType

import pytest
from pydantic import ValidationError

from minions_core import MinionConfig, MinionsConfig

OWN = {"open": "{{question}} ...", "minion_system": "Ask well."}


def settings(**prompts):
    return MinionConfig(prompts=prompts or OWN)


def test_there_are_none_by_default():
    assert dict(MinionsConfig().prompts) == {}


def test_they_are_read_like_the_dict_they_were_given_as():
    assert (settings().prompts["minion_system"], dict(settings().prompts)) == ("Ask well.", OWN)


def test_a_later_change_of_that_dict_changes_nothing():
    given = dict(OWN)
    config = MinionConfig(prompts=given)
    given["open"] = "changed"
    assert config == settings()


def test_nobody_can_change_them_in_the_settings():
    with pytest.raises(TypeError):
        settings().prompts["open"] = "changed"


def test_settings_with_the_same_ones_are_equal_and_have_one_hash():
    other = MinionConfig(prompts=dict(reversed(OWN.items())))
    assert (other, hash(other)) == (settings(), hash(settings()))


def test_settings_with_others_are_not_equal():
    assert settings() != settings(open="other")
    assert settings() != MinionConfig()


@pytest.mark.parametrize(
    "copied",
    [
        copy.copy,
        copy.deepcopy,
        lambda config: config.model_copy(deep=True),
        lambda config: pickle.loads(pickle.dumps(config)),  # noqa: S301 - made on the line itself
        lambda config: MinionConfig(**config.model_dump()),
        lambda config: MinionConfig.model_validate_json(config.model_dump_json()),
        lambda config: config.replaced(max_rounds=3),
        lambda config: MinionConfig(prompts=config.prompts),
        lambda config: MinionConfig(prompts=MappingProxyType(dict(config.prompts))),
    ],
)
def test_a_copy_has_them_too(copied):
    again = copied(settings())
    assert (again, hash(again)) == (settings(), hash(settings()))


def test_a_dump_has_them_as_a_plain_dict():
    assert settings().model_dump()["prompts"] == OWN
    assert type(settings().model_dump()["prompts"]) is dict


def test_they_are_written_as_json():
    assert json.loads(settings().model_dump_json())["prompts"] == OWN


def test_they_are_shown_as_a_plain_dict():
    assert f"prompts={OWN!r}" in repr(settings())


def test_replaced_settings_have_the_new_ones_alone():
    changed = settings().replaced(prompts={"open": "other"})
    assert dict(changed.prompts) == {"open": "other"}


@pytest.mark.parametrize("wrong", [None, "open", ["open"], {"open": 1}, {"open": None}])
def test_what_is_no_mapping_of_texts_is_refused(wrong):
    with pytest.raises(ValidationError, match="prompts"):
        MinionsConfig(prompts=wrong)
