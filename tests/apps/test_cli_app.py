"""`minions app`: how the app is started, and how it ends."""

import json
import os
import signal
from pathlib import Path

import pytest

from minions_core.cli import browsing
from tests.apps.commands import errors, started, without

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
    output, _ = started("app", *arguments, **streamlit(folder, 0)).communicate()
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


def test_the_app_opens_a_browser(words):
    assert given("server.headless", words) == "false"


def test_the_app_opens_no_browser_and_listens_where_it_is_told(tmp_path):
    words = called(tmp_path, "--port", "9001", "--no-browser")
    assert (given("server.port", words), given("server.headless", words)) == ("9001", "true")


def test_the_app_ends_as_streamlit_does(tmp_path):
    process = started("app", **streamlit(tmp_path, "'no number'"))
    process.communicate()
    assert process.returncode == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_ends_the_command_ends_the_app(tmp_path, number):
    process = started("app", **streamlit(tmp_path, 600))
    server, *_ = json.loads(process.stdout.readline())
    process.send_signal(number)
    process.communicate()
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)
    assert process.returncode == 128 + number


def test_a_wrong_port_is_wrong_usage():
    assert "--port" in errors("app", "--port", "70000", code=2)


def test_without_streamlit_the_command_says_what_to_install():
    ended = without("streamlit", "app")
    said = "Error: streamlit is not installed: pip install 'minions-integrations[app]'\n"
    assert (ended.returncode, ended.stderr.decode()) == (1, said)
