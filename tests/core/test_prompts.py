"""Prompts are rendered strictly."""

import pytest

from minions_core.prompts import render


def test_values_are_put_in():
    assert render("minion_question", task="T", question="Q").endswith("Answer only this: Q")


def test_a_missing_value_is_an_error():
    with pytest.raises(LookupError, match="question"):
        render("minion_question", task="T")


def test_a_value_the_template_does_not_name_is_an_error():
    with pytest.raises(LookupError, match="extra"):
        render("minion_question", task="T", question="Q", extra="x")


def test_a_value_is_never_read_as_a_template():
    assert "{{question}}" in render("minion_question", task="{{question}}", question="Q")
