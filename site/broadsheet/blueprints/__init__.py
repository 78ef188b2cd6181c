"""HTTP in, page out. The ordered list of what the site consists of."""

from flask import Flask

from broadsheet.blueprints import desk, health, home


def register(app: Flask) -> None:
    for module in (health, home, desk):
        app.register_blueprint(module.blueprint)
