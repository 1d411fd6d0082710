"""LangChain's standard suites for chat models, over `ChatMinions` with a report to read.

The protocol runs for every question, and the remote model has the last word where tools are bound.
"""

import pytest
from langchain_tests.integration_tests import ChatModelIntegrationTests

from tests.langchain.scripted import REPORT
from tests.langchain.test_chat_standard import COMPOSITE, COUNTED_THERE, SCHEMAS, OurChatModel


class OurReader(OurChatModel):
    """The chat model under test, with something to read."""

    @property
    def chat_model_params(self):
        return {**super().chat_model_params, "context": REPORT}

    @property
    def model_override_value(self):
        return None  # the answer is of two models, and under the name of both


@pytest.mark.filterwarnings("ignore::langchain_core._api.LangChainBetaWarning")
class TestReaderCalls(OurReader, ChatModelIntegrationTests):
    """What it does with calls that are no runs of their own."""


@pytest.mark.filterwarnings("ignore::langchain_core._api.LangChainBetaWarning")
class TestTracedReaderCalls(OurReader, ChatModelIntegrationTests):
    """What it does by default."""

    traces = True

    @COMPOSITE
    @SCHEMAS
    def test_structured_output(self, model, schema_type):
        super().test_structured_output(model, schema_type)

    @COMPOSITE
    @SCHEMAS
    async def test_structured_output_async(self, model, schema_type):
        await super().test_structured_output_async(model, schema_type)

    @COUNTED_THERE
    def test_usage_metadata(self, model):
        super().test_usage_metadata(model)

    @COUNTED_THERE
    def test_usage_metadata_streaming(self, model):
        super().test_usage_metadata_streaming(model)
