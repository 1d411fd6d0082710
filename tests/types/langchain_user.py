"""What a user's type checker says of code like this: nothing. Checked by mypy and pyright alone."""

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool

from langchain_minions import (
    MinionChain,
    MinionsChain,
    MinionsCompressor,
    create_minions_documents_chain,
    create_minions_tool,
)
from minions_core import MinionConfig, MinionsConfig


def by_place(local: BaseChatModel, remote: BaseChatModel) -> MinionsChain:
    """Models may be given by place."""
    return MinionsChain(local, remote, max_rounds=2, settings=MinionsConfig(preview=300))


def by_name(local: BaseChatModel, remote: BaseChatModel) -> MinionChain:
    """Or by name."""
    return MinionChain(local=local, remote=remote, settings=MinionConfig(overflow="search"))


def others(local: BaseChatModel, remote: BaseChatModel) -> list[object]:
    """The functions have the types of what they stand for."""
    chain: Runnable[dict[str, object], object] = create_minions_documents_chain(local, remote)
    tool: BaseTool = create_minions_tool("text", local, remote, name="ask")
    return [chain, tool, MinionsCompressor(local)]
