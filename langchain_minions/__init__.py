"""Minion and MinionS for LangChain: a local model reads, a remote one thinks."""

from minions_core.errors import MissingExtra

try:
    from langchain_minions.chain import MinionChain, MinionsChain
    from langchain_minions.chat_model import ChatMinions
    from langchain_minions.documents import MinionsCompressor, create_minions_documents_chain
    from langchain_minions.tool import create_minions_tool
except ModuleNotFoundError as error:
    if error.name is None or not error.name.startswith("langchain_core"):
        raise
    raise MissingExtra("langchain-core", "langchain") from error

__all__ = [
    "ChatMinions",
    "MinionChain",
    "MinionsChain",
    "MinionsCompressor",
    "create_minions_documents_chain",
    "create_minions_tool",
]
