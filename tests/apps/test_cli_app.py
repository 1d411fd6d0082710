"""`minions app`: how the app is started, and how it ends."""

import json
import os
import signal
import urllib.request
from pathlib import Path

import pytest

from minions_core.cli import browsing
from tests.apps.browser.serving import free_port
from tests.apps.commands import PATIENCE, Terminal, errors, started, without

# Stands in for the browser: says at the terminal what it was to open.
_XDG_OPEN = "#!/bin/sh\necho opened $1 > /dev/tty\n"
# Settings for Streamlit that somebody put where the command is called.
_PLANTED = """
[browser]
serverAddress = "evil.example"
[server]
address = "0.0.0.0"
baseUrlPath = "planted"
enableXsrfProtection = false
"""

# Stands in for Streamlit, which a machine may have or not: says how it was called, and serves.
_STREAMLIT = """
import json, os, sys, time
print(json.dumps([os.getpid(), *sys.argv[1:]]), flush=True)
time.sleep({seconds})
"""


def streamlit(folder, seconds):
    """The variables that put a package of that name first, which serves for some seconds."""
    (folder / "streamlit").mkdir()
    (folder / "streamlit" / "__init__.py").touch()
    (folder / "streamlit" / "__main__.py").write_text(_STREAMLIT.format(seconds=seconds))
    return {"PYTHONPATH": f"{folder}:{Path(browsing.__file__).parents[2]}"}


def called(folder, *arguments):
    """How Streamlit is called."""
    process = started("app", *arguments, **streamlit(folder, 0))
    output, _ = process.communicate(timeout=PATIENCE)
    return json.loads(output)[1:]


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    return called(tmp_path_factory.mktemp("app"))


def given(name, words):
    return words[words.index(f"--{name}") + 1]


def test_the_app_is_a_page_of_ours(words):
    page = Path(browsing.__file__).parents[1] / "app" / "page.py"
    assert words[:2] == ["run", str(page)]


def test_the_app_listens_on_this_machine_alone(words):
    assert given("server.address", words) == "127.0.0.1"


def test_the_app_reports_to_nobody(words):
    assert given("browser.gatherUsageStats", words) == "false"


def test_the_app_asks_for_no_mail_address(words):
    assert given("server.showEmailPrompt", words) == "false"


@pytest.mark.parametrize("name", ["server.enableCORS", "server.enableXsrfProtection"])
def test_the_app_is_protected_from_other_pages(words, name):
    assert given(name, words) == "true"


@pytest.fixture
def folder(tmp_path):
    """A folder that brings settings for Streamlit, and a module called like it, along."""
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text(_PLANTED)
    (tmp_path / "streamlit.py").write_text("raise SystemExit('planted')")
    return tmp_path


@pytest.fixture
def browser(tmp_path_factory):
    """The variables of somebody new, who never ran Streamlit before."""
    home = tmp_path_factory.mktemp("new")
    (home / "xdg-open").write_text(_XDG_OPEN)
    (home / "xdg-open").chmod(0o755)
    return {"HOME": str(home), "PATH": f"{home}:{os.environ['PATH']}"}


def test_somebody_new_gets_the_page_whatever_the_current_folder_holds(folder, browser):
    port = free_port()
    with Terminal("app", "--port", port, folder=folder, **browser) as terminal:
        terminal.until(f"opened http://127.0.0.1:{port}\r\n")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE) as page:
            assert b"<!doctype html>" in page.read().lower()
        assert terminal.signalled(signal.SIGTERM) == 128 + signal.SIGTERM
    assert "evil" not in terminal.shown


def test_the_app_opens_a_browser(words):
    assert given("server.headless", words) == "false"


def test_the_app_opens_no_browser_and_listens_where_it_is_told(tmp_path):
    words = called(tmp_path, "--port", "9001", "--no-browser")
    assert (given("server.port", words), given("server.headless", words)) == ("9001", "true")


def test_the_app_ends_as_streamlit_does(tmp_path):
    process = started("app", **streamlit(tmp_path, "'no number'"))
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_what_ends_the_command_ends_the_app(tmp_path, number):
    process = started("app", **streamlit(tmp_path, 600))
    server, *_ = json.loads(process.stdout.readline())
    process.send_signal(number)
    process.communicate(timeout=PATIENCE)
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)
    assert process.returncode == 128 + number


def test_a_wrong_port_is_wrong_usage():
    assert "--port" in errors("app", "--port", "70000", code=2)


def test_without_streamlit_the_command_says_what_to_install():
    ended = without("streamlit", "app")
    said = "Error: streamlit is not installed: pip install 'minions-integrations[app]'\n"
    assert (ended.returncode, ended.stderr.decode()) == (1, said)
