"""A title where there is room for a few letters only: below an icon, in a browser's list of searches."""

# Of the languages in which the site speaks: alone, it is no name.
ARTICLES = frozenset(
    {
        *("the", "a", "an", "der", "die", "das", "ein", "eine"),
        *("le", "la", "les", "un", "une", "des", "el", "los", "las", "una", "unos", "unas"),
    }
)
JOINING = " &+,;:.·|/–—-"


def short_title(title: str, length: int) -> str:
    """`title` in at most `length` characters: as many whole words as fit, without what would have joined them
    to the next, and never an article alone. A first word that does not fit is cut, and an ellipsis says so.

    `"The Lantern & Tide"` in 16 → `"The Lantern"`; `"The Philharmonicist"` in 12 → `"Philharmoni…"`.
    """
    if len(title) <= length:
        return title
    words = title[: length + 1].rpartition(" ")[0].rstrip(JOINING)
    if words.lower() in ARTICLES:
        return short_title(title[len(words) :].strip(), length)
    return words or title[: length - 1].rstrip(JOINING) + "…"
