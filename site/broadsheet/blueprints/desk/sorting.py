"""The order of a list, chosen by the heads of its columns: `?sort=title` rises, `?sort=-title` falls."""

from collections.abc import Mapping
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

RISING, FALLING = "ascending", "descending"  # the words of aria-sort


class Sorting:
    """`columns`: the name in the address → its words, and what the database orders by."""

    def __init__(self, columns: Mapping[str, tuple[Any, Any]], problems: list[str]) -> None:
        self.columns = columns
        wanted = request.args.get("sort") or ""
        if wanted.removeprefix("-") not in ("", *columns):
            problems.append(_("This list has no order “%(name)s”.", name=wanted[:40]))
            wanted = ""
        self.asked = wanted if wanted != "-" else ""

    def order(self, usual: Any) -> Any:
        if not self.asked:
            return usual
        column = self.columns[self.asked.removeprefix("-")][1]
        order = column.desc() if self.asked.startswith("-") else column.asc()
        # Databases differ in where nothing belongs; here it comes last, whichever way one sorts.
        return order.nulls_last() if getattr(column, "nullable", False) else order

    def direction(self, name: str) -> str:
        """Of a column by which the list is sorted now, else nothing."""
        if self.asked.removeprefix("-") != name:
            return ""
        return FALLING if self.asked.startswith("-") else RISING

    def url(self, name: str, endpoint: str, arguments: Mapping[str, Any]) -> str:
        """Sorts by this column; the other way round if it does so now."""
        turned = f"-{name}" if self.direction(name) == RISING else name
        return url_for(endpoint, **{**arguments, "sort": turned})

    @property
    def choices(self) -> list[tuple[str, str]]:
        """For a select, where the heads of the columns are out of sight."""
        each = [
            (prefix + name, f"{words} {arrow}")
            for name, (words, _column) in self.columns.items()
            for prefix, arrow in (("", "↑"), ("-", "↓"))
        ]
        return [("", _("The usual order")), *each]
