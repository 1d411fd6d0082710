"""Windows and chance, decided alike for every client."""

import pytest

from minions_core.clients.settings import Chance, chance_for, ollama_url, reasons, window_for


@pytest.mark.parametrize(
    ("tokens", "window"), [(1, 8192), (8192, 8192), (8193, 12_288), (20_000, 20_480)]
)
def test_a_window_is_rounded_up_to_a_step(tokens, window):
    assert window_for(tokens) == window


@pytest.mark.parametrize("chosen", [2048, 131_072])
def test_a_window_somebody_chose_stands_whatever_is_needed(chosen):
    assert window_for(20_000, chosen=chosen, trained=8192) == chosen


@pytest.mark.parametrize("tokens", [9_000, 200_000])
def test_a_window_is_never_beyond_what_a_model_was_trained_for(tokens):
    assert window_for(tokens, trained=10_000) == 10_000


@pytest.mark.parametrize("own", [Chance(0.0, None), Chance(None, 7)])
def test_a_single_sample_is_drawn_as_the_model_is_set(own):
    assert chance_for(0, own) == own


def test_samples_are_drawn_with_seeds_of_their_own():
    drawn = [chance_for(sample, Chance(0.0, None)) for sample in (1, 2, 3)]
    assert drawn == [(0.7, 1), (0.7, 2), (0.7, 3)]


def test_a_livelier_model_stays_so_and_its_seed_is_where_samples_begin():
    assert chance_for(2, Chance(1.1, 40)) == (1.1, 42)


def test_a_model_of_unknown_temperature_is_given_one():
    assert chance_for(1, Chance(None, None)).temperature == 0.7


@pytest.mark.parametrize("name", ["o1", "o3-mini", "gpt-5", "openai/o4-mini", "ft:gpt-5-nano"])
def test_reasoning_models_are_told_by_their_names(name):
    assert reasons(name)


@pytest.mark.parametrize("name", ["gpt-4o", "llama-3.2-o1", "olmo-2"])
def test_other_models_are_not_taken_for_such(name):
    assert not reasons(name)


def test_an_ollama_is_where_its_owner_says_or_the_environment_or_at_its_usual_port(monkeypatch):
    monkeypatch.delenv("OLLAMA_HOST", raising=False)
    assert ollama_url(None) == "http://localhost:11434"
    monkeypatch.setenv("OLLAMA_HOST", "http://10.0.0.1:11434")
    assert ollama_url(None) == "http://10.0.0.1:11434"
    assert ollama_url("http://here:1/") == "http://here:1"
