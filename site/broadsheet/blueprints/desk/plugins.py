"""Plugins: those that the operator has put there, how each stands, and its switch."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broadsheet import signals
from broadsheet.extensions import db
from broadsheet.lib import clock
from broadsheet.models.event import happened
from broadsheet.plugins import MOST_FAILURES, Entry, Plugins
from broadsheet.web.current_site import site

blueprint = Blueprint("plugins", __name__, url_prefix="/plugins")


class PluginName(str):
    """As the sender of what happens to a plugin; the audit log says what kind of thing it is."""

    __slots__ = ()


@blueprint.get("")
def index() -> str:
    return render_template("desk/plugins/index.html", plugins=installed(), most_failures=MOST_FAILURES)


@blueprint.post("/suspension")
def suspend() -> ResponseReturnValue:
    """From now on, in every process of this machine, it is as if it were not there."""
    if (entry := named()) is None:
        return refuse()
    installed().standings.suspend(entry.name)
    happened(signals.plugin_suspended, PluginName(entry.name))
    site.forget_pages_of_plugins(clock.now())
    db.session.commit()
    flash(_("The plugin is switched off."), "success")
    return redirect(url_for("desk.plugins.index"), 303)


@blueprint.post("/suspension/delete")
def reinstate() -> ResponseReturnValue:
    """Where it was not loaded yet, the server's processes have to begin anew."""
    if (entry := named()) is None:
        return refuse()
    installed().standings.reinstate(entry.name)
    happened(signals.plugin_reinstated, PluginName(entry.name))
    site.forget_pages_of_plugins(clock.now())
    db.session.commit()
    if reload := current_app.extensions.get("broadsheet_reload"):
        reload()
        flash(_("The plugin is switched on, and the site loads it now."), "success")
    elif entry.plugin is None:
        flash(_("The plugin is switched on. It is loaded when the site starts anew."), "success")
    else:
        flash(_("The plugin is switched on."), "success")
    return redirect(url_for("desk.plugins.index"), 303)


def installed() -> Plugins:
    plugins: Plugins = current_app.extensions["broadsheet_plugins"]
    return plugins


def named() -> Entry | None:
    wanted = request.form.get("name", "")
    return next((entry for entry in installed().entries if entry.name == wanted), None)


def refuse() -> ResponseReturnValue:
    flash(_("There is no such plugin."), "error")
    return redirect(url_for("desk.plugins.index"), 303)
