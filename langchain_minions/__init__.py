"""Minion and MinionS for LangChain: a local model reads, a remote one thinks."""

from minions_core.errors import MissingExtra

try:
    from langchain_minions.chain import MinionChain, MinionsChain
except ModuleNotFoundError as error:
    if error.name is None or not error.name.startswith("langchain_core"):
        raise
    raise MissingExtra("langchain-core", "langchain") from error

__all__ = ["MinionChain", "MinionsChain"]
