"""HTTP in, page out. The ordered list of what the site consists of."""

from flask import Flask

from broadsheet.blueprints import health, home


def register(app: Flask) -> None:
    for module in (health, home):
        app.register_blueprint(module.blueprint)
