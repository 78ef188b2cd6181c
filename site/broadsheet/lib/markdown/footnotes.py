"""References to footnotes, `[^label]`; the plugin's own rule takes the square of their number in time."""

import re

from markdown_it.rules_inline import StateInline

_REFERENCE = re.compile(r"\[\^([^\s\[\]]{1,200})\]")


def reference(state: StateInline, silent: bool) -> bool:
    """Inline rule with the tokens and the bookkeeping of mdit_py_plugins.footnote."""
    if state.src[state.pos] != "[":
        return False
    notes = state.env.get("footnotes")
    match = _REFERENCE.match(state.src, state.pos, state.posMax) if notes else None
    if notes is None or match is None or f":{match.group(1)}" not in notes["refs"]:
        return False
    if not silent:
        label = match.group(1)
        number = notes["refs"][f":{label}"]
        if number < 0:
            number = notes["refs"][f":{label}"] = len(notes["list"])
            notes["list"][number] = {"label": label, "count": 0}
        note = notes["list"][number]
        token = state.push("footnote_ref", "", 0)
        token.meta = {"id": number, "subId": note["count"], "label": label}
        note["count"] += 1
    state.pos = match.end()
    return True
