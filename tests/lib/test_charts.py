"""Charts: what is drawn, what is said of it, and where it ends."""

import random
from xml.etree.ElementTree import Element

import pytest
from defusedxml import ElementTree
from hypothesis import example, given, settings
from hypothesis import strategies as st

from broadsheet.lib import scales
from broadsheet.lib.charts import MOST_BARS, MOST_CHARTS, MOST_POINTS, MOST_SERIES, MOST_VALUES
from broadsheet.lib.markdown import Words, render
from markup import Page

KINDS = ["bar", "line", "dot", "stacked"]
MONTHS = "Month,Ferries,Boats\nJan,4,5\nFeb,7,\nMar,-2,1.5\n"
PLOT_ENDS = 312  # where the axis of time lies, in a drawing without names of the axes
SVG = "{http://www.w3.org/2000/svg}"


def chart(info: str, data: str = MONTHS, **more: object) -> Page:
    return Page(render(f"```chart {info}\n{data}```", **more).html)


def drawing(info: str, data: str = MONTHS) -> Element:
    html = render(f"```chart {info}\n{data}```").html
    start, end = html.index('<svg class="chart-drawing"'), html.rindex("</svg>") + 6
    return ElementTree.fromstring(
        html[start:end].replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    )


def words(svg: Element) -> list[str]:
    return [element.text or "" for element in svg.iter(f"{SVG}text")]


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_a_picture_with_a_name_and_a_table(kind):
    page = chart(f'{kind} title="At the quay"')
    svg = page.one("svg", class_="chart-drawing")
    assert svg["role"] == "img"
    named = [page.one(id=id).text for id in svg["aria-labelledby"].split()]
    assert named[0] == "At the quay"
    assert "Ferries, Boats; from Jan to Mar. Least: −2. Most: 7." in named[1]
    table = page.one("details").one("table")
    assert [head.text for head in table.all("th", scope="col")] == ["Month", "Ferries", "Boats"]
    assert table.all("td")[3].text == ""


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_in_it_needs_a_style_of_its_own(kind):
    html = render(f"```chart {kind}\n{MONTHS}```").html
    assert "style=" not in html
    assert "<script" not in html
    assert render(f"```chart {kind}\n{MONTHS}```").needs == ["chart"]


@pytest.mark.parametrize("kind", KINDS)
def test_series_differ_by_more_than_colour(kind):
    svg = drawing(kind)
    marks = set()
    for group in svg.iter(f"{SVG}g"):
        shape = list(group)[-1]
        marks.add((shape.tag, shape.get("fill"), (shape.get("d") or "").partition("m")[2]))
    assert len(marks) == 2
    assert len(chart(kind).one("ul", class_="chart-legend").all("li")) == 2


def test_lines_bear_their_names_at_their_ends():
    svg = drawing("line")
    names = [element for element in svg.iter(f"{SVG}text") if "name" in (element.get("class") or "")]
    assert sorted(element.text for element in names) == ["Boats", "Ferries"]
    heights = sorted(float(element.get("y", 0)) for element in names)
    assert heights[1] - heights[0] >= 20


def test_a_missing_value_is_a_gap_in_a_line_and_no_bar():
    data = "x,y\na,1\nb,2\nc,\nd,3\ne,4\n"
    path = next(p for p in drawing("line", data).iter(f"{SVG}path") if p.get("class") == "line")
    assert path.get("d", "").count("M") == 2
    assert len(list(drawing("bar", data).iter(f"{SVG}rect"))) == 4


def test_negative_bars_hang_from_the_base_line():
    svg = drawing("bar", "x,y\na,10\nb,-5\n")
    up, down = svg.iter(f"{SVG}rect")
    base = float(up.get("y", 0)) + float(up.get("height", 0))
    assert abs(float(down.get("y", 0)) - base) < 0.2
    assert "−5" in words(svg)


def test_stacked_bars_stand_on_each_other():
    svg = drawing("stacked", "x,a,b\n1,10,20\n")
    low, high = svg.iter(f"{SVG}rect")
    assert abs(float(high.get("y", 0)) + float(high.get("height", 0)) - float(low.get("y", 0))) < 0.2


