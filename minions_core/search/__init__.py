"""Search over chunks, and the passages of whole documents that suit a question best."""

from minions_core.search.index import Index, search
from minions_core.search.passages import best_passages, cut_all

__all__ = ["Index", "best_passages", "cut_all", "search"]
