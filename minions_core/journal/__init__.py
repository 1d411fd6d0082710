"""Replies already paid for, kept on disk: a run repeated after a crash does not buy them again.

journal = Journal("run.journal")
engine = Minions(Journaled(local, journal), Journaled(remote, journal))
"""

from minions_core.journal.journaled import Journaled
from minions_core.journal.replies import Journal

__all__ = ["Journal", "Journaled"]
