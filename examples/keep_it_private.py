"""What may leave the machine: no verbatim text, and no name, mail address or number in the clear.

Runs offline.
"""

from minions_core import Minions, MinionsConfig
from minions_core.clients import ExtractiveClient, OfflineSupervisor
from minions_core.redaction import PatternRedactor

LETTER = """\
Re: your claim

The claim of Ada Moreau (ada.moreau@mail.example) was received on 3 May 2024.
The deductible of the policy of Ada Moreau is $450.
"""

settings = MinionsConfig(
    privacy="answers",
    redactor=PatternRedactor(extra={"PERSON": r"Ada Moreau"}),
)
minions = Minions(ExtractiveClient(), OfflineSupervisor(), config=settings)
result = minions.run("What is the deductible of the policy of Ada Moreau?", LETTER)

print("The answer, on this machine:", result.answer)
print("What the remote model was told:")
for message in result.transcript[1:]:
    if message.role == "user":
        print(message.content)
