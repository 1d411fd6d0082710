"""Watch a run as it happens: every event is a small frozen value.

Runs offline.
"""

from minions_core import JobFinished, Minions, PlanWritten, RunFinished, TextDelta
from minions_core.clients import ExtractiveClient, OfflineSupervisor
from minions_core.demo import annual_report

report = annual_report()
minions = Minions(ExtractiveClient(), OfflineSupervisor())

for event in minions.stream(report.facts["diluted_eps"].question, report.document):
    match event:
        case PlanWritten(jobs=jobs, tasks=tasks):
            print(f"{jobs} jobs: {', '.join(tasks)}")
        case JobFinished(job=job, status=status, answer=answer):
            print(f"  job {job} {status}: {answer}")
        case TextDelta(text=text, anew=anew):
            print("\n" * anew + text, end="", flush=True)
        case RunFinished(result=result):
            print(f"\n{result.status} after {len(result.rounds)} round(s)")
        case _:
            pass
