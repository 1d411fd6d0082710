"""Models named in a word, with a key that is typed in."""

import pytest

from minions_core.clients.specs import model_from_spec


@pytest.mark.parametrize("spec", ["openai:gpt-4o", "together:m", "tokasaurus:m", "http://h:1/v1#m"])
def test_a_key_that_is_given_is_taken(spec):
    assert model_from_spec(spec, "remote", api_key="sk-mine").api_key == "sk-mine"


@pytest.mark.parametrize("spec", ["offline", "ollama:llama3.2"])
def test_a_model_that_wants_no_key_passes_over_it(spec):
    assert "sk-mine" not in repr(model_from_spec(spec, "local", api_key="sk-mine"))
