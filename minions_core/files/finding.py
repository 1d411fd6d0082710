"""Files, folders and patterns as they are typed, turned into the files to read."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

_JUNK_FOLDERS = frozenset(
    {"node_modules", "__pycache__", "venv", "site-packages", "bower_components"}
)
_JUNK_FILES = frozenset(
    {"package-lock.json", "yarn.lock", "pnpm-lock.yaml", "poetry.lock", "uv.lock", "Cargo.lock"}
)
_JUNK_SUFFIXES = (".min.js", ".min.css", ".map")
_LARGEST = 50_000_000


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A file or folder inside of what was to be read that was not read, or not whole.

    Attributes:
        name: where it is, below the folder that was named.
        reason: why it was passed over, or which part of it was; ends a sentence that begins with
            the name.
    """

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Found:
    """A file to read.

    Attributes:
        path: where it is.
        name: its path within the folder that was named; what was typed, if it was named itself.
        is_chosen: whether it was named itself, so that it must be readable.
    """

    path: Path
    name: str
    is_chosen: bool


def found(given: str | Path) -> Iterator[Found | PassedOver]:
    """What a file, a folder or a pattern stands for, sorted.

    Files in folders and those that a pattern matches are passed over if they are hidden, junk
    (`node_modules`, lock files ...), links that lead out of the folder, or larger than 50 MB.

    Args:
        given: as it was typed. A pattern such as `docs/**/*.pdf` stands for all files below.
    """
    typed = str(given)
    path = Path(typed).expanduser()
    if path.is_dir():
        yield from _in_folder(path)
    elif glob.has_magic(typed) and not path.exists():
        yield from _matching(str(path))
    else:
        yield Found(path, typed, is_chosen=True)


def _in_folder(folder: Path) -> Iterator[Found | PassedOver]:
    for root, folders, files in os.walk(folder):
        here = Path(root)
        for name in sorted(folders):
            if reason := _folder_is_unwanted(here / name):
                folders.remove(name)
                yield PassedOver(_below(folder, here / name) + "/", reason)
        folders.sort()
        for name in sorted(files):
            yield _wanted(here / name, _below(folder, here / name), folder)


def _matching(pattern: str) -> Iterator[Found | PassedOver]:
    folder = Path(*takewhile(lambda part: not glob.has_magic(part), Path(pattern).parts))
    for match in sorted(glob.glob(pattern, recursive=True)):  # noqa: PTH207 - as shells do, absolute ones too
        path = Path(match)
        if path.is_dir():
            continue
        if _JUNK_FOLDERS.intersection(path.parent.parts):
            yield PassedOver(match, "is in a folder of things made or installed by programs")
        else:
            yield _wanted(path, match, folder)


def _below(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()


def _folder_is_unwanted(path: Path) -> str | None:
    if path.name.startswith("."):
        return "is hidden"
    if path.is_symlink():
        return "is a link to a folder"
    return "holds things made or installed by programs" if path.name in _JUNK_FOLDERS else None


def _wanted(path: Path, name: str, folder: Path) -> Found | PassedOver:
    """A file that nobody named itself, unless something speaks against it."""
    reason = _against_its_name(path, folder) or _against_its_kind(path)
    return PassedOver(name, reason) if reason else Found(path, name, is_chosen=False)


def _against_its_name(path: Path, folder: Path) -> str | None:
    if path.name.startswith("."):
        return "is hidden"
    if path.name in _JUNK_FILES or path.name.endswith(_JUNK_SUFFIXES):
        return "is made by a program"
    if not whole(path).is_relative_to(whole(folder)):
        return "is a link that leads out of the folder"
    return None


def whole(path: Path) -> Path:
    """Where a path leads in the end; a link to itself leads nowhere, which is no error here."""
    return Path(os.path.realpath(path))


def _against_its_kind(path: Path) -> str | None:
    try:
        about = path.stat()
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    if not stat.S_ISREG(about.st_mode):
        return "is not a file"
    if about.st_size > _LARGEST:
        return f"is larger than {_LARGEST // 1_000_000} MB; name it to have it read"
    return None
