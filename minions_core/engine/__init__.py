"""`Minion` and `Minions`: settings, two models and a driver, made into something one can call."""

from minions_core.engine.base import Engine, OnEvent, permits_for
from minions_core.engine.minion import Minion
from minions_core.engine.minions import Minions

__all__ = ["Engine", "Minion", "Minions", "OnEvent", "permits_for"]
