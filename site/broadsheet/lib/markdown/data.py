"""Blocks of data: `chart` becomes a drawing with its table, `csv` a table that can be sorted."""

import re
from html import escape

from broadsheet.lib import charts, data_table
from broadsheet.lib.charts import Chart, Options
from broadsheet.lib.data_table import Column, DataTable, Trouble
from broadsheet.lib.markdown import highlighting
from broadsheet.lib.markdown.listing import Listing
from broadsheet.lib.markdown.page import Page
from broadsheet.lib.markdown.text import is_signed_number

TABLES = ("csv", "tsv")

_PLAIN_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")  # as scripts read it


def is_data(listing: Listing) -> bool:
    """Whether a block is one of ours; with numbered or marked lines it is meant as code."""
    if listing.language == "chart":
        return True
    return listing.language in TABLES and not listing.first and not listing.marked


def block(page: Page, content: str, info: str, listing: Listing) -> str:
    """Data that cannot be read stay a block of code; what cannot be drawn becomes a table. In a page that is
    made for its writer, what is wrong is told before the block."""
    try:
        table = data_table.read(content)
    except Trouble as trouble:
        page.needs.add("code")
        return remark(page, trouble) + highlighting.block(content, listing)
    if listing.language in TABLES:
        return _sortable(page, table, listing.title)
    try:
        return _chart(page, table, info)
    except Trouble as trouble:
        return remark(page, trouble) + _sortable(page, table, listing.title)


def _chart(page: Page, table: DataTable, info: str) -> str:
    options = Options.read(info.strip().removeprefix("{").strip(" .")[len("chart") :])
    chart = Chart.of(table, options, page.charts + 1, page.words.locale)
    if page.charts == charts.MOST_CHARTS:
        raise Trouble("chart_many", most=charts.MOST_CHARTS)
    if (drawn := page.drawn + len(chart.values)) > charts.MOST_VALUES:
        raise Trouble("chart_values", most=charts.MOST_VALUES)
    words = page.words
    title = options.title or words.chart.format(number=chart.number)
    drawing = charts.draw(chart, title, _about(page, chart))
    page.charts, page.drawn = chart.number, drawn
    page.needs.add("chart")
    caption = f"<figcaption>{escape(options.title, quote=False)}</figcaption>" if options.title else ""
    page.tables += 1
    return (
        f'<figure class="chart">{caption}{_legend(chart)}{drawing}'
        f'<details class="chart-data"><summary>{escape(words.chart_data, quote=False)}</summary>'
        f"{_table(table, title)}</details></figure>"
    )


def _about(page: Page, chart: Chart) -> str:
    words, cells = page.words, chart.along.cells
    return words.chart_about.format(
        kind=getattr(words, f"chart_{chart.options.kind}"),
        series=", ".join(column.name for column in chart.series),
        first=cells[0],
        last=cells[-1],
        least=chart.say(min(chart.values)),
        most=chart.say(max(chart.values)),
    )


def _legend(chart: Chart) -> str:
    if len(chart.series) < 2:
        return ""
    items = "".join(
        f"<li>{charts.swatch(chart, at)} {escape(column.name, quote=False)}</li>"
        for at, column in enumerate(chart.series)
    )
    return f'<ul class="chart-legend">{items}</ul>'


def _sortable(page: Page, table: DataTable, title: str) -> str:
    page.needs.add("data")
    page.tables += 1
    name = page.words.table.format(number=page.tables)
    return _table(table, f"{name}: {title}" if title else name, title, sortable=True)


def _table(table: DataTable, label: str, title: str = "", *, sortable: bool = False) -> str:
    """The region takes focus, so that a keyboard can scroll it (WCAG 2.1.1)."""
    heads = "".join(_head(column) for column in table.columns)
    rows = "\n".join(
        f"<tr>{''.join(_cell(column, row, at) for at, column in enumerate(table.columns))}</tr>"
        for row in range(len(table.lines))
    )
    caption = f"<caption>{escape(title, quote=False)}</caption>" if title else ""
    kind = ' class="sortable"' if sortable else ""
    return (
        f'<div class="table" role="region" tabindex="0" aria-label="{escape(label)}"><table{kind}>{caption}'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>{rows}</tbody></table></div>"
    )


def _head(column: Column) -> str:
    side = ' class="align-right"' if column.is_numeric else ""
    name = escape(column.name, quote=False)
    return f'<th scope="col"{side}>{name}</th>' if name else f"<td{side}></td>"


def _cell(column: Column, row: int, at: int) -> str:
    cell = escape(column.cells[row], quote=False)
    if column.is_numeric:
        number = column.numbers[row]
        plain = number is None or _PLAIN_NUMBER.fullmatch(cell)
        value = "" if plain else f' data-value="{number}"'
        return (
            f'<td class="align-right"{value}>{f"<bdi>{cell}</bdi>" if is_signed_number(cell) else cell}</td>'
        )
    return f'<th scope="row">{cell}</th>' if at == 0 and cell else f"<td>{cell}</td>"


def remark(page: Page, trouble: Trouble) -> str:
    """What is told to the writer alone, before a block that cannot be shown as it was meant."""
    said = page.words.troubles[trouble.kind].format(**trouble.fields)
    page.troubles.append(said)
    if not page.remarks:
        return ""
    page.needs.add("remark")
    return f'<p class="remark">{escape(said, quote=False)}</p>\n'