def test_nothing_is_no_piece_of_a_stack():
    assert len(list(drawing("stacked", "x,a,b\n1,10,0\n2,0,5\n").iter(f"{SVG}rect"))) == 2
    assert words(drawing("stacked", "x,a,b\n1,0,0\n"))


def test_the_grid_ends_before_the_names_of_lines():
    svg = drawing("line")
    names = [element for element in svg.iter(f"{SVG}text") if "name" in (element.get("class") or "")]
    grid = [
        one.get("d", "").rpartition("H")[2] for one in svg.iter(f"{SVG}path") if one.get("class") == "grid"
    ]
    assert max(map(float, grid)) < min(float(one.get("x", 0)) for one in names)


def test_long_names_lie_beside_their_bars():
    svg = drawing("bar", "x,y\nRotterdam and its hinterland,10\nAntwerpen,20\nHamburg,30\n")
    first, second, _third = svg.iter(f"{SVG}rect")
    assert first.get("x") == second.get("x")
    assert float(first.get("y", 0)) < float(second.get("y", 0))


def test_dates_stand_where_time_puts_them():
    svg = drawing("line", "Day,y\n2024-01-01,1\n2024-01-02,2\n2024-03-01,3\n")
    marks = [float(c.get("cx", 0)) for c in svg.iter(f"{SVG}circle")]
    assert (marks[2] - marks[1]) > 20 * (marks[1] - marks[0])
    assert {"Jan 21", "Feb 18"} <= set(words(svg))


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (["2026-03-01", "2026-03-02"], ["Mar 1", "Mar 2"]),
        (["2026-03-01", "2026-03-04"], ["Mar 1", "Mar 2", "Mar 3", "Mar 4"]),
        (["2026-03", "2026-04"], ["Mar 2026", "Apr 2026"]),
        (["2026-03", "2026-05"], ["Mar 2026", "Apr 2026", "May 2026"]),
        (["2025", "2026"], ["2025", "2026"]),
        (["2026-03-01"], ["Mar 1, 2026"]),
        (["2026-03"], ["Mar 2026"]),
        (["2026"], ["2026"]),
        (["2026-03-01 18:00", "2026-03-02 06:00"], ["18:00", "21:00", "Mar 2", "03:00", "06:00"]),
        (["2026-03-01 18:00", "2026-03-01 18:04"], ["18:00", "18:01", "18:02", "18:03", "18:04"]),
    ],
)
@pytest.mark.parametrize("kind", ["line", "dot"])
def test_time_is_labelled_by_the_unit_of_the_data_and_never_finer(kind, days, said):
    data = "Day,y\n" + "".join(f"{day},{value}\n" for value, day in enumerate(days, 4))
    labels = [
        one.text for one in drawing(kind, data).iter(f"{SVG}text") if one.get("y") == str(PLOT_ENDS + 28)
    ]
    assert labels == said


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (["2026-03-01", "2026-03-02"], ["Mar 1", "Mar 2"]),
        (["2025-12-31", "2026-01-01"], ["Dec 31, 2025", "Jan 1, 2026"]),
        (["2026-03", "2026-04"], ["Mar 2026", "Apr 2026"]),
        (["2026-03-01 18:00"], ["Mar 1, 2026, 18:00"]),
        (["2026"], ["2026"]),
    ],
)
def test_bars_of_dates_are_labelled_as_dates_are_written(days, said):
    data = "Day,y\n" + "".join(f"{day},4\n" for day in days)
    assert set(said) <= set(words(drawing("bar", data)))


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        (["0.000001", "0.000003"], "Least: 0.000001. Most: 0.000003."),
        (["0.123456789", "1234.5"], "Least: 0.123456789. Most: 1,234.5."),
        (["2", "4.50"], "Least: 2. Most: 4.5."),
        (["10%", "12.5%"], "Least: 10 %. Most: 12.5 %."),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_the_description_has_every_digit_of_the_data(kind, numbers, said):
    data = "x,y\n" + "".join(f"a,{number}\n" for number in numbers)
    assert said in chart(kind, data).one("desc").text


