"""How far a long command is, on standard error, apart from its report; and numbers as people read them."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import click

# Between two lines where nobody watches.
POSTS_STEP = 250
PARTS_STEP = 1000
BYTES_STEP = TABLES_STEP = 10**10  # never: these are for who watches

Show = Callable[[int, int], None]


@contextmanager
def progress(noun: str = "posts", plain_step: int = POSTS_STEP) -> Iterator[Show]:
    """A bar on a terminal, now and then a line elsewhere. What it yields gets (done, of how many)."""
    if not sys.stderr.isatty():
        yield partial(plainly, noun, plain_step)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(noun.capitalize()), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # It draws when it is told to: a drawing thread would forbid a command to fork workers.
    bar = Progress(*columns, console=Console(stderr=True), auto_refresh=False, transient=True)
    with bar:
        task = bar.add_task("", total=None)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, refresh=True)

        yield show


def plainly(noun: str, step: int, done: int, total: int) -> None:
    if done % step == 0 and done < total:
        click.echo(f"{done} of {total} {noun}", err=True)


def number(count: int, noun: str, plural: str = "") -> str:
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"


def amount(size: int) -> str:
    """Of bytes."""
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{-(-size // 1000)} kB"
