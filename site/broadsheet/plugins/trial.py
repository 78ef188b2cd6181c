"""A plugin's pages are tried on an application of nobody first: what is wrong with one touches nothing."""

from dataclasses import dataclass
from typing import Any

from flask import Flask

from broadsheet.models import Ability
from broadsheet.plugins.plugin import Pages, Plugin, PluginError
from broadsheet.web.access import Anyone

Access = dict[str, Ability | Anyone]

# What acts on the pages of others. A slip there would take the whole site along.
OF_ALL_PAGES = (
    *("before_request_funcs", "after_request_funcs", "teardown_request_funcs"),
    *("url_value_preprocessors", "url_default_functions"),
)


@dataclass(frozen=True)
class Trial:
    """What came of it: rows of access by endpoint, and addresses."""

    access: Access
    addresses: list[str]


def options_of(pages: Pages) -> dict[str, Any]:
    """How its blueprint is registered."""
    if not pages.ability:
        return {}
    return {"name_prefix": "desk", "url_prefix": f"/desk/{pages.blueprint.name}"}


def name_of(pages: Pages) -> str:
    return f"desk.{pages.blueprint.name}" if pages.ability else pages.blueprint.name


def tried(app: Flask, plugin: Plugin) -> Trial:
    """Raises PluginError, or what Flask says."""
    trial = Flask("trial", static_folder=None)
    trial.url_map.converters = app.url_map.converters
    for pages in plugin.pages:
        if name_of(pages) in app.blueprints:
            raise PluginError(f"there is a blueprint {name_of(pages)} already")
        trial.register_blueprint(pages.blueprint, **options_of(pages))
    if any(getattr(trial, name).get(None) for name in OF_ALL_PAGES) or acts_on_errors(trial):
        raise PluginError("its blueprint may act on its own pages only, not on those of the whole site")
    taken = {(rule.rule, method) for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    addresses = []
    for rule in trial.url_map.iter_rules():
        if any((rule.rule, method) in taken for method in (rule.methods or set()) - {"OPTIONS"}):
            raise PluginError(f"the address {rule.rule} is taken")
        addresses.append(rule.rule)
    access: Access = {}
    for pages in plugin.pages:
        access |= rows_of(pages, set(trial.view_functions))
    return Trial(access, addresses)


def acts_on_errors(trial: Flask) -> bool:
    handles_errors = any(trial.error_handler_spec[None].values())
    return handles_errors or len(trial.template_context_processors[None]) > 1  # one is Flask's own


def rows_of(pages: Pages, endpoints: set[str]) -> Access:
    name = name_of(pages)
    if pages.ability:
        if not isinstance(pages.ability, Ability):
            raise PluginError(f"the desk page {pages.blueprint.name} needs an Ability")
        if f"{name}.index" not in endpoints:
            raise PluginError(f"the desk page {pages.blueprint.name} needs a view index")
        return {one: pages.ability for one in endpoints if one.startswith(f"{name}.")}
    for view, row in pages.access.items():
        if f"{name}.{view}" not in endpoints:
            raise PluginError(f"access names {view}, which is no view of {name}")
        if not isinstance(row, Ability | Anyone):
            raise PluginError(f"access of {view} has to be ANYONE or an Ability")
    return {f"{name}.{view}": row for view, row in pages.access.items()}
