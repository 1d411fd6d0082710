"""Models to run the protocols with: Ollama, OpenAI, every server that speaks their APIs, or none.

Importing a client needs nothing beyond the core; making one needs the package it speaks through,
and raises `MissingExtra` where that is not installed.
"""

from minions_core.clients.offline import ExtractiveClient, OfflineSupervisor
from minions_core.clients.ollama import OllamaClient
from minions_core.clients.openai import (
    OpenAIClient,
    OpenAICompatibleClient,
    TogetherClient,
    TokasaurusClient,
)

__all__ = [
    "ExtractiveClient",
    "OfflineSupervisor",
    "OllamaClient",
    "OpenAIClient",
    "OpenAICompatibleClient",
    "TogetherClient",
    "TokasaurusClient",
]
