"""What Prometheus reads (its text format, version 0.0.4), and counts that several processes keep in memory
that they share.

Source: prometheus.io/docs/instrumenting/exposition_formats.
"""

import mmap
import struct
from collections.abc import Iterable, Mapping, Sequence

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
NUMBER = struct.Struct("d")
WIDTH = 40  # numbers of a row; web/counting.py says which

Labels = Mapping[str, object]


class Board:
    """A row of numbers for each process, of which it alone writes and all read. Made before they are forked:
    a process that takes the place of a dead one goes on with its row, so that no counter goes back."""

    def __init__(self, rows: int, width: int) -> None:
        self.rows, self.width = rows, width
        self._memory = mmap.mmap(-1, rows * width * NUMBER.size)

    def read(self, row: int) -> list[float]:
        return [NUMBER.unpack_from(self._memory, self._place(row, column))[0] for column in range(self.width)]

    def write(self, row: int, numbers: Sequence[float]) -> None:
        for column, number in enumerate(numbers):
            NUMBER.pack_into(self._memory, self._place(row, column), number)

    def _place(self, row: int, column: int) -> int:
        return (row * self.width + column) * NUMBER.size


def family(
    name: str, kind: str, meaning: str, samples: Iterable[tuple[Labels, float | None]], suffix: str = ""
) -> str:
    """A metric with its samples; those that are not known are left out, and it with them if none is."""
    lines = [
        f"{name}{suffix}{_labels(labels)} {_number(value)}" for labels, value in samples if value is not None
    ]
    return "\n".join([*_head(name, kind, meaning), *lines, ""]) if lines else ""


def histogram(name: str, meaning: str, bounds: Sequence[float], counts: Sequence[float], total: float) -> str:
    """`counts` has one more than there are bounds: of what is beyond the last."""
    lines, so_far = _head(name, "histogram", meaning), 0.0
    for bound, count in zip([*map(_number, bounds), "+Inf"], counts, strict=True):
        so_far += count
        lines.append(f'{name}_bucket{{le="{bound}"}} {_number(so_far)}')
    return "\n".join([*lines, f"{name}_sum {_number(total)}", f"{name}_count {_number(so_far)}", ""])


def _head(name: str, kind: str, meaning: str) -> list[str]:
    return [f"# HELP {name} {meaning}", f"# TYPE {name} {kind}"]


def _labels(labels: Labels) -> str:
    written = ",".join(f'{name}="{_escaped(str(value))}"' for name, value in labels.items())
    return f"{{{written}}}" if written else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))
