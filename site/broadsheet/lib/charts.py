"""A chart as inline SVG: bars, lines, dots, stacked bars, of a table of data.

It is drawn once, when a text is saved, in units of a box 560 wide that shrinks and grows with its place. The
letters are set by static/css/charts.css, larger (20 units) where the box is small; room is kept for these.
Each series has a colour by its class, and a pattern, a dash or a marker besides. What a reader cannot see
stands in the title, the description and the table below, which the caller writes.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from html import escape
from itertools import pairwise

from broadsheet.lib import scales
from broadsheet.lib.data_table import Column, DataTable, Trouble
from broadsheet.lib.scales import Scale

MOST_SERIES = 8
MOST_BARS = 60  # rows of a chart of bars
MOST_POINTS = 500  # rows of a chart of lines or dots
# Of all charts of a text: a drawing is up to sixty times as long as the letters that ask for it.
MOST_CHARTS = 50
MOST_VALUES = 20_000

KINDS = {
    **dict.fromkeys(("bar", "bars", "column", "columns"), "bar"),
    **dict.fromkeys(("line", "lines"), "line"),
    **dict.fromkeys(("dot", "dots", "scatter", "point", "points"), "dot"),
    **dict.fromkeys(("stacked", "stack", "stacked-bar", "stacked-bars"), "stacked"),
}

WIDTH = 560
_HEIGHT = 300  # of the plot, where bars stand and lines run
_LETTER = 11.2  # how wide a letter of 20 units is, on the whole
_LINE = 24
_GAP = 8
_MOST_BESIDE = 250  # for the names beside bars, of which each has up to two lines
_LEAST_PLOT = 120  # how wide the plot is beside long numbers and names

_OPTION = re.compile(r"([a-z]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s,}]+))|([\w-]+)", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d{2}(?:-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?)?", re.ASCII)
_YEAR = re.compile(r"[12]\d{3}", re.ASCII)

# For whoever shows the drawing without the style sheet: legible on white and on black.
_COLOURS = ("#4a7fb5", "#c2662d", "#5f8a3a", "#9068b0", "#b8505f", "#a07d1c", "#2d8c94", "#7d7a70")
_DASHES = ("", "7 4", "2 3", "11 4 2 4", "14 5", "4 3 1 3", "1 4", "9 3 3 3")
_HATCHING = (
    "", "M-2 2 4-4M0 10 10 0M6 12 12 6", "M4 4h.1", "M0 4h8", "M0 0 8 8M0 8 8 0", "M4 0v8",
    "M-2 6 4 12M0 0 10 10M6-4 12 2", "M2 2h.1M6 6h.1",
)  # fmt: skip


@dataclass(frozen=True)
class Options:
    """What stands behind the word `chart`: the kind, and in quotation marks title, x and y."""

    kind: str = ""
    title: str = ""
    x: str = ""
    y: str = ""

    @classmethod
    def read(cls, info: str) -> "Options":
        """Raises Trouble when no such kind is known; what else is not understood is passed over."""
        given, bare = {}, []
        for name, *values, word in _OPTION.findall(info[:600]):
            if name:
                given[name.lower()] = " ".join("".join(values).split())[:200]
            else:
                bare.append(word.lower())
        kind = given.get("type") or given.get("kind") or (bare[0] if bare else "")
        if kind not in KINDS:
            raise Trouble("chart_kind")
        return cls(KINDS[kind], given.get("title", ""), given.get("x", ""), given.get("y", ""))


@dataclass(frozen=True)
class Chart:
    """The data as it is drawn: along one axis the first column, along the other the rest."""

    options: Options
    along: Column
    series: tuple[Column, ...]
    number: int  # of the chart in its text, for ids
    locale: str = "en"

    @classmethod
    def of(cls, table: DataTable, options: Options, number: int, locale: str) -> "Chart":
        """Raises Trouble when it cannot be drawn."""
        along, *series = table.columns
        if not series:
            raise Trouble("chart_one_column")
        if len(series) > MOST_SERIES:
            raise Trouble("chart_series", found=len(series), most=MOST_SERIES)
        most = MOST_BARS if options.kind in ("bar", "stacked") else MOST_POINTS
        if len(along.cells) > most:
            raise Trouble("chart_rows", found=len(along.cells), most=most)
        for column in series:
            if not column.is_numeric:
                row, cell = column.odd_cell()
                raise Trouble("chart_number", line=table.lines[row], column=column.name, cell=cell)
        return cls(options, along, tuple(series), number, locale)

    @cached_property
    def moments(self) -> list[float]:
        """Of data along time, seconds since 1970 (UTC); of others, nothing."""
        cells = self.along.cells
        return _moments(cells) if all(_DATE.fullmatch(cell) for cell in cells) else []

    @property
    def unit_of_time(self) -> str:
        return {7: "month", 10: "day"}.get(max(map(len, self.along.cells)), "minute")

    @cached_property
    def names(self) -> Sequence[str]:
        """What stands at the bars."""
        return scales.dates_in_words(self.moments, self.unit_of_time, self.locale) or self.along.cells

    @property
    def values(self) -> list[float]:
        return [value for column in self.series for value in column.numbers if value is not None]

    @property
    def unit(self) -> str:
        units = {column.unit for column in self.series}
        return units.pop() if len(units) == 1 else ""

    @cached_property
    def decimals(self) -> int:
        """How many digits the data have behind the point."""
        given = (Decimal(repr(value)).normalize().as_tuple().exponent for value in self.values)
        return min(max(-int(exponent) for exponent in (*given, 0)), scales.MOST_DECIMALS)

    @cached_property
    def shown_decimals(self) -> int:
        """As many as give the least value four digits, and two at least."""
        least = min((abs(value) for value in self.values if value), default=1.0)
        return min(self.decimals, max(2, 3 - math.floor(math.log10(least))))

    def say(self, value: float) -> str:
        """With every digit of the data."""
        return scales.in_words(value, self.locale, self.decimals, self.unit)

    def show(self, value: float) -> str:
        """As short as it can stand beside a bar."""
        return scales.in_words(value, self.locale, self.shown_decimals, self.unit)


def draw(chart: Chart, title: str, description: str) -> str:
    """The `<svg>`. `title` and `description` are plain text, read aloud in its place.

    Raises Trouble when an axis cannot be drawn.
    """
    drawn = _bars(chart) if chart.options.kind in ("bar", "stacked") else _points(chart)
    name = f"chart-{chart.number}"
    return (
        f'<svg class="chart-drawing" viewBox="0 0 {WIDTH} {_n(drawn.height)}" width="{WIDTH}"'
        f' height="{_n(drawn.height)}" role="img" aria-labelledby="{name}-title {name}-about"'
        ' direction="ltr" font-size="13" fill="currentColor">'
        f'<title id="{name}-title">{_text(title)}</title>\n'
        f'<desc id="{name}-about">{_text(description)}</desc>\n'
        f"{_patterns(chart)}{''.join(drawn.pieces)}</svg>"
    )


def swatch(chart: Chart, at: int) -> str:
    """The sign of a series, for the legend beside its name."""
    if chart.options.kind in ("bar", "stacked"):
        shape = _rect(chart, at, 1, 1, 22, 14)
    else:
        line = f'<path class="line" d="M0 8h24"{_stroke(at)}/>' if chart.options.kind == "line" else ""
        shape = line + _marker(at, 12, 8)
    return (
        '<svg class="chart-swatch" viewBox="0 0 24 16" width="24" height="16" aria-hidden="true">'
        f"<g{_series(at)}>{shape}</g></svg>"
    )


# -- the drawing


@dataclass
class _Drawing:
    height: float = 0.0
    pieces: list[str] = field(default_factory=list)

    def add(self, piece: str) -> None:
        self.pieces.append(piece)

    def words(
        self, x: float, y: float, words: str, anchor: str = "start", name: str = "", more: str = ""
    ) -> None:
        kind = f' class="{name}"' if name else ""
        # The space is for browsers that know nothing of drawings and show their words in one line.
        self.add(f'<text{kind} x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}"{more}>{_text(words)}</text> ')

    def line(self, x1: float, y1: float, x2: float, y2: float, name: str) -> None:
        faint = "" if name == "base" else ' stroke-opacity=".2"'
        path = f"M{_n(x1)} {_n(y1)}" + (f"H{_n(x2)}" if y1 == y2 else f"V{_n(y2)}")
        self.add(f'<path class="{name}" d="{path}" stroke="currentColor"{faint}/>')


def _bars(chart: Chart) -> _Drawing:
    names = chart.names
    stacked = chart.options.kind == "stacked"
    room = WIDTH - 60
    fits = max(_wide(name) for name in names) + _GAP <= room / len(names)
    side = 1 if stacked else len(chart.series)
    upright = fits and room / len(names) / side >= 9
    least, most = _extent(chart, stacked)
    numbered = not stacked and len(chart.series) == 1 and len(names) <= 12
    if upright:
        numbered = numbered and max(map(_wide, map(chart.show, chart.values))) <= room / len(names)
    scale = scales.of_numbers(
        min(0.0, least), max(0.0, most), about=5 if upright else 4, locale=chart.locale, unit=chart.unit
    )
    drawing = _Drawing()
    if upright:
        _upright(chart, drawing, scale, stacked=stacked, numbered=numbered)
    else:
        _lying(chart, drawing, scale, stacked=stacked, numbered=numbered)
    return drawing


def _upright(chart: Chart, drawing: _Drawing, scale: Scale, *, stacked: bool, numbered: bool) -> None:
    top = _top(chart, drawing, numbered=numbered)
    left = _left(scale)
    _numbers_beside(drawing, scale, left, WIDTH, top)
    names = chart.names
    band = (WIDTH - left) / len(names)

    def y(value: float) -> float:
        return top + _HEIGHT * (1 - scale.share(value))

    inner = min(band * 0.76, 72 * (1 if stacked else len(chart.series)))
    for at, start, end, row, place, share in _boxes(chart, stacked=stacked):
        x = left + row * band + (band - inner) / 2 + inner * place
        low, high = sorted((y(start), y(end)))
        drawing.add(f"<g{_series(at)}>{_rect(chart, at, x, low, inner * share, high - low)}</g>")
        if numbered:
            above = end >= start
            drawing.words(
                x + inner / 2, high + 18 if not above else low - 6, chart.show(end), "middle", "value"
            )
    drawing.line(left, y(0), WIDTH, y(0), "base")
    for row, name in enumerate(names):
        drawing.words(left + (row + 0.5) * band, top + _HEIGHT + _LINE, name, "middle")
    drawing.height = _bottom(chart, drawing, top + _HEIGHT + _LINE, left)


def _lying(chart: Chart, drawing: _Drawing, scale: Scale, *, stacked: bool, numbered: bool) -> None:
    names = [_lines(name, _MOST_BESIDE) for name in chart.names]
    left = max(_wide(line) for lines in names for line in lines) + _GAP
    above = below = 0.0
    if numbered:
        above = _room([chart.show(value) for value in chart.values if value >= 0])
        below = _room([chart.show(value) for value in chart.values if value < 0])
        numbered = WIDTH - left - above - below >= _LEAST_PLOT
    right = WIDTH - max(above if numbered else 0, _wide(scale.ticks[-1][1]) / 2 + 4, 20)
    bar = 22 if stacked or len(chart.series) == 1 else max(9, 30 - 4 * len(chart.series))
    inner = bar * (1 if stacked else len(chart.series))
    band = max(inner + 14, max(map(len, names)) * _LINE + _GAP)
    top = 4.0
    end_of_plot = top + band * len(names)

    start_of_plot = left + (below if numbered else 0)

    def x(value: float) -> float:
        return start_of_plot + (right - start_of_plot) * scale.share(value)

    shown = _apart([(x(value), words) for value, words in scale.ticks])
    for place, words in shown:
        drawing.line(place, top, place, end_of_plot, "grid")
        drawing.words(place, end_of_plot + _LINE, words, "middle")
    for at, start, end, row, place, share in _boxes(chart, stacked=stacked):
        y = top + row * band + (band - inner) / 2 + inner * place
        low, high = sorted((x(start), x(end)))
        drawing.add(f"<g{_series(at)}>{_rect(chart, at, low, y, high - low, inner * share)}</g>")
        if numbered:
            under = end < start
            drawing.words(low - 4 if under else high + 4, y + inner / 2, chart.show(end),
                          "end" if under else "start", "value", _MIDDLE)  # fmt: skip
    drawing.line(x(0), top, x(0), end_of_plot, "base")
    for row, lines in enumerate(names):
        for line, dy in zip(lines, (_MIDDLE,) if len(lines) == 1 else _ABOVE_AND_BELOW, strict=True):
            drawing.words(left - _GAP, top + (row + 0.5) * band, line, "end", "", dy)
    label = chart.options.y
    height = end_of_plot + _LINE
    if label:
        height += _LINE
        drawing.words(right, height, _cut(label, 50), "end", "axis")
    drawing.height = height + _GAP


def _points(chart: Chart) -> _Drawing:
    drawing = _Drawing()
    least, most = _extent(chart, stacked=False)
    if 0 < least <= 0.6 * most:
        least = 0.0
    elif 0.6 * least <= most < 0:
        most = 0.0
    scale = scales.of_numbers(least, most, about=5, locale=chart.locale, unit=chart.unit)
    top = _top(chart, drawing, numbered=False)
    left = _left(scale)
    named = chart.options.kind == "line" and len(chart.series) > 1
    names = _fitting([column.name for column in chart.series], WIDTH - left - _LEAST_PLOT - 10)
    right = WIDTH - (_room(names) + 10 if named else 14)
    _numbers_beside(drawing, scale, left, right, top)
    places, ticks = _along(chart, right - left)
    for share, words in ticks:
        x = left + 10 + (right - left - 20) * share
        drawing.line(x, top + _HEIGHT, x, top + _HEIGHT + 5, "base")
        anchor = "end" if x + _wide(words) / 2 > WIDTH else "start" if x - _wide(words) / 2 < 0 else "middle"
        drawing.words(x, top + _HEIGHT + _LINE + 4, words, anchor)

    def x_of(row: int) -> float:
        return left + 10 + (right - left - 20) * places[row]

    def y_of(value: float) -> float:
        return top + _HEIGHT * (1 - scale.share(value))

    if scale.low <= 0 <= scale.high:
        drawing.line(left, y_of(0), right, y_of(0), "base")
    ends: list[tuple[float, int]] = []
    for at, column in enumerate(chart.series):
        points = [
            (x_of(row), y_of(value)) if value is not None else None
            for row, value in enumerate(column.numbers)
        ]
        drawing.add(f"<g{_series(at)}>{_run(chart, at, points)}</g>")
        if there := [point for point in points if point]:
            ends.append((there[-1][1], at))
    if named:
        for y, at in _spread(ends, top, top + _HEIGHT):
            drawing.words(right + 8, y, names[at], "start", f"name s{at + 1}", _MIDDLE)
    drawing.height = _bottom(chart, drawing, top + _HEIGHT + _LINE + 4, left)
    return drawing


def _run(chart: Chart, at: int, points: Sequence[tuple[float, float] | None]) -> str:
    """The line with a gap where a value is missing; a marker at each point while they are few, and at one
    that stands alone."""
    if chart.options.kind == "dot":
        return "".join(_marker(at, *point) for point in points if point)
    path, markers = "", ""
    few = len(points) <= 24
    for index, point in enumerate(points):
        if point is None:
            continue
        before = points[index - 1] if index else None
        after = points[index + 1] if index + 1 < len(points) else None
        path += f"{'L' if before else 'M'}{_n(point[0])} {_n(point[1])}"
        if few or not (before or after):
            markers += _marker(at, *point)
    return f'<path class="line" d="{path}"{_stroke(at)}/>{markers}'


def _along(chart: Chart, length: float) -> tuple[list[float], list[tuple[float, str]]]:
    """Where each row lies along the axis, from 0 to 1, and the ticks: by number, by time, or by name."""
    cells, column = chart.along.cells, chart.along
    most_ticks = max(2, int(length / 95))
    if moments := chart.moments:
        scale = scales.of_times(
            min(moments), max(moments), unit=chart.unit_of_time, most_ticks=most_ticks, locale=chart.locale
        )
        return [scale.share(moment) for moment in moments], _spaced(scale, length)
    if column.is_numeric and None not in column.numbers:
        numbers = [number for number in column.numbers if number is not None]
        years = all(_YEAR.fullmatch(cell) for cell in cells)
        if years and len(set(cells)) == 1:
            return [0.5] * len(cells), [(0.5, cells[0])]
        scale = scales.of_numbers(
            min(numbers), max(numbers), about=most_ticks, locale=chart.locale, grouped=not years
        )
        if chart.options.kind == "line" and not scales.is_level(min(numbers), max(numbers)):
            # A line reaches both ends.
            scale = Scale(min(numbers), max(numbers), scale.ticks)
        return [scale.share(number) for number in numbers], _spaced(scale, length)
    last = max(1, len(cells) - 1)
    every = max(1, int(max(map(_wide, cells)) + _GAP) // max(1, int(length / last)) + 1)
    places = [row / last if len(cells) > 1 else 0.5 for row in range(len(cells))]
    return places, [(places[row], _cut(cells[row], 24)) for row in range(0, len(cells), every)]


def _spaced(scale: Scale, length: float) -> list[tuple[float, str]]:
    places = [(scale.share(value), words) for value, words in scale.ticks]
    inside = [(share * length, words) for share, words in places if -0.001 <= share <= 1.001]
    return [(place / length, words) for place, words in _apart(inside)]


def _moments(cells: Sequence[str]) -> list[float]:
    try:
        return [
            datetime.fromisoformat(cell if len(cell) > 7 else f"{cell}-01").replace(tzinfo=UTC).timestamp()
            for cell in cells
        ]
    except (ValueError, OverflowError):
        return []


def _boxes(chart: Chart, *, stacked: bool) -> list[tuple[int, float, float, int, float, float]]:
    """Of each bar: its series, where it starts and ends, its row, and which part of the band it takes."""
    boxes = []
    for row in range(len(chart.along.cells)):
        up = down = 0.0
        for at, column in enumerate(chart.series):
            value = column.numbers[row]
            if value is None or (stacked and not value):
                continue
            if not stacked:
                share = 1 / len(chart.series)
                boxes.append((at, 0.0, value, row, at * share, share))
            elif value >= 0:
                boxes.append((at, up, up + value, row, 0.0, 1.0))
                up += value
            else:
                boxes.append((at, down, down + value, row, 0.0, 1.0))
                down += value
    return boxes


def _extent(chart: Chart, stacked: bool) -> tuple[float, float]:
    if not stacked:
        return min(chart.values), max(chart.values)
    ends = [end for _, _, end, *_ in _boxes(chart, stacked=True)]
    return min(ends, default=0.0), max(ends, default=0.0)


# -- parts that all share


def _top(chart: Chart, drawing: _Drawing, *, numbered: bool) -> float:
    """Room above the plot, for the name of the axis; and for the number over the highest bar."""
    if chart.options.y:
        drawing.words(0, 18, _cut(chart.options.y, 50), "start", "axis")
    return (44.0 if chart.options.y else 12.0) + (14 if numbered else 0)


def _bottom(chart: Chart, drawing: _Drawing, y: float, left: float) -> float:
    if chart.options.x:
        y += _LINE
        drawing.words(WIDTH, y, _cut(chart.options.x, 50), "end", "axis")
    return y + _GAP


def _left(scale: Scale) -> float:
    """Where the plot begins, beside the numbers of the axis."""
    return max(_wide(words) for _, words in scale.ticks) + _GAP


def _numbers_beside(drawing: _Drawing, scale: Scale, left: float, right: float, top: float) -> None:
    for value, words in scale.ticks:
        y = top + _HEIGHT * (1 - scale.share(value))
        drawing.line(left, y, right, y, "grid")
        drawing.words(left - _GAP, y, words, "end", "", _MIDDLE)


def _apart(places: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """Every one of them, or every second, third …, so that their words do not touch."""
    for every in range(1, len(places) + 1):
        shown = list(places[::every])
        near = pairwise(shown)
        if all(abs(b[0] - a[0]) >= (_wide(a[1]) + _wide(b[1])) / 2 + _GAP for a, b in near):
            return shown
    return list(places[:1])


def _spread(ends: Sequence[tuple[float, int]], top: float, bottom: float) -> list[tuple[float, int]]:
    """The same in the same order, pushed apart so that a line of words fits each."""
    placed: list[tuple[float, int]] = []
    for y, at in sorted(ends):
        placed.append((max(y, placed[-1][0] + _LINE - 2) if placed else max(y, top + 6), at))
    limit = bottom
    for index in range(len(placed) - 1, -1, -1):
        y, at = placed[index]
        placed[index] = (min(y, limit), at)
        limit = placed[index][0] - _LINE + 2
    return placed


def _patterns(chart: Chart) -> str:
    if chart.options.kind not in ("bar", "stacked"):
        return ""
    found = "".join(
        f'<pattern id="{_pattern(chart, at)}"{_series(at)} width="8" height="8"'
        ' patternUnits="userSpaceOnUse"><path d="M0 0h8v8h-8z" fill="currentColor" fill-opacity=".25"/>'
        f'<path d="{_HATCHING[at]}" fill="none" stroke="currentColor" stroke-width="2.5"'
        ' stroke-linecap="round"/></pattern>'
        for at in range(1, len(chart.series))
    )
    return f"<defs>{found}</defs>" if found else ""


def _pattern(chart: Chart, at: int) -> str:
    return f"chart-{chart.number}-pattern-{at + 1}"


def _series(at: int) -> str:
    return f' class="s{at + 1}" color="{_COLOURS[at]}"'


def _rect(chart: Chart, at: int, x: float, y: float, width: float, height: float) -> str:
    fill = f"url(#{_pattern(chart, at)})" if at else "currentColor"
    return (
        f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(max(width, 0.5))}" height="{_n(max(height, 0.5))}"'
        f' fill="{fill}" stroke="currentColor"/>'
    )


def _stroke(at: int) -> str:
    dash = f' stroke-dasharray="{_DASHES[at]}"' if _DASHES[at] else ""
    return f' fill="none" stroke="currentColor" stroke-width="2.5" stroke-linejoin="round"{dash}'


_SHAPES: tuple[Callable[[str, str], str], ...] = (
    lambda x, y: f'<circle cx="{x}" cy="{y}" r="4.5"/>',
    lambda x, y: f'<path d="M{x} {y}m-4.5-4.5h9v9h-9z"/>',
    lambda x, y: f'<path d="M{x} {y}m0-6 5.5 10h-11z"/>',
    lambda x, y: f'<path d="M{x} {y}m0-6.5 6.5 6.5-6.5 6.5-6.5-6.5z"/>',
    lambda x, y: f'<path d="M{x} {y}m-4.5-4.5 9 9m0-9-9 9" stroke="currentColor" stroke-width="2.5"/>',
    lambda x, y: f'<circle cx="{x}" cy="{y}" r="4.5" fill="none" stroke="currentColor" stroke-width="2.5"/>',
    lambda x, y: f'<path d="M{x} {y}m-6 0h12m-6-6v12" stroke="currentColor" stroke-width="2.5"/>',
    lambda x, y: f'<path d="M{x} {y}m0 6 5.5-10h-11z"/>',
)


def _marker(at: int, x: float, y: float) -> str:
    return _SHAPES[at](_n(x), _n(y)).replace("/>", ' fill="currentColor"/>' if at != 5 else "/>")


_MIDDLE = ' dy=".35em"'
_ABOVE_AND_BELOW = (' dy="-.25em"', ' dy=".95em"')
_BREAKS = re.compile(r"\s+|(?<=[-‐–/])(?=\w)|(?=[\u2e80-\uffdc])(?<=[\u2e80-\uffdc])")


def _wide(words: str) -> float:
    """How much room the words take at most; signs of Chinese, Japanese and Korean are square."""
    return sum(20.0 if sign >= "\u2e80" else _LETTER for sign in words)


def _room(words: Sequence[str]) -> float:
    """How much room they take one above the other, and a little distance."""
    return max(map(_wide, words)) + 4 if words else 0.0


def _fitting(names: Sequence[str], room: float) -> list[str]:
    """The names, cut after 16 letters, or earlier where there is less room."""
    cut = ([_cut(name, most) for name in names] for most in range(16, 1, -1))
    return next((names for names in cut if _room(names) <= room), [""] * len(names))


def _lines(words: str, room: float) -> list[str]:
    """In one line, or in two of about the same length; what does not fit in two is cut."""
    if _wide(words) <= room:
        return [words]
    ways = [(words[: gap.start()], words[gap.end() :]) for gap in _BREAKS.finditer(words)]
    first, second = min(
        (way for way in ways if all(way) and _wide(way[0]) <= room),
        key=lambda way: max(_wide(way[0]), min(_wide(way[1]), 2 * room)),
        default=("", ""),
    )
    if not first:  # one long word
        some = max(at for at in range(1, len(words)) if _wide(words[:at]) <= room - _LETTER)
        first, second = f"{words[:some]}-", words[some:]
    if _wide(second) > room:
        some = max(at for at in range(1, len(second)) if _wide(second[:at]) <= room - _LETTER)
        space = second.rfind(" ", some // 2, some + 1)
        second = f"{second[: space if space > 0 else some].rstrip()}…"
    return [first, second]


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _text(words: str) -> str:
    return escape(words, quote=False)
