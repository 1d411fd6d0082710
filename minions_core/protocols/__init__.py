"""The two protocols, as generators of effects: no I/O, no clock, no chance."""

from minions_core.protocols.memory import Memory
from minions_core.protocols.minion import minion
from minions_core.protocols.minions import minions
from minions_core.protocols.task import Task, remote_tokens_needed

__all__ = ["Memory", "Task", "minion", "minions", "remote_tokens_needed"]
