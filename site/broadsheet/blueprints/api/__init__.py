"""The site for programs: /api/v1. One file a noun; the forms and the models judge as they do at the desk, and
web/access.py says who may do what.

Beside the nouns, what all of them share, in the order in which a call passes it:

- operations (what a call takes and gives; the one commit), idempotency
- reading and fields (JSON into a form), preconditions (ETag, If-Match), listing (a page at a time)
- files (those that come in)
- representing (what a noun looks like), shapes (those that stand in others), contents (posts and pages)
- document (the OpenAPI document of all this), openapi and docs (where it stands)
"""

from types import ModuleType

from flask import Blueprint

from broadsheet.blueprints.api import (
    activity,
    appearance,
    batches,
    edition,
    errors,
    invitations,
    me,
    messages,
    navigation,
    openapi,
    outgoing_links,
    pages,
    parts,
    people,
    posts,
    proofs,
    redirects,
    replies,
    root,
    search,
    series,
    settings,
    site,
    submissions,
    tags,
    themes,
    tokens,
    trash,
    uploads,
    visits,
    webhook_deliveries,
    webhooks,
)
from broadsheet.extensions import csrf
from broadsheet.web.problems import API

# Modules, each of which has a `blueprint` of its name: endpoints are api.<noun>.<function>.
NOUNS: tuple[ModuleType, ...] = (
    root,
    openapi,
    posts,
    proofs,
    pages,
    trash,
    tags,
    series,
    uploads,
    parts,
    people,
    invitations,
    me,
    tokens,
    site,
    settings,
    navigation,
    appearance,
    themes,
    webhooks,
    webhook_deliveries,
    messages,
    submissions,
    replies,
    activity,
    errors,
    outgoing_links,
    redirects,
    search,
    visits,
    edition,
    batches,
)

blueprint = Blueprint("api", __name__, url_prefix=API)

for noun in NOUNS:
    blueprint.register_blueprint(noun.blueprint)
    csrf.exempt(noun.blueprint)  # no cookie signs in here (web/bearer.py), so nothing can be forged with one
