"""Markdown to safe HTML, once, when a text is saved.

    tokens → HTML, well nested → nh3 → highlighted code and MathML put in at placeholders

`render(text, resolve=…, words=…)` is the whole interface. It is pure, keeps no state between calls and may
run in any thread or process. Raise VERSION when the same text gives another result, so that stored texts are
rendered anew.
"""

from broadsheet.lib.markdown.comments import without_comments
from broadsheet.lib.markdown.counting import count_words
from broadsheet.lib.markdown.document import Document, Heading, Picture, Resolve, Resource, Words
from broadsheet.lib.markdown.pipeline import render

VERSION = 13

__all__ = [
    "VERSION",
    "Document",
    "Heading",
    "Picture",
    "Resolve",
    "Resource",
    "Words",
    "count_words",
    "render",
    "without_comments",
]
