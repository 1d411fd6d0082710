"""What must not leave the machine as it is, and how it is hidden and restored.

A `Redactor` finds it: `PatternRedactor` by its form, `PresidioRedactor` by a model of the language,
or one of your own. A `Vault` puts placeholders in its place and, on this machine, takes them back.
"""

from minions_core.redaction.base import Redactor, Sensitive
from minions_core.redaction.patterns import PatternRedactor
from minions_core.redaction.presidio import PresidioRedactor
from minions_core.redaction.vault import Vault

__all__ = ["PatternRedactor", "PresidioRedactor", "Redactor", "Sensitive", "Vault"]
