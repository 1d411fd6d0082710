"""Drivers perform the effects that protocols ask for: the only rooms with concurrency."""

from minions_core.drivers.asynchronous import AsyncDriver
from minions_core.drivers.conditions import Conditions, ObserverFailed, Permits, ignore
from minions_core.drivers.threaded import ThreadedDriver

__all__ = ["AsyncDriver", "Conditions", "ObserverFailed", "Permits", "ThreadedDriver", "ignore"]
