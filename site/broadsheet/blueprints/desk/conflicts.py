"""Conflicts: where two people changed the same in different ways. Both sides and the ancestor, with a
choice."""

from typing import Any

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broadsheet.forms.content import ContentForm, form_for, shown
from broadsheet.lib import diffing
from broadsheet.lib.diffing import Change, Part
from broadsheet.lib.merging import Merge, Piece, merge
from broadsheet.models.versioned import Merged
from broadsheet.web.errors import wants_json
from broadsheet.web.kinds import Content

MOST_PIECES = 200  # with more of them, nobody chooses piece by piece
MOST_MARKED = 20_000  # characters whose words are compared
NOT_TYPED = ("csrf_token", "confirmed", "theirs", "version")


def choice(merged: Merged, name: str) -> Any:
    pieces = pieces_of(merged, name)
    if pieces is None:
        return (merged.theirs if taken(name) == "theirs" else merged.changes)[name]
    answers = [taken(f"{name}-{number}", "both") for number in range(len(pieces.pieces))]
    mine = [answer in ("mine", "both") for answer in answers]
    return pieces.settled(mine, [answer in ("theirs", "both") for answer in answers])


def taken(name: str, default: str = "mine") -> str:
    return request.form.get(f"choice-{name}", default)


def pieces_of(merged: Merged, name: str) -> Merge | None:
    """The text in pieces; None of what is taken as a whole."""
    mine, theirs = merged.changes[name], merged.theirs[name]
    if name != "body":
        return None
    pieces = merge(merged.ancestor.get(name) or "", mine, theirs)
    if sum(piece.is_conflict for piece in pieces.pieces) <= MOST_PIECES:
        return pieces
    return Merge((Piece(merged.ancestor.get(name) or "", mine, theirs, None),))


def conflict(
    content: Content, form: ContentForm, merged: Merged, based_on: int | None
) -> ResponseReturnValue:
    """Yours, theirs and the ancestor, piece by piece, with a choice for each; all that was typed goes
    along."""
    if wants_json():
        return told(content, merged)
    typed = [(name, value) for name, value in request.form.items(multi=True) if is_typed(name)]
    typed.append(("version", str(based_on)))
    stored = form_for(content, working=merged.theirs)
    before = form_for(content, working=merged.theirs | merged.ancestor)
    whole = [name for name in merged.conflicts if name != "body"]
    pieces = pieces_of(merged, "body") if "body" in merged.conflicts else None
    page = render_template(
        "desk/conflict.html",
        content=content,
        typed=typed,
        marked=marked,
        fields=[
            {
                "name": name,
                "label": label(form, name),
                "mine": said(form, merged.changes, name),
                "ancestor": said(before, merged.ancestor, name),
                "theirs": said(stored, merged.theirs, name),
            }
            for name in whole
        ],
        pieces=pieces,
        places=len(whole) + (sum(piece.is_conflict for piece in pieces.pieces) if pieces else 0),
        fits=pieces is None or any(piece.merged and piece.merged.strip() for piece in pieces.pieces),
        brought=[label(form, name) for name in merged.brought],
        latest=content.latest_revision(),
    )
    return page, 409


def marked(mine: str, theirs: str) -> tuple[list[Part], list[Part]]:
    """Both sides in parts, of which those are marked that the other has not. Where little is the same, each
    is one: all of it would be marked."""
    mine, theirs = mine.strip(), theirs.strip()
    if max(len(mine), len(theirs)) > MOST_MARKED or not diffing.are_alike(mine, theirs):
        return [Part(Change.SAME, mine)], [Part(Change.SAME, theirs)]
    parts = diffing.words(mine, theirs)
    return (
        [part for part in parts if part.change != Change.ADDED],
        [part for part in parts if part.change != Change.REMOVED],
    )


def is_typed(name: str) -> bool:
    return name not in NOT_TYPED and not name.startswith("choice-")


def label(form: ContentForm, name: str) -> str:
    return str(form[name].label.text) if name in form else name


def said(form: ContentForm, values: dict[str, Any], name: str) -> str:
    return shown(form[name]) if name in form else str(values.get(name) or "")


def sides_of(merged: Merged) -> list[tuple[str, dict[str, Any]]]:
    return [("yours", merged.changes), ("theirs", merged.theirs), ("ancestor", merged.ancestor)]


def told(content: Content, merged: Merged) -> ResponseReturnValue:
    sides = {
        name: {side: str(values.get(name) or "") for side, values in sides_of(merged)}
        for name in merged.conflicts
    }
    detail = _("Somebody saved meanwhile, and contradicts this. Nothing of it is stored.")
    answer = jsonify({"status": 409, "detail": detail, "version": content.version, "conflicts": sides})
    return answer, 409
