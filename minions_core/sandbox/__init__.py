"""Where the remote model's code runs, apart from everything that matters."""

from minions_core.sandbox.base import Sandbox
from minions_core.sandbox.monty import MontySandbox

__all__ = ["MontySandbox", "Sandbox"]
