"""A question that follows up another: what was found before can be cited again, unread.

Runs offline.
"""

from minions_core import Minions
from minions_core.clients import ExtractiveClient, OfflineSupervisor
from minions_core.demo import annual_report

report = annual_report()
minions = Minions(ExtractiveClient(), OfflineSupervisor())

first = minions.run(report.facts["capital_expenditure"].question, report.document)
print(first.answer)

second = minions.run(report.facts["backlog"].question, report.document, history=[first])
print(second.answer)
print("known before the second question was asked:")
for citation in second.evidence[: len(first.citations)]:
    print(f"  [{citation.number}] {citation.answer} ({citation.place})")
