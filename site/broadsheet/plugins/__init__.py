"""Plugins: what others add to a site without changing it. docs/guide/plugins.md is written for their authors.

A plugin is a module with a function `register(plugin)`, in `instance/plugins` or in an installed package with
an entry point of the group `broadsheet.plugins`. What it adds is collected first and put in force after that;
what fails of it is noted under its name, and after some failures it is off, in all processes (standing.py).
"""

from flask import Flask

from broadsheet.models import Ability, rendering
from broadsheet.plugins.installed import Plugins
from broadsheet.plugins.installed import init_app as _init_app
from broadsheet.plugins.loading import Entry, load_all
from broadsheet.plugins.plugin import Plugin, PluginError
from broadsheet.plugins.standing import MOST_FAILURES, Standing, Standings
from broadsheet.web.access import ANYONE

__all__ = [
    "ANYONE",
    "MOST_FAILURES",
    "Ability",
    "Entry",
    "Plugin",
    "PluginError",
    "Plugins",
    "Standing",
    "Standings",
    "init_app",
    "load_all",
]


def init_app(app: Flask, commands: frozenset[str] = frozenset()) -> None:
    """After all that Broadsheet itself has, such as its `commands`: no plugin takes the place of that."""
    settings = app.config["BROADSHEET"]
    plugins = Plugins(settings.instance, is_safe=not settings.plugins, commands=commands)
    for entry in load_all(settings):
        plugins.add(app, entry)
    _init_app(app, plugins)
    rendering.know_blocks(plugins.blocks)
