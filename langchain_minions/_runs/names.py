"""What files and web addresses are called, where others read it: by no more than tells them apart.

A name goes to the remote model. The folders of a path may be private, and so may all of a web
address but its host and its path: passwords, signatures and tokens stand around those.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import PureWindowsPath

_SCHEME = re.compile(r"(?!file:)[a-z][a-z0-9+.:-]*://", re.IGNORECASE)


def names_of(sources: Iterable[str]) -> dict[str, str]:
    """A name for each source: a web address, or the end of a path.

    Files of the same name get as many of their folders as it takes to tell them apart. What has no
    file name has an empty one.
    """
    named: dict[str, str] = {}
    paths: dict[str, tuple[str, ...]] = {}
    for source in sources:
        scheme = _SCHEME.match(source)
        if scheme:
            named[source] = scheme[0] + _host_and_path(source[scheme.end() :])
        else:
            path = PureWindowsPath(source)  # it knows both kinds of slashes
            paths[source] = path.parts if path.name else ()
    return named | _told_apart(paths)


def _host_and_path(address: str) -> str:
    host, *path = re.split("[?#]", address, maxsplit=1)[0].split("/")
    return "/".join([host.rpartition("@")[2], *path])


def _told_apart(paths: dict[str, tuple[str, ...]]) -> dict[str, str]:
    files = set(paths.values())
    ends = Counter(end for path in files for end in _ends(path))
    return {
        source: next((_written(end) for end in _ends(path) if ends[end] == 1), _written(path))
        for source, path in paths.items()
    }


def _ends(path: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The ends of a path, shortest first."""
    return [path[-length:] for length in range(1, len(path) + 1)]


def _written(path: tuple[str, ...]) -> str:
    return PureWindowsPath(*path).as_posix() if path else ""