def test_ticks_say_where_they_stand():
    said = [words for _, words in scales.of_numbers(0, 1, about=4, locale="en").ticks]
    assert said == ["0", "0.25", "0.5", "0.75", "1"]
    small = scales.of_numbers(0, 0.000001, about=4, locale="en").ticks[1]
    assert small == (2.5e-07, "0.00000025")


def test_long_names_have_two_lines_before_they_are_cut():
    data = "x,y\nAberystwyth-on-the-sea,10\nThe northern and the southern harbour,20\nBonn,30\n"
    said = words(drawing("bar", data))
    assert {"Aberystwyth-on-the-sea", "The northern and", "the southern harbour", "Bonn"} <= set(said)
    assert not any("…" in one for one in said)
    cut = words(drawing("bar", "x,y\nThe northern and the southern harbour of Rotterdam,1\nb,2\n"))
    assert {"The northern and the", "southern harbour of…"} <= set(cut)
    longest = words(drawing("bar", f"x,y\n{'word ' * 20},1\n{'x' * 80},2\n{'字' * 80},3\nb,4\n"))
    assert sum("…" in one for one in longest) == 3
    assert max(map(len, longest)) <= 22


def test_numbers_stand_over_bars_only_where_they_have_room():
    few, many = ("x,y\n" + "".join(f"{row},1234567\n" for row in range(rows)) for rows in (3, 12))
    assert "1,234,567" in words(drawing("bar", few))
    assert "1,234,567" not in words(drawing("bar", many))


def test_years_have_no_separator_and_numbers_have_that_of_the_language():
    data = "Year,y\n1990,1000000\n2020,1810000\n"
    assert {"1990", "2,000,000"} <= set(words(drawing("line", data)))
    german = render(f"```chart line\n{data}```", words=Words(locale="de")).html
    assert "2.000.000" in german


def test_a_unit_goes_with_the_numbers():
    assert "20\u202f%" in words(drawing("bar", "x,y\na,10%\nb,20%\n"))


def test_two_charts_in_a_text_share_no_id():
    page = Page(render(f"```chart stacked\n{MONTHS}```\n\n```chart bar\n{MONTHS}```").html)
    ids = [element["id"] for element in page.walk() if "id" in element.attributes]
    assert len(ids) == len(set(ids)) == 6


def test_what_writers_type_is_text():
    html = render('```chart bar title="<b>&" y="<i>"\n<script>,"</svg>"\n<img src=x>,1\n```').html
    assert "<b>" not in html
    assert "<i>" not in html
    assert html.count("</svg>") == 1
    assert "<img" not in html
    assert "<script" not in html


@pytest.mark.parametrize(
    ("info", "data", "said"),
    [
        ("pie", MONTHS, "write bar, line, dot or stacked"),
        ("", MONTHS, "write bar, line, dot or stacked"),
        ("bar", "Month\nJan\n", "needs a second column"),
        ("bar", "x,y\na,1\nb,two\n", "Line 3 has “two” under “y”"),
        ("bar", "x,y\n" + "a,1\n" * (MOST_BARS + 1), f"can show {MOST_BARS}"),
        ("line", "x,y\n" + "a,1\n" * (MOST_POINTS + 1), f"can show {MOST_POINTS}"),
        ("dot", "x" + ",y" * (MOST_SERIES + 1) + "\na" + ",1" * (MOST_SERIES + 1), f"can show {MOST_SERIES}"),
        ("line", "x,y\na,5e-324\nb,1e-323\n", "too close to zero"),
        ("dot", "x,y\n1e-300,1\n2e-300,2\n", "too close to zero"),
    ],
)
def test_what_cannot_be_drawn_is_a_table_and_its_writer_is_told_why(info, data, said):
    published = render(f"```chart {info}\n{data}```")
    assert "<table" in published.html
    assert "remark" not in published.html
    assert said in published.troubles[0]
    preview = Page(render(f"```chart {info}\n{data}```", remarks=True).html)
    assert said in preview.one("p", class_="remark").text


