"""What Flask tells the press about an answer that it is making."""

from typing import Any

KEY = "broadsheet.sheet"  # in the WSGI environment
EDITION = "broadsheet.edition"  # its number, for what may be kept as long as it lasts


class Sheet:
    """Until somebody says so, an answer is nobody else's and goes out as it is."""

    __slots__ = ("is_counted", "is_public", "may_be_compressed", "may_be_kept")

    def __init__(self) -> None:
        self.is_public = False  # the same for every visitor, whole, and found
        self.may_be_kept = False  # and asked for in a way that the page knows
        self.may_be_compressed = False  # a text, and no secret of the one who asks is in it
        self.is_counted = False  # a page whose readers are counted


def sheet_of(environ: dict[str, Any]) -> Sheet:
    """That of this answer; one that nobody reads if it does not come through the press."""
    sheet: Sheet = environ.get(KEY) or Sheet()
    return sheet
