"""The question told from the text it is asked of, and instructions from the context in them."""

from minions_core.asking.instructions import instructed
from minions_core.asking.questions import told_apart
from minions_core.asking.said import Asked, IsShort

__all__ = ["Asked", "IsShort", "instructed", "told_apart"]