@pytest.mark.parametrize("data", ["", "x,y\n", "x,y\n1,2,3\n"])
def test_what_cannot_be_read_stays_code(data):
    published = render(f"```chart bar\n{data}```")
    assert '<pre class="code"' in published.html
    assert "<table" not in published.html
    assert published.troubles
    assert 'class="remark"' in render(f"```chart bar\n{data}```", remarks=True).html


def test_any_numbers_give_a_sane_axis():
    chance = random.Random(4)  # noqa: S311  the same each time
    for _ in range(2_000):
        scale_of = 10 ** chance.uniform(-9, 14)
        one, other = (chance.uniform(-1, 1) * scale_of for _ in range(2))
        least, most = sorted((one, chance.choice((one, other, 0.0, one + abs(one) * 1e-6))))
        scale = scales.of_numbers(least, most, about=5, locale="en")
        assert scale.low <= least + abs(least) * 1e-6
        assert scale.high >= most - abs(most) * 1e-6
        assert 2 <= len(scale.ticks) <= 9, (least, most)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "data",
    [
        "x,y\na,0\n",
        "x,y\na,5\n",
        "x,y\na,-5\nb,-6\n",
        "x,y\n2024-02-30,1\n2024-01-01,2\n",
        "x,y\n0001-01-01,1\n9999-12-31,2\n",
        "x,y\n2024-01,1\n2024-01,2\n",
        "x,y\n5,1\n5,2\n",
        "x,y\na,1e15\nb,-1e15\n",
        "x,y\n,1\n,2\n",
        "التاريخ,المد\nيناير,١\nفبراير,2\n",
    ],
)
def test_odd_data_break_nothing(kind, data):
    html = render(f"```chart {kind}\n{data}```").html
    assert "nan" not in html
    assert "inf" not in html
    if "<svg" in html:
        assert drawing(kind, data) is not None


def test_csv_is_a_table_that_can_be_sorted():
    document = render('```csv title="Ferries"\nFerry,Price\nNorth,"1,004.20"\nSouth,3.9\n```')
    page = Page(document.html)
    assert document.needs == ["data"]
    assert page.one("div", role="region")["aria-label"] == "Table 1: Ferries"
    table = page.one("table", class_="sortable")
    assert table.one("caption").text == "Ferries"
    assert [cell.get("data-value") for cell in table.all("td", class_="align-right")] == ["1004.2", ""]
    assert [head.text for head in table.all("th", scope="row")] == ["North", "South"]


def test_digits_of_another_script_are_sorted_by_what_they_say():
    table = Page(render("```csv\nاليوم,المد\nالأول,١٢\nالثاني,9\n```").html).one("table")
    assert [cell.get("data-value") for cell in table.all("td", class_="align-right")] == ["12.0", ""]


def test_csv_with_numbered_lines_is_meant_as_code():
    assert "<table" not in render("```csv linenos\na,b\n1,2\n```").html
    assert "<table" not in render("```text\na,b\n1,2\n```").html


def test_charts_beyond_what_a_text_can_show_are_tables_and_their_writer_is_told_why():
    text = f"```chart bar\n{MONTHS}```\n\n" * (MOST_CHARTS + 2)
    published = render(text)
    page = Page(published.html)
    assert len(page.all("svg", class_="chart-drawing")) == MOST_CHARTS
    assert len(page.all("table", class_="sortable")) == 2
    assert f"can have {MOST_CHARTS} charts" in published.troubles[0]
    assert len(Page(render(text, remarks=True).html).all("p", class_="remark")) == 2


