"""Draws the diagrams of the documentation, each for a light and for a dark page.

python docs/img/draw.py
"""
# ruff: noqa: INP001 - a script beside what it draws

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

HERE = Path(__file__).parent
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
EVIDENCE = "quotes looked up, figures held against them, cut to fit"


@dataclass(frozen=True)
class Palette:
    """The colours of one theme."""

    ink: str
    soft: str
    line: str
    ground: str
    here: str
    there: str
    box: str
    mark: str
    on_mark: str


LIGHT = Palette(
    ink="#1b2730",
    soft="#4d5c66",
    line="#5b6b76",
    ground="#ffffff",
    here="#e8f4f1",
    there="#f3eefb",
    box="#ffffff",
    mark="#00796b",
    on_mark="#ffffff",
)
DARK = Palette(
    ink="#e8eef1",
    soft="#b4c1c9",
    line="#8fa0ab",
    ground="#1e2129",
    here="#18322f",
    there="#2c2640",
    box="#262b35",
    mark="#4db6ac",
    on_mark="#0c1f1c",
)


@dataclass
class Drawing:
    """Shapes on a sheet; places and sizes are in pixels."""

    width: int
    height: int
    title: str
    palette: Palette
    shapes: list[str] = field(default_factory=list)

    def zone(self, x: int, y: int, w: int, h: int, name: str, fill: str) -> None:
        """A coloured area with a name at its top."""
        self.shapes.append(
            f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="14" fill="{fill}"/>'
        )
        self.text(x + 16, y + 27, name, bold=True, size=16, anchor="start")

    def box(self, x: int, y: int, w: int, h: int, *lines: str) -> None:
        """A box with lines of text in its middle, the first one bold."""
        fill, line = self.palette.box, self.palette.line
        self.shapes.append(
            f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="8" fill="{fill}" stroke="{line}"/>'
        )
        first = y + h / 2 - 9 * (len(lines) - 1) + 5
        for number, text in enumerate(lines):
            self.text(x + w / 2, first + 18 * number, text, bold=not number, soft=number > 0)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        bold: bool = False,
        soft: bool = False,
        size: int = 14,
        anchor: str = "middle",
    ) -> None:
        """A line of text."""
        weight = ' font-weight="600"' if bold else ""
        colour = self.palette.soft if soft else self.palette.ink
        self.shapes.append(
            f'<text x="{x:g}" y="{y:g}" font-size="{size}" text-anchor="{anchor}" '
            f'fill="{colour}"{weight}>{escape(text)}</text>'
        )

    def arrow(self, *points: tuple[int, int], dashed: bool = False, headless: bool = False) -> None:
        """A line through points, with a head at its end unless it goes on behind some words."""
        path = "M" + " L".join(f"{x} {y}" for x, y in points)
        dashes = ' stroke-dasharray="5 4"' if dashed else ""
        head = "" if headless else ' marker-end="url(#head)"'
        self.shapes.append(
            f'<path d="{path}" fill="none" stroke="{self.palette.line}" stroke-width="1.8"'
            f"{dashes}{head}/>"
        )

    def frame(self, x: int, y: int, w: int, h: int) -> None:
        """A dashed frame around several boxes."""
        self.shapes.append(
            f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="10" fill="none" '
            f'stroke="{self.palette.line}" stroke-dasharray="5 4"/>'
        )

    def life(self, x: int, top: int, bottom: int) -> None:
        """A thin upright line: somebody who takes part."""
        self.shapes.append(
            f'<path d="M{x} {top} V{bottom}" stroke="{self.palette.line}" opacity="0.6"/>'
        )

    def step(self, x: int, y: int, number: int) -> None:
        """A number in a disc."""
        self.shapes.append(f'<circle cx="{x}" cy="{y}" r="12" fill="{self.palette.mark}"/>')
        self.shapes.append(
            f'<text x="{x}" y="{y + 5}" font-size="14" font-weight="700" text-anchor="middle" '
            f'fill="{self.palette.on_mark}">{number}</text>'
        )

    def __str__(self) -> str:
        size = f'viewBox="0 0 {self.width} {self.height}"'
        tip = f'<path d="M0 0 L10 5 L0 10 z" fill="{self.palette.line}"/>'
        head = (
            '<marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" '
            f'markerHeight="7" orient="auto">{tip}</marker>'
        )
        ground = f'<rect width="100%" height="100%" rx="16" fill="{self.palette.ground}"/>'
        body = "\n".join(self.shapes)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} width="{self.width}" '
            f'height="{self.height}" font-family="{FONT}" role="img">\n'
            f"<title>{escape(self.title)}</title>\n<defs>{head}</defs>\n{ground}\n{body}\n</svg>\n"
        )


