"""LangChain's standard suites for tools."""

from langchain_tests.integration_tests import ToolsIntegrationTests
from langchain_tests.unit_tests import ToolsUnitTests

from tests.langchain.agents import asking
from tests.langchain.chains import QUESTION
from tests.langchain.scripted import REPORT


class OurTool:
    """The tool under test."""

    @property
    def tool_constructor(self):
        return asking(REPORT)

    @property
    def tool_invoke_params_example(self):
        return {"question": QUESTION}


class TestUnits(OurTool, ToolsUnitTests):
    """What a tool is."""


class TestCalls(OurTool, ToolsIntegrationTests):
    """What a tool does."""
