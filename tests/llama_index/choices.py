"""Scripted selectors and mergers for engines made of several, and tools for them to choose from."""

import json

import pytest
from llama_index.core.response_synthesizers import TreeSummarize

from minions_core.config import MinionsConfig
from tests.llama_index.engines import tool
from tests.llama_index.scripted import ScriptedLLM

MERGED = "Both say the same."
streaming = pytest.mark.parametrize("streaming", [False, True])


def saying(text, **data):
    return ScriptedLLM(lambda _: text, **data)


def choosing(*numbers):
    return saying(json.dumps([{"choice": number, "reason": "It has it."} for number in numbers]))


def summarizer(**options):
    return TreeSummarize(llm=saying(MERGED), **options)


def broken(name):
    """A tool whose remote LLM cannot be reached."""

    def script(messages):
        raise ConnectionError("unplugged")

    return tool(name, remote=ScriptedLLM(script), settings=MinionsConfig(max_retries=0))
