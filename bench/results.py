"""What was measured, held against what was to be reached: medians, spreads, ratios, verdicts, tables."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

REACHED, MISSED = "reached", "missed"


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def spread(values: Sequence[float]) -> float:
    """From the least to the greatest, as a part of the median; 0 for a single value."""
    middle = median(values)
    return (max(values) - min(values)) / abs(middle) if middle else 0.0


def ratios(ours: Sequence[float], others: Sequence[float]) -> list[float]:
    """Round by round: what slows the machine for a while meets both, and drops out."""
    return [one / other if other else 0.0 for one, other in zip(ours, others, strict=True)]


@dataclass(frozen=True)
class Target:
    """A bound, and on which side of it one is to be."""

    bound: float
    at_least: bool

    def verdict(self, value: float) -> str:
        reached = value >= self.bound if self.at_least else value <= self.bound
        return REACHED if reached else MISSED

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {number(self.bound)}"


def at_least(bound: float) -> Target:
    return Target(bound, at_least=True)


def at_most(bound: float) -> Target:
    return Target(bound, at_least=False)


@dataclass(frozen=True)
class Result:
    """One line of the table: `ours` a value for each round; with `others` it is their ratio that counts."""

    section: str
    name: str
    unit: str
    ours: Sequence[float]
    target: Target | None = None
    than: str = ""
    others: Sequence[float] = field(default=())
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return median(ratios(self.ours, self.others)) if self.others else None

    @property
    def verdict(self) -> str:
        if self.target is None:
            return ""
        return self.target.verdict(median(self.ours) if self.ratio is None else self.ratio)

    def as_json(self) -> dict[str, Any]:
        return {
            "section": self.section,
            "name": self.name,
            "unit": self.unit,
            "ours": list(self.ours),
            "median": median(self.ours),
            "spread": spread(self.ours),
            "than": self.than,
            "others": list(self.others),
            "others_median": median(self.others) if self.others else None,
            "ratio": self.ratio,
            "ratio_spread": spread(ratios(self.ours, self.others)) if self.others else None,
            "target": str(self.target) if self.target else None,
            "verdict": self.verdict,
            "note": self.note,
        }


# -- tables

HEAD = ("what", "here", "against", "ratio", "target", "")


def cells(result: Result) -> tuple[str, ...]:
    against = f"{result.than} {measured(result.others, result.unit)}" if result.others else result.than
    ratio = "" if result.ratio is None else f"{result.ratio:.2f}"
    if result.ratio is not None and len(result.ours) > 1:
        ratio += f" ± {spread(ratios(result.ours, result.others)) / 2:.0%}"
    target = str(result.target) if result.target else ""
    if target and result.ratio is None and result.unit:
        target = f"{target} {result.unit}"
    return result.name, measured(result.ours, result.unit), against, ratio, target, result.verdict


def measured(values: Sequence[float], unit: str) -> str:
    """The median and, where it was measured more than once, half the spread: 81,200 /s ± 2%."""
    shown = f"{number(median(values))} {unit}".rstrip()
    return f"{shown} ± {spread(values) / 2:.0%}" if len(values) > 1 and spread(values) else shown


def number(value: float) -> str:
    """With three digits that tell something, and no more."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def plain_table(results: Iterable[Result]) -> str:
    """For a terminal: a block a section, columns in line."""
    rows = [(result, cells(result)) for result in results]
    widths = [max(map(len, column)) for column in zip(HEAD, *(row for _, row in rows), strict=True)]
    lines = [_aligned(HEAD, widths)]
    section = ""
    for result, row in rows:
        lines += ["", result.section] if result.section != section else []
        section = result.section
        lines.append(_aligned(row, widths))
        lines += [f"      {result.note}"] if result.note else []
    return "\n".join(lines)


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
    return ("  " + "  ".join(padded)).rstrip()


def markdown_tables(results: Iterable[Result]) -> str:
    """For docs/reference/performance.md: a table a section, its notes below."""
    results = list(results)
    blocks = []
    for section in dict.fromkeys(result.section for result in results):
        own = [result for result in results if result.section == section]
        rows = [HEAD, ("---",) * len(HEAD), *map(cells, own)]
        table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
        notes = "\n".join(f"- {note}" for note in dict.fromkeys(each.note for each in own if each.note))
        blocks.append(f"### {section}\n\n{table}" + (f"\n\n{notes}" if notes else ""))
    return "\n\n".join(blocks)
