"""The app as a person uses it, without a browser: Streamlit's own test runner, one visit a tab."""

from __future__ import annotations

import json
from html import unescape

from streamlit.testing.v1 import AppTest

from minions_core.app import PAGE
from minions_core.app.state import Session

SERVER = "server"
PLAN = """```python
def prepare_jobs(context, prev_job_manifests=None, prev_job_outputs=None):
    chunks = chunk_by_paragraph(context[0])
    return [JobManifest(chunk=chunk, task="What is it worth?", advice="") for chunk in chunks]
```"""
ANSWER = "<answer>It is worth **$512 million** [1].</answer>"
FOUND = json.dumps(
    {
        "explanation": "It says so.",
        "citation": "The treasure is worth $512 million.",
        "answer": "$512 million",
    }
)
TREASURE = "The treasure is worth $512 million."


class Visit:
    """A browser tab with the app in it."""

    def __init__(self) -> None:
        self.tab = AppTest.from_file(PAGE, default_timeout=30)
        self.tab.run()
        self.check()

    def check(self) -> None:
        """Fail on an exception the page did not handle."""
        assert not self.tab.exception, self.tab.exception

    @property
    def session(self) -> Session:
        """What the tab holds."""
        return self.tab.session_state["session"]

    @property
    def shown(self) -> str:
        """All markup on the page, as text with tags."""
        return unescape("\n".join(element.proto.body for element in self.tab.get("html")))

    @property
    def alerts(self) -> str:
        """The boxes that tell what went wrong."""
        return "\n".join(part for part in self.shown.splitlines() if 'role="alert"' in part)

    @property
    def keys(self) -> set[str]:
        """The keys of the buttons on the page."""
        return {button.key for button in self.tab.button if button.key}

    def answer(self, number: int = 0) -> str:
        """The markup of an answer and its citations."""
        components = {part.proto.id: part.proto for part in self.tab.get("bidi_component")}
        found = next(part for key, part in components.items() if key.endswith(f"answer_{number}"))
        return unescape(json.loads(found.json)["html"])

    def draw(self) -> None:
        """Have the page drawn anew, as any click does."""
        self.tab.run()
        self.check()

    def press(self, key: str) -> None:
        """Press a button."""
        self.tab.button(key=key).click().run()
        self.check()

    def ask(self, question: str) -> None:
        """Send a question, and leave it at work."""
        self.tab.chat_input(key="question").set_value(question).run()
        self.check()

    def wait(self) -> None:
        """Wait for the end of the run, and draw what came of it."""
        if self.session.running:
            assert self.session.running.turn.wait(30)
        self.draw()

    def answered(self, question: str) -> None:
        """Ask, and wait for the end."""
        self.ask(question)
        self.wait()

    def paste(self, text: str) -> None:
        """Choose a pasted text to ask about."""
        self.tab.button_group(key="source").set_value("paste").run()
        self.tab.text_area(key="paste").set_value(text).run()
        self.check()

    def upload(self, *files: tuple[str, bytes, str]) -> None:
        """Choose uploaded files to ask about: name, bytes, type."""
        self.tab.button_group(key="source").set_value("upload").run()
        self.tab.file_uploader(key="upload").set_value(list(files)).run()
        self.check()

    def choose_server(self, role: str, url: str, key: str = "") -> None:
        """Have a role played by a model on a server."""
        self.tab.selectbox(key=role).set_value(SERVER).run()
        self.tab.text_input(key=f"{role}_url").set_value(url)
        self.tab.text_input(key=f"{role}_model").set_value(f"{role}-model")
        self.tab.text_input(key=f"{role}_key_{SERVER}").set_value(key).run()
        self.check()


def spoken(remote=(PLAN, ANSWER), local=FOUND):
    """A script of a server that plays both roles: lines of the remote model, and of the local."""
    lines = iter(remote)
    return lambda request: next(lines) if request.body["model"] == "remote-model" else local
