"""The core alone: one question, one document, and what the result tells.

Runs offline. For real models:

    from minions_core.clients import OllamaClient, OpenAIClient
    minions = Minions(OllamaClient(model_name="llama3.2"), OpenAIClient(model_name="gpt-4o"))
"""

from minions_core import Minions, MinionsConfig
from minions_core.clients import ExtractiveClient, OfflineSupervisor
from minions_core.demo import annual_report

report = annual_report()
minions = Minions(
    ExtractiveClient(), OfflineSupervisor(), config=MinionsConfig(price_as="gpt-4o", max_rounds=2)
)
result = minions.run(report.facts["capital_expenditure"].question, report.document)

print(result.answer)
for citation in result.citations:
    print(f"  [{citation.number}] {citation.place}: {citation.quote!r} ({citation.check})")
print(f"{result.ledger.remote.usage.total_tokens} remote tokens, {result.ledger.cost} dollars")
print(f"{result.disclosure.share:.1%} of the document left the machine")