def minions_round(palette: Palette) -> Drawing:
    """One round of MinionS."""
    sheet = Drawing(940, 640, "One round of MinionS", palette)
    sheet.zone(16, 16, 606, 608, "Your machine", palette.here)
    sheet.zone(734, 16, 190, 608, "Remote model", palette.there)
    _plan(sheet)
    _lanes(sheet)
    _verdict(sheet)
    return sheet


def _plan(sheet: Drawing) -> None:
    sheet.box(754, 74, 150, 148, "Writes a plan", "which chunks,", "which questions")
    sheet.box(290, 66, 312, 56, "Question, names, outlines, limits")
    sheet.step(290, 66, 1)
    sheet.arrow((602, 94), (754, 94))
    sheet.box(36, 66, 190, 148, "Documents", "as you gave them")
    sheet.arrow((226, 94), (290, 94))
    sheet.box(290, 158, 312, 56, "Sandbox", "runs the plan: chunks x questions = jobs")
    sheet.step(290, 158, 2)
    sheet.arrow((754, 186), (602, 186))
    sheet.text(678, 178, "code or JSON", soft=True)
    sheet.arrow((226, 186), (290, 186))


def _lanes(sheet: Drawing) -> None:
    sheet.frame(36, 250, 566, 172)
    sheet.step(36, 250, 3)
    sheet.arrow((446, 214), (446, 250))
    sheet.text(56, 276, "Local model: one lane a chunk", bold=True, anchor="start")
    for row, (chunk, jobs) in enumerate((("Chunk 4", 3), ("Chunk 9", 2), ("Chunk 17", 3))):
        y = 288 + 42 * row
        sheet.box(56, y, 104, 34, chunk)
        for job in range(jobs):
            x = 196 + 132 * job
            sheet.arrow((160 if not job else x - 24, y + 17), (x, y + 17))
            sheet.box(x, y, 108, 34, f"Question {job + 1}")


def _verdict(sheet: Drawing) -> None:
    sheet.box(754, 456, 150, 148, "Gives its verdict", "an answer, or", "another plan")
    sheet.step(754, 456, 5)
    sheet.arrow((319, 422), (319, 456))
    sheet.box(36, 456, 566, 60, "Evidence, checked", EVIDENCE)
    sheet.step(36, 456, 4)
    sheet.arrow((602, 486), (754, 486))
    sheet.text(678, 478, "findings", soft=True)
    sheet.box(36, 548, 566, 56, "Result", "answer, citations, bill, everything that left")
    sheet.step(36, 548, 6)
    sheet.arrow((754, 576), (602, 576))
    sheet.text(678, 568, "answer [1]", soft=True)
    sheet.arrow((829, 456), (829, 352), dashed=True, headless=True)
    sheet.text(829, 342, "next round", soft=True)
    sheet.arrow((829, 326), (829, 222), dashed=True)


def minion_chat(palette: Palette) -> Drawing:
    """A run of Minion."""
    sheet = Drawing(940, 470, "A run of Minion, the chat of two models", palette)
    sheet.zone(16, 16, 566, 438, "Your machine", palette.here)
    sheet.zone(734, 16, 190, 438, "Outside", palette.there)
    local, minion, remote = 136, 462, 829
    for x, w, lines in (
        (local, 200, ("Local model", "has the whole text")),
        (minion, 200, ("Minion", "passes on and checks")),
        (remote, 150, ("Remote model", "sees no text")),
    ):
        sheet.box(x - w // 2, 62, w, 60, *lines)
        sheet.life(x, 122, 440)
    for y, start, end, words, number in (
        (160, minion, remote, "question, names, outlines", 1),
        (210, remote, minion, "one question", 2),
        (250, minion, local, "that question, after the text", 0),
        (290, local, minion, "reply, and the words that show it", 3),
        (340, minion, remote, "reply, checked quotes", 4),
        (410, remote, minion, "answer [1]", 5),
    ):
        sheet.arrow((start, y), (end, y))
        between = 658 if remote in {start, end} else 299
        sheet.text(between, y - 8, words, soft=True)
        if number:
            sheet.step(start, y, number)
    sheet.arrow((829, 340), (892, 340), (892, 210), (843, 210), dashed=True)
    sheet.text(888, 372, "again", soft=True)
    return sheet


def drawings() -> dict[str, str]:
    """Every picture by the name of its file."""
    sheets = {"minions-round": minions_round, "minion-chat": minion_chat}
    themes = {"light": LIGHT, "dark": DARK}
    return {
        f"{name}-{theme}.svg": str(sheet(palette))
        for name, sheet in sheets.items()
        for theme, palette in themes.items()
    }


if __name__ == "__main__":
    for name, text in drawings().items():
        (HERE / name).write_text(text, "utf-8")
