"""Two models, one answer: a small one reads your documents, a large one thinks.

from minions_core import Minions
from minions_core.clients import OllamaClient, OpenAIClient

minions = Minions(OllamaClient(model_name="llama3.2"), OpenAIClient(model_name="gpt-4o"))
print(minions(task="What was capital expenditure in 2023?", context=[report]).answer)
"""

from minions_core.config import Budget, JobOutput, MinionConfig, MinionsConfig, ReaderConfig
from minions_core.documents import Chunk, Document, Span
from minions_core.engine import Minion, Minions
from minions_core.errors import (
    BudgetExceeded,
    ContextWindowExceeded,
    JournalError,
    MinionsError,
    MissingExtra,
    ModelError,
    ModelTimedOut,
    ModelUnavailable,
    RedactionError,
    RunCancelled,
    SandboxError,
    UsageError,
)
from minions_core.events import (
    CallFailed,
    CallFinished,
    CallRetried,
    CallStarted,
    Event,
    EvidenceGathered,
    JobFinished,
    JobStarted,
    MessageSent,
    PlanRejected,
    PlanWritten,
    RoundStarted,
    RunFinished,
    RunStarted,
    TextDelta,
)
from minions_core.journal import Journal, Journaled
from minions_core.ledger import Account, Disclosed, Disclosure, Ledger
from minions_core.messages import Message, Reply, Usage
from minions_core.models import BlockingModel, Model
from minions_core.reader import Reader, ReadingResult
from minions_core.result import Citation, JobResult, MinionsResult, RoundRecord, Turn

__all__ = [
    "Account",
    "BlockingModel",
    "Budget",
    "BudgetExceeded",
    "CallFailed",
    "CallFinished",
    "CallRetried",
    "CallStarted",
    "Chunk",
    "Citation",
    "ContextWindowExceeded",
    "Disclosed",
    "Disclosure",
    "Document",
    "Event",
    "EvidenceGathered",
    "JobFinished",
    "JobOutput",
    "JobResult",
    "JobStarted",
    "Journal",
    "JournalError",
    "Journaled",
    "Ledger",
    "Message",
    "MessageSent",
    "Minion",
    "MinionConfig",
    "Minions",
    "MinionsConfig",
    "MinionsError",
    "MinionsResult",
    "MissingExtra",
    "Model",
    "ModelError",
    "ModelTimedOut",
    "ModelUnavailable",
    "PlanRejected",
    "PlanWritten",
    "Reader",
    "ReaderConfig",
    "ReadingResult",
    "RedactionError",
    "Reply",
    "RoundRecord",
    "RoundStarted",
    "RunCancelled",
    "RunFinished",
    "RunStarted",
    "SandboxError",
    "Span",
    "TextDelta",
    "Turn",
    "Usage",
    "UsageError",
]
