"""Raised and lowered figures of a PDF set apart: a `330` with a small 2 above it is not 3302."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import TypeAlias

Place: TypeAlias = Callable[[int], tuple[float, float, float, float]]
"""Of a character: left, right, top and bottom of its box, in points."""

_FIGURES = re.compile(r"\S?[\d+\N{MINUS SIGN}-]+")
_SMALLER = 0.9  # of the height of the character beside it
_HIGHER = 0.15  # heights; a smaller character on the same line begins a little higher, too
_LOWER = 0.03


def marks_within(text: str, start: int, end: int, place: Place) -> Mapping[int, str]:
    """What must stand before which characters of a line so that no two figures run together.

    Args:
        text: the text of the page.
        start: where the line begins in it.
        end: where the line ends.
        place: where a character of the text stands on the page.

    Returns:
        `^` before what is raised, `_` before what is lowered after a figure, a space before what is
        large again, each with the index of its character.
    """
    return dict(
        mark
        for figures in _FIGURES.finditer(text, start, end)
        for mark in _marks(text, figures, place)
    )


def _marks(text: str, figures: re.Match[str], place: Place) -> Iterator[tuple[int, str]]:
    places = map(place, range(*figures.span()))
    for index, (before, here) in enumerate(pairwise(places), figures.start() + 1):
        left, right, top, bottom = before
        height, own = top - bottom, here[2] - here[3]
        if here[0] < (left + right) / 2:  # not beside it: text that runs upwards
            continue
        rise = here[3] - bottom
        is_after_figure = text[index - 1].isdigit()
        if own < _SMALLER * height and rise > _HIGHER * height:
            yield index, "^"
        elif own <= height and rise < -_LOWER * height and is_after_figure:
            yield index, "_"
        elif height < _SMALLER * own and is_after_figure and text[index].isdigit():
            yield index, " "
