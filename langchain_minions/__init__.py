"""Minion and MinionS for LangChain: a local model reads, a remote one thinks."""

from langchain_minions.chain import MinionChain, MinionsChain

__all__ = ["MinionChain", "MinionsChain"]
