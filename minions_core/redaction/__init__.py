"""What must not leave the machine as it is, and how it is hidden and restored."""

from minions_core.redaction.base import Redactor, Sensitive

__all__ = ["Redactor", "Sensitive"]
