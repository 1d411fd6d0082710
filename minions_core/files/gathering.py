"""All that was named on a command line, as documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from minions_core.documents import Document
from minions_core.errors import UsageError
from minions_core.files.finding import Found, PassedOver, found, whole
from minions_core.files.reading import OnPassedOver, document_from_bytes


def read_files(
    paths: Sequence[str | Path], *, on_passed_over: OnPassedOver | None = None
) -> list[Document]:
    """Files, all files in folders, and all that patterns match, as documents.

    A file that is named itself must be readable. In folders and among the matches of a pattern,
    what is hidden, junk or not readable is passed over.

    Args:
        paths: files (`report.pdf`), folders (`notes/`), patterns (`docs/**/*.pdf`), as typed.
        on_passed_over: told of each file and folder that is passed over, and why; of pages of a PDF
            that are pictures, too.

    Returns:
        The documents, in the order of `paths`, those of a folder sorted by path; none twice. Each
        has the name that was typed or, in a folder, its path below that folder; where two files
        would have the same name, the folder stands before it. `metadata["path"]` is the whole path.

    Raises:
        UsageError: a file cannot be read, a folder or pattern holds nothing that can, or there is
            nothing to read at all; one line, with what to do about it.
        MissingExtra: the package that reads such a file is not installed.
    """
    if not paths:
        raise UsageError("nothing to read: name a file, a folder or a pattern such as 'docs/*.pdf'")
    if isinstance(paths, str | Path):
        paths = [paths]
    gathered = _Gathered(on_passed_over)
    for given in paths:
        gathered.add(given)
    return list(gathered.named_apart())


class _Gathered:
    """Documents as they are found."""

    def __init__(self, on_passed_over: OnPassedOver | None) -> None:
        self._tell = on_passed_over
        self._seen: set[Path] = set()
        self._documents: list[tuple[Document, str]] = []

    def add(self, given: str | Path) -> None:
        """Read what a path or pattern stands for.

        Raises:
            UsageError: that is nothing that can be read.
        """
        is_any_read, first_passed_over = False, None
        for file in found(given):
            passed_over = file if isinstance(file, PassedOver) else self._read(file, str(given))
            if passed_over is None:
                is_any_read = True
                continue
            first_passed_over = first_passed_over or passed_over
            if self._tell:
                self._tell(passed_over)
        if not is_any_read:
            raise UsageError(_nothing_in(given, first_passed_over))

    def _read(self, file: Found, given: str) -> PassedOver | None:
        """Read a file, unless it was read before; why it was passed over, if it was."""
        path = whole(file.path)
        if path in self._seen:
            return None
        try:
            document = document_from_bytes(file.name, _bytes(file), on_passed_over=self._tell)
        except UsageError as error:
            if file.is_chosen:
                raise
            return PassedOver(file.name, str(error).removeprefix(f"{file.name} "))
        self._seen.add(path)
        document = replace(document, metadata={"path": str(path)})
        self._documents.append((document, (Path(given) / file.name).as_posix()))
        return None

    def named_apart(self) -> Iterator[Document]:
        """The documents, those of one name with their folder before it."""
        times = Counter(document.name for document, _ in self._documents)
        for document, longer in self._documents:
            yield document if times[document.name] == 1 else replace(document, name=longer)


def _bytes(file: Found) -> bytes:
    """What a file holds.

    Raises:
        UsageError: it is not there, or may not be read.
    """
    try:
        return file.path.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"{file.name} is not there: is the path right?") from None
    except OSError as error:
        raise UsageError(f"{file.name} cannot be read: {error.strerror}") from error


def _nothing_in(given: str | Path, first: PassedOver | None) -> str:
    if first:
        return (
            f"{given} holds no file that can be read; the first one, {first.name}, {first.reason}"
        )
    kind = "is empty: it holds no files" if Path(given).is_dir() else "matches no file"
    return f"{given} {kind}"
