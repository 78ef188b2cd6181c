"""The desk, where the site is written and run. One file a noun; web/access.py says who may do what, and the
rules for what is written are those of forms/.

Beside the nouns, what several of them share:

- of posts and pages: writing (the editor), saving, conflicts, concerns, connections (links from and to a
  text), comparing, listing, selection_deeds
- of messages and submissions: incoming (their lists), incoming_deeds, thread (replies)
- of the media: library (what is shown); of the first page: figures, condition
- of all lists: sorting, search, ticked
- in words: event_words (the audit log), verdicts (of the spam filter)
- menu
"""

from types import ModuleType

from flask import Blueprint

from broadsheet.blueprints.desk import (
    activity,
    appearance,
    autosaves,
    comparisons,
    corrections,
    errors,
    held_changes,
    home,
    inbox_exports,
    inbox_selections,
    inbox_trash,
    invitations,
    judgements,
    jump,
    messages,
    milestones,
    navigation,
    notes,
    outgoing_links,
    pages,
    parts,
    people,
    pins,
    plugins,
    posts,
    presences,
    preview_links,
    previews,
    publications,
    purges,
    redirects,
    replacements,
    replies,
    resolutions,
    reviews,
    revisions,
    selections,
    series,
    settings,
    submissions,
    tag_merges,
    tags,
    themes,
    trash,
    uploads,
    webhook_activations,
    webhook_deliveries,
    webhook_secrets,
    webhooks,
)
from broadsheet.blueprints.desk.connections import connections
from broadsheet.blueprints.desk.menu import desk_nav

# Modules, each of which has a `blueprint` of its name: endpoints are desk.<noun>.<function>.
NOUNS: tuple[ModuleType, ...] = (
    posts,
    pages,
    autosaves,
    presences,
    publications,
    held_changes,
    resolutions,
    comparisons,
    milestones,
    pins,
    previews,
    preview_links,
    notes,
    corrections,
    revisions,
    reviews,
    selections,
    trash,
    tags,
    tag_merges,
    series,
    uploads,
    parts,
    replacements,
    purges,
    messages,
    submissions,
    judgements,
    replies,
    inbox_selections,
    inbox_exports,
    inbox_trash,
    navigation,
    outgoing_links,
    redirects,
    people,
    invitations,
    settings,
    themes,
    plugins,
    webhooks,
    webhook_activations,
    webhook_secrets,
    webhook_deliveries,
    activity,
    errors,
    appearance,
    jump,
)

blueprint = Blueprint("desk", __name__, url_prefix="/desk")


@blueprint.context_processor
def menu() -> dict[str, object]:
    return {"desk_nav": desk_nav, "connections": connections}


blueprint.add_url_rule("", "home", home.show)
blueprint.add_url_rule("/figures", "figures", home.update)
for noun in NOUNS:
    blueprint.register_blueprint(noun.blueprint)
