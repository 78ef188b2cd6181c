"""HTTP in, page out. The ordered list of what the site consists of."""

from flask import Flask

from broadsheet.blueprints import (
    about,
    account,
    api,
    cards,
    contact,
    desk,
    feeds,
    health,
    home,
    icons,
    metrics,
    pages,
    people,
    posts,
    previews,
    search,
    sitemap,
    submit,
    themes,
    topics,
    uploads,
    well_known,
)
from broadsheet.blueprints.api import docs as api_docs


def register(app: Flask) -> None:
    readers = (
        *(health, metrics, home, about, contact, submit, posts, previews, people, topics),
        *(search, feeds, sitemap, well_known, uploads, cards, icons, themes),
    )
    for module in (*readers, account, desk, api, api_docs, pages):
        app.register_blueprint(module.blueprint)
