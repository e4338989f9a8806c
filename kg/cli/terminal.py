"""What all commands share: where they print, how errors end them, tables and progress."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from typer.core import TyperGroup

from kg.errors import InputError, KGError
from kg.model import Extraction

PARTIAL = 1
"""Exit code: some inputs were bad, the others went through."""

FAILED = 2
"""Exit code: the command could not do its work."""

_BAR = 8
"""Columns of a bar: the rest of it fits in 80."""

LAYERS = {"entities": "entity", "relations": "relation", "events": "event", "claims": "claim", "facts": "fact"}


class Commands(TyperGroup):
    """The one place where errors of the library end: one line on standard error, exit code 2."""

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        """Run the command."""
        try:
            return super().invoke(ctx)
        except KGError as error:
            complain(str(error))
        except BrokenPipeError:
            raise  # the reader has enough, as in `kg query ... | head`
        except OSError as error:
            complain(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        raise typer.Exit(FAILED)


def complain(message: str) -> None:
    """Print one line on standard error."""
    typer.echo(f"error: {' '.join(message.splitlines())}", err=True)


def print_version(wanted: bool) -> None:
    """Print the version and leave."""
    if wanted:
        typer.echo(f"kg {version('stringer-kg')}")
        raise typer.Exit


def out() -> Console:
    """Return a console on standard output; a pipe gets whole lines, however long."""
    return Console(width=None if sys.stdout.isatty() else 10_000, highlight=False)


def write(data: bytes) -> None:
    """Write bytes to standard output, exactly as they are."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """Return a table; columns of numbers stand to the right."""
    lines = [tuple(row) for row in rows]
    shown = Table(show_edge=False, pad_edge=False)
    for i, column in enumerate(columns):
        numeric = bool(lines) and all(isinstance(line[i], int | float) for line in lines)
        shown.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for line in lines:
        shown.add_row(*(_cell(value) for value in line))
    return shown


def heading(text: str) -> None:
    """Print a line that stands above a table."""
    out().print(f"\n{text}", style="bold", markup=False)


def _cell(value: object) -> str:
    text = f"{value:.3f}" if isinstance(value, float) else str(value)
    return text.replace("[", r"\[")  # rich reads brackets as markup


class Failures:
    """Collects bad inputs: each is printed when it comes, and the exit code tells of them."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, error: InputError) -> None:
        """Print the error and go on."""
        self.count += 1
        complain(str(error))

    def exit(self) -> None:
        """Leave with ``PARTIAL`` if there was any."""
        if self.count:
            raise typer.Exit(PARTIAL)


class Found:
    """Counts what was found, article by article."""

    def __init__(self, advance: Callable[[str], object]) -> None:
        self.counts: Counter[str] = Counter()
        self.words = 0
        self.present = 0
        self._advance = advance
        self._start = time.perf_counter()

    def add(self, extraction: Extraction) -> None:
        """Count one article."""
        self.counts["articles"] += 1
        self.words += len(extraction.document.text.split())
        for layer in LAYERS:
            self.counts[layer] += len(getattr(extraction, layer))
        self._advance(self._rates())

    def pass_over(self, id: str) -> None:
        """Count an article that was there already."""
        self.present += 1
        self._advance(self._rates())

    def _rates(self) -> str:
        seconds = time.perf_counter() - self._start
        return f"{self.counts['articles'] / seconds:,.1f}/s, {self.words / seconds:,.0f} words/s"

    def __str__(self) -> str:
        seconds = time.perf_counter() - self._start
        found = ", ".join(self._counted(layer, one) for layer, one in LAYERS.items())
        total = self.present + self.counts["articles"]
        before = f"{self.present:,} of {total:,} articles were there already\n" if self.present else ""
        return (f"{before}{self._counted('articles', 'article')} of {self.words:,} words: {found}; "
                f"{seconds:.1f} s, {self.words / seconds:,.0f} words a second")

    def _counted(self, many: str, one: str) -> str:
        number = self.counts[many]
        return f"{number:,} {one if number == 1 else many}"


@contextmanager
def watch(task: str, total: int | None = None, *, always: bool = False) -> Iterator[Found]:
    """Show a bar on standard error while articles come in; where that is no terminal only if ``always``.

    With a ``total`` it also tells the time left.
    """
    columns = (TextColumn("{task.description}"), BarColumn(_BAR), MofNCompleteColumn(),
               TextColumn("{task.fields[rates]}"), TimeRemainingColumn(), TextColumn("left"))
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not (always or console.is_terminal)) as bar:
        id = bar.add_task(task, total=total, rates="")
        yield Found(lambda rates: bar.update(id, advance=1, rates=rates))
