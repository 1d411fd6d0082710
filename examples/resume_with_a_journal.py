"""Never pay twice: replies are kept on disk, and a run that is repeated takes them from there.

Runs offline.
"""

import tempfile
from pathlib import Path

from minions_core import Minions
from minions_core.clients import ExtractiveClient, OfflineSupervisor
from minions_core.demo import annual_report

report = annual_report()
question = report.facts["backlog"].question

with tempfile.TemporaryDirectory() as folder:
    journal = Path(folder) / "paid.journal"
    for attempt in ("first", "second"):
        minions = Minions(ExtractiveClient(), OfflineSupervisor(), journal=journal)
        result = minions.run(question, report.document)
        print(f"{attempt}: {result.ledger.remote.usage.total_tokens} remote tokens paid")
        print(result.answer)
