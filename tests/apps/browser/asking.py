"""What a person does with the app: choose, type, press, read. Each waits for what must appear."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

SERVER = "A server, by its URL"


def widget(page: Page, key: str) -> Locator:
    """The widget with a key."""
    return page.locator(f".st-key-{key}")


def settled(page: Page) -> None:
    """Wait until the page is drawn to its end."""
    expect(
        page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')
    ).to_be_visible()


def ask(page: Page, question: str) -> None:
    """Type a question and send it."""
    settled(page)
    box = widget(page, "question").locator("textarea")
    box.fill(question)
    box.press("Enter")


def answer(page: Page, number: int = 0) -> Locator:
    """The answer of a question, once it is there."""
    shown = widget(page, f"answer_{number}").locator(".mn-answer")
    shown.wait_for()
    return shown


def paste(page: Page, text: str) -> None:
    """Paste a text to ask about."""
    widget(page, "source").get_by_text("Paste text").click()
    box = widget(page, "paste").locator("textarea")
    box.fill(text)
    box.press("Control+Enter")
    page.locator(".mn-doc").get_by_text("pasted text").wait_for()


def upload(page: Page, name: str, text: str) -> None:
    """Upload a text file to ask about."""
    widget(page, "source").get_by_text("Upload files").click()
    file = {"name": name, "mimeType": "text/plain", "buffer": text.encode()}
    widget(page, "upload").locator("input[type=file]").set_input_files(file)
    page.locator(".mn-doc").get_by_text(name).wait_for()


def choose_protocol(page: Page, name: str) -> None:
    """Choose one of the two protocols."""
    widget(page, "protocol").get_by_text(name, exact=True).click()


def choose_server(page: Page, role: str, url: str, model: str = "llama3.2") -> None:
    """Have a role played by a model on a server."""
    widget(page, role).get_by_role("combobox").click()
    page.get_by_role("option", name=SERVER).click()
    for key, value in ((f"{role}_url", url), (f"{role}_model", model)):
        field = widget(page, key).locator("input")
        field.fill(value)
        field.press("Enter")
    settled(page)


def open_tab(page: Page, name: str) -> Locator:
    """Open a tab below the last answer; what it shows."""
    page.get_by_role("tab", name=name).last.click()
    panel = page.get_by_role("tabpanel", name=name).last
    panel.wait_for()
    return panel


def open_citation(page: Page) -> Locator:
    """Press the last marker of the newest answer; the document that opens."""
    page.locator(".mn-answer button[data-cite]").last.click()
    passage = widget(page, "passage")
    passage.locator("mark").first.wait_for()
    return passage


def download(page: Page, key: str) -> Path:
    """Press a download button; the file it gives."""
    with page.expect_download() as given:
        widget(page, key).get_by_role("button").click()
    return Path(given.value.path())
