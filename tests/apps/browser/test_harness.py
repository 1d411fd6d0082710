"""What the browser tests stand on: which Chromium, and what is seen of a page's misdeeds."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.apps.browser.chromium import found
from tests.apps.browser.visiting import is_here, visit

SCRIPT = Path(__file__).with_name("get_chromium.sh")
SHELL = shutil.which("sh")


def program(folder, name, does):
    path = folder / name
    path.write_text(f"#!{SHELL}\n{does}\n")
    path.chmod(0o755)
    return path


def get_chromium(folder, **named):
    """Run the script with no programs to be found but those of `folder`."""
    return subprocess.run(  # noqa: S603  # our own script
        [SHELL, str(SCRIPT), "python"],
        env={"PATH": str(folder), **named},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_chromium_that_is_named_is_taken(tmp_path, monkeypatch):
    named = program(tmp_path, "mine", "exit 0")
    monkeypatch.setenv("MINIONS_CHROMIUM", str(named))
    assert found("own") == str(named)


def test_the_systems_chromium_is_taken_before_playwrights_own(tmp_path, monkeypatch):
    system = program(tmp_path, "chromium-browser", "exit 0")
    monkeypatch.delenv("MINIONS_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert found("own") == str(system)


def test_a_missing_chromium_is_told_with_advice(tmp_path, monkeypatch):
    monkeypatch.setenv("MINIONS_CHROMIUM", str(tmp_path / "none"))
    with pytest.raises(FileNotFoundError, match="get_chromium"):
        found("own")


def test_nothing_is_installed_where_a_chromium_is(tmp_path):
    program(tmp_path, "chromium", "exit 0")
    program(tmp_path, "apt-get", "echo installing")
    assert get_chromium(tmp_path).stdout == ""


def test_debians_chromium_is_installed_where_that_is_allowed(tmp_path):
    program(tmp_path, "id", "echo 0")
    program(tmp_path, "python", "exit 1")
    installing = (
        f'[ "$1" = update ] || : > {tmp_path}/chromium; {shutil.which("chmod")} +x {tmp_path}/*'
    )
    program(tmp_path, "apt-get", installing)
    assert get_chromium(tmp_path).returncode == 0


def test_playwrights_own_is_installed_where_apt_may_not_be_used(tmp_path):
    program(tmp_path, "id", "echo 1000")
    program(tmp_path, "python", 'echo "$@"; [ "$1" = -m ]')
    assert get_chromium(tmp_path).stdout == "-m playwright install chromium\n"


def test_where_none_can_be_installed_it_says_what_to_do(tmp_path):
    program(tmp_path, "id", "echo 1000")
    program(tmp_path, "python", "exit 1")
    assert "MINIONS_CHROMIUM=" in get_chromium(tmp_path).stderr


def test_a_named_chromium_that_is_none_is_refused(tmp_path):
    assert get_chromium(tmp_path, MINIONS_CHROMIUM="/none").returncode == 1


@pytest.mark.parametrize("url", ["http://127.0.0.1:8501/x", "ws://localhost/y", "data:,x"])
def test_this_machine_is_here(url):
    assert is_here(url)


@pytest.mark.parametrize("url", ["http://example.com", "https://10.0.0.1/", "wss://a.b/127.0.0.1"])
def test_other_machines_are_not(url):
    assert not is_here(url)


def test_a_request_to_another_machine_is_seen(desktop, tmp_path):
    asking = tmp_path / "page.html"
    asking.write_text('<img src="http://192.0.2.1/spy.png">')
    with visit(desktop, asking.as_uri()) as seen:
        seen.page.wait_for_load_state()
    assert seen.strangers == ["http://192.0.2.1/spy.png"]


def test_a_dialog_is_seen(desktop, tmp_path):
    opening = tmp_path / "page.html"
    opening.write_text("<script>alert('hello')</script>")
    with visit(desktop, opening.as_uri()) as seen:
        seen.page.wait_for_load_state()
    assert seen.dialogs == ["hello"]