def test_numbers_beyond_what_a_text_can_draw_stand_in_tables():
    data = "x" + ",y" * MOST_SERIES + "\n" + ("a" + ",1" * MOST_SERIES + "\n") * MOST_POINTS
    fit = MOST_VALUES // (MOST_SERIES * MOST_POINTS)
    published = render(f"```chart line\n{data}```\n\n" * (fit + 1) + f"```chart bar\n{MONTHS}```")
    assert published.html.count('<svg class="chart-drawing"') == fit
    assert f"can show {MOST_VALUES} numbers" in published.troubles[0]


def test_values_that_hardly_differ_lie_on_a_level():
    for data in ("x,y\na,100000.1\nb,100000.10000000002\n", "x,y\na,1e15\nb,999999999999999.9\n"):
        first, second = drawing("dot", data).iter(f"{SVG}circle")
        assert first.get("cy") == second.get("cy")


def test_time_has_ticks_along_the_whole_of_the_calendar():
    svg = drawing("line", "Day,y\n0001-01-01,1\n9999-12-31,1\n")
    assert [said for said in words(svg) if said.endswith("000")] == ["2000", "4000", "6000", "8000"]


def test_long_numbers_and_names_leave_room_for_the_lines():
    names = ",".join(letter * 16 for letter in "図表字")
    svg = drawing("line", f"x,{names}\na,-1e15,2,3\nb,1e15,3,4\n")
    points = [float(one.get("cx", 0)) for one in svg.iter(f"{SVG}circle")]
    assert points[1] - points[0] >= 80


NUMBERS = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True, allow_subnormal=True).map(repr),
    st.floats(-1e15, 1e15).map(repr),
    st.integers(-(10**16), 10**16).map(str),
    st.integers(0, 9).map(lambda last: f"100000.1000000000{last}"),
    st.integers(0, 9).map(lambda last: f"99999999999999{last}.5"),
    st.integers(0, 9).map(lambda last: f"{last}e-324"),
    st.sampled_from(["0", "-0.0", "inf", "-inf", "nan", "1e308", "2e-308", "1e-18", "", "x", "5 %", "١"]),
)
MOMENTS = st.one_of(
    st.datetimes().map(lambda one: one.isoformat(timespec="seconds")),
    st.dates().map(str),
    st.sampled_from(["0001-01-01", "0001-01-01T00:00:00", "0001-02", "9999-12", "9999-12-31", "2024-02-30"]),
    st.integers(0, 59).map(lambda second: f"9999-12-31T23:59:{second:02}"),
)
YEARS = st.integers(1000, 2999).map(str)
ALONG = st.one_of(NUMBERS, MOMENTS, YEARS, st.text(st.characters(exclude_characters='"\n\r'), max_size=30))


@st.composite
def tables(draw):
    width = draw(st.integers(1, 3))
    kinds = [draw(st.sampled_from([NUMBERS, MOMENTS, YEARS, ALONG]))] + [NUMBERS] * width
    rows = draw(st.lists(st.tuples(*kinds), min_size=1, max_size=14))
    return "x;" + ";".join("abc"[:width]) + "\n" + "".join(f"{';'.join(row)}\n" for row in rows)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(KINDS), tables())
@example("line", "x;a\na;100000.1\nb;100000.10000000002\n")
@example("bar", "x;a\na;999999999999999\nb;999999999999999.1\n")
@example("line", "x;a\n999999999999999;1\n999999999999999.1;2\n")
@example("line", "x;a\na;5e-324\nb;1e-323\n")
@example("dot", "x;a\n5e-324;1\n1e-323;2\n")
@example("dot", "x;a\n9999-12-31T23:59:59;1\n9999-12-31T23:59:58;2\n")
@example("dot", "x;a\n0001-01-01;1\n")
@example("line", "x;a\n0001-01-01;1\n0001-01-09;1\n")
def test_no_data_break_a_chart(kind, data):
    document = render(f"```chart {kind}\n{data}```")
    assert document.needs == ["chart"] or document.troubles
    if document.needs == ["chart"]:
        svg = drawing(kind, data)
        assert not {"nan", "inf"} & {value for one in svg.iter() for value in one.attrib.values()}
        assert all(float(one.get("width", 0)) <= 560 for one in svg.iter(f"{SVG}rect"))
