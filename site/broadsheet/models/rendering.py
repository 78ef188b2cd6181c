"""Texts rendered as this site does it: with its own pictures, and with words in the language of the text.

Which words a language has is known above (web/wording.py), where there is gettext: it is told here at start.
"""

from collections.abc import Callable, Mapping

from broadsheet.lib import markdown
from broadsheet.models.upload import Upload

WordsOf = Callable[[str], markdown.Words]
Blocks = Mapping[str, Callable[[str, str], str | None]]
Resolve = Callable[[str], markdown.Resource | None]

_words_of: WordsOf = lambda language: markdown.Words()  # noqa: E731  English, until somebody knows better
_blocks: Callable[[], Blocks] = dict


def know_blocks(blocks: Callable[[], Blocks]) -> None:
    """From now on `blocks` is asked for those of the plugins. One answer for the whole process, too."""
    global _blocks
    _blocks = blocks


def blocks() -> Blocks:
    return _blocks()


def speak(words_of: WordsOf) -> None:
    """From now on `words_of` is asked for what the pipeline itself writes ("Note", "Footnotes").

    It gets the language of the text (BCP 47), "" for that of the site. One answer for the whole process.
    """
    global _words_of
    _words_of = words_of


def rendered(
    text: str,
    *,
    language: str = "",
    resolve: Resolve | None = None,
    lines: bool = False,
    remarks: bool = False,
) -> markdown.Document:
    """What the pipeline makes of a text; `resolve` finds its pictures, in the uploads if none is given."""
    return markdown.render(
        text,
        resolve=resolve or Upload.resource,
        words=words_of(language),
        lines=lines,
        remarks=remarks,
        blocks=blocks(),
    )


def words_of(language: str = "") -> markdown.Words:
    """For whoever renders elsewhere: plain data, which travels between processes."""
    return _words_of(language)
