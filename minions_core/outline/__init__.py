"""Where things stand in a text: headings, speakers, and a short outline of it all."""

from minions_core.outline.entries import outline
from minions_core.outline.headings import SPEAKER_LEVEL, Heading, heading_at, headings

__all__ = ["SPEAKER_LEVEL", "Heading", "heading_at", "headings", "outline"]
