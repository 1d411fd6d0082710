"""Samples of one prompt differ, and can be had again."""

from dataclasses import replace

import pytest

from minions_core.clients import ExtractiveClient, OllamaClient, OpenAIClient
from minions_core.effects import Ask
from minions_core.messages import Message
from tests.wire import WireServer

ASK = Ask("local", (Message("user", "What is it?"),))
SAMPLES = [replace(ASK, sample=number) for number in (1, 2)]


def openai(server, **settings):
    return OpenAIClient(base_url=server.openai_url, api_key="none", **settings)


def test_ollama_is_given_a_temperature_and_a_seed_for_each():
    with WireServer("42") as server:
        model = OllamaClient(base_url=server.ollama_url)
        for ask in SAMPLES:
            model.reply(ask)
    options = [request.body["options"] for request in server.requests]
    assert [(sent["temperature"], sent["seed"]) for sent in options] == [(0.7, 1), (0.7, 2)]


def test_options_of_its_owner_are_where_samples_begin():
    with WireServer("42") as server:
        options = {"temperature": 0.9, "seed": 40}
        OllamaClient(base_url=server.ollama_url, options=options).reply(SAMPLES[1])
    sent = server.requests[0].body["options"]
    assert (sent["temperature"], sent["seed"]) == (0.9, 42)


@pytest.mark.parametrize("number", [0, 1])
def test_all_samples_share_one_window(number):
    with WireServer("42") as server:
        OllamaClient(base_url=server.ollama_url, num_ctx=4096).reply(replace(ASK, sample=number))
    assert server.requests[0].body["options"]["num_ctx"] == 4096


async def test_openai_is_given_a_temperature_and_a_seed_for_each():
    with WireServer("42") as server:
        model = openai(server)
        for ask in SAMPLES:
            await model.areply(ask)
    bodies = [request.body for request in server.requests]
    assert [(body["temperature"], body["seed"]) for body in bodies] == [(0.7, 1), (0.7, 2)]


def test_a_reasoning_model_is_given_a_seed_alone():
    with WireServer("42") as server:
        openai(server, model_name="o3-mini").reply(SAMPLES[0])
    body = server.requests[0].body
    assert ("temperature" in body, body["seed"]) == (False, 1)


def test_no_model_at_all_says_the_same_every_time():
    model = ExtractiveClient()
    assert model.reply(SAMPLES[0]) == model.reply(SAMPLES[1]) == model.reply(ASK)
