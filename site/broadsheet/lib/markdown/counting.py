"""How many words a text has. The editor counts at each pause of typing, so the rule reads the source and not
what the parser makes of it; static/js/words.js has it a second time, and a test gives both the same texts."""

import re

# What nobody reads as words, in the order in which it is taken out.
_LEFT_OUT = tuple(
    (re.compile(pattern, re.MULTILINE), instead)
    for pattern, instead in (
        # blocks of code, and of math
        (r"^[ \t>]*(`{3,}|~{3,})[^`\n]*\n[\s\S]*?(?:^[ \t>]*\1[`~]*[ \t]*$|(?![\s\S]))", " "),
        (r"\$\$[^$]+\$\$", " "),
        # comments and tags
        (r"<!--[\s\S]*?(?:-->|(?![\s\S]))", " "),
        (r"</?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>]*)?/?>", " "),
        # where links lead, written in place or apart; the numbers of notes
        (r"^ {0,3}\[(?!\^)[^\]\n]+\]:[ \t]*\S[^\n]*$", ""),
        (r"\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)", ""),
        (r"\]\[[^\]\n]*\]", ""),
        (r"\[\^[^\[\]\s]+\]:?", ""),
        # the marks of callouts, lists, tasks and places, and signs by name
        (r"^[ \t>]*\[![A-Za-z]+\]", ""),
        (r"^[ \t>]*(?:[-*+]|[0-9]{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t])?", ""),
        (r"\{#[^{}\s]*\}", ""),
        (r"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);", ""),
    )
)
# A word is what stands between spaces, dashes and the lines of a table, from its first letter or digit on.
_WORD = re.compile(r"[^\W_][^\s\u2013\u2014/|]*")
_HAN_AND_KANA = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_UNSPACED = re.compile("[\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff]")


def count_words(source: str) -> int:
    """See Document.word_count for what counts."""
    for pattern, instead in _LEFT_OUT:
        source = pattern.sub(instead, source)
    if source.isascii():
        return len(_WORD.findall(source))
    signs = len(_HAN_AND_KANA.findall(source))
    letters = len(_UNSPACED.findall(source))
    if signs or letters:
        source = _UNSPACED.sub(" ", _HAN_AND_KANA.sub(" ", source))
    return len(_WORD.findall(source)) + (signs + 1) // 2 + (letters + 4) // 5
