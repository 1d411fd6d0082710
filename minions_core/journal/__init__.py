"""Replies already paid for, kept on disk: a run repeated after a crash does not buy them again.

minions = Minions(local, remote, journal="paid.journal")
"""

from minions_core.journal.journaled import Journaled
from minions_core.journal.replies import Journal, opened

__all__ = ["Journal", "Journaled", "opened"]
