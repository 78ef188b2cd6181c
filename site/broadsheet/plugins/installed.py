"""The plugins of one site: what they add is in force, and whatever of it fails is theirs alone."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import click
from blinker import NamedSignal
from flask import Blueprint, Flask, abort, current_app, got_request_exception, request

from broadsheet.extensions import db
from broadsheet.plugins.loading import Entry, said
from broadsheet.plugins.plugin import Pages, Plugin, PluginError
from broadsheet.plugins.standing import MOST_FAILURES, Standing, Standings
from broadsheet.plugins.trial import name_of, options_of, tried

log = logging.getLogger(__name__)

SERVERS = ("run", "work")  # commands

Receiver = Callable[..., object]
Render = Callable[[str, str], str | None]


class Plugins:
    def __init__(self, instance: Path, *, is_safe: bool, commands: frozenset[str] = frozenset()) -> None:
        self.is_safe = is_safe  # none was loaded, because somebody wanted it so
        self._commands_taken = commands
        self.entries: list[Entry] = []
        self.standings = Standings(instance)
        self.commands: dict[str, click.Command] = {}
        self._receivers: dict[str, list[tuple[str, Receiver]]] = {}
        self._blocks: dict[str, tuple[str, Render]] = {}
        self._pages: list[tuple[str, Pages]] = []
        self._owners: dict[str, str] = {}  # of blueprints
        self._adds: dict[str, list[str]] = {}

    # -- what there is

    def standing(self, name: str) -> Standing:
        return self.standings.of(name)

    def is_on(self, name: str) -> bool:
        return not self.standings.of(name).is_off

    def adds(self, name: str) -> list[str]:
        """What it adds, as one would write it."""
        return self._adds.get(name, [])

    def desk_pages(self) -> Iterator[tuple[str, Any]]:
        """Endpoint and label of each page of the desk, for its menu."""
        for name, pages in self._pages:
            if pages.ability and self.is_on(name):
                yield f"{name_of(pages)}.index", pages.label

    def blocks(self) -> Mapping[str, Render]:
        """Those of plugins that are on; None is what a block that fails gives."""
        return {block: render for block, (name, render) in self._blocks.items() if self.is_on(name)}

    # -- how one comes in

    def add(self, app: Flask, entry: Entry) -> None:
        """Wholly or not at all."""
        self.entries.append(entry)
        if entry.plugin is not None:
            try:
                self._apply(app, entry.plugin)
            except Exception as error:
                entry.fail(error)
        if entry.error is not None:
            tell(self.standings.path, entry)

    def _apply(self, app: Flask, plugin: Plugin) -> None:
        trial = tried(app, plugin)
        commands = {str(command.name): command for command in plugin.commands}
        for kind, own, others in (
            ("block", plugin.blocks, self._blocks.keys()),
            ("command", commands, self.commands.keys() | self._commands_taken),
        ):
            if taken := sorted(own.keys() & others):
                raise PluginError(f"there is a {kind} {taken[0]} already")
        for pages in plugin.pages:
            app.register_blueprint(pages.blueprint, **options_of(pages))
            self._owners[name_of(pages)] = plugin.name
            self._pages.append((plugin.name, pages))
        for number, folder in enumerate(plugin.template_folders):
            name = f"{plugin.name}_templates_{number}"
            app.register_blueprint(Blueprint(name, __name__, template_folder=str(folder)))
        app.extensions["broadsheet_access"].update(trial.access)
        for signal, receiver in plugin.receivers:
            self._receivers.setdefault(str(signal.name), []).append((plugin.name, receiver))
            listen(signal)
        for block, render in plugin.blocks.items():
            self._blocks[block] = plugin.name, partial(self._render, plugin.name, block, render)
        self.commands |= commands
        self._adds[plugin.name] = [
            *(str(signal.name) for signal, _receiver in plugin.receivers),
            *sorted(trial.addresses),
            *(f"::: {block}" for block in plugin.blocks),
            *(f"manage.py {name}" for name in commands),
            *(f"{folder.name}/" for folder in plugin.template_folders),
        ]

    # -- what is called

    def announce(self, signal: str, sender: object, arguments: Mapping[str, Any]) -> None:
        for name, receiver in self._receivers.get(signal, ()):
            if not self.is_on(name):
                continue
            try:
                receiver(sender, **arguments)
            except Exception as error:
                log.exception("plugin %s: its receiver of %s failed", name, signal)
                db.session.rollback()  # nor has the next one to do with what it left half done
                self._note(name, signal, error)

    def _render(
        self, name: str, block: str, render: Callable[[str, str], str], text: str, argument: str
    ) -> str | None:
        try:
            html = render(text, argument)
            if not isinstance(html, str):
                raise TypeError(f"a block gives HTML as a string, not {type(html).__name__}")
        except Exception as error:
            log.exception("plugin %s: its block %s failed", name, block)
            self._note(name, f"::: {block}", error)
            return None
        return html

    def gate(self) -> None:
        """Before a request: the pages of one that is off are not there."""
        name = self._owner()
        if name and not self.is_on(name):
            abort(404)

    def page_failed(self, app: Flask, exception: BaseException, **_rest: object) -> None:
        """The trace is in the log already, as that of any page."""
        if name := self._owner():
            log.error("plugin %s: its page %s failed", name, request.endpoint)
            self._note(name, str(request.url_rule), exception)

    def _owner(self) -> str:
        return next((self._owners[one] for one in request.blueprints if one in self._owners), "")

    def _note(self, name: str, what: str, error: BaseException) -> None:
        with suppress(OSError):  # a full disk: the log has it
            standing = self.standings.fail(name, f"{what}: {said(error)}")
            if standing.failures == MOST_FAILURES:
                log.error("plugin %s is switched off: it failed %d times", name, MOST_FAILURES)


# -- signals are of the process, plugins of a site in it

_listening: dict[str, Receiver] = {}


def listen(signal: NamedSignal) -> None:
    """Once in a process, which may have several sites one after another."""
    if signal.name not in _listening:
        _listening[signal.name] = partial(pass_on, signal.name)
        signal.connect(_listening[signal.name])


def pass_on(signal: str, sender: object, /, **arguments: Any) -> None:
    current_app.extensions["broadsheet_plugins"].announce(signal, sender, arguments)


# -- the log

_told: set[tuple[Path, str, str]] = set()


def tell(site: Path, entry: Entry) -> None:
    """Each problem of a site once: a server's processes are forks of one that has met it. The trace is for
    the log of a server; at a terminal it would bury what the command says."""
    what = site, entry.name, entry.problem
    command, serves = asked_by()
    if what in _told or command == "doctor":  # which tells of each in its own words
        return
    _told.add(what)
    level, trace = (logging.ERROR, entry.error) if serves else (logging.WARNING, None)
    log.log(level, "plugin %s is not loaded: %s", entry.name, entry.problem, exc_info=trace)


def asked_by() -> tuple[str, bool]:
    """The command by which the site is loaded, "" if another server does it; and whether it is to serve."""
    context = click.get_current_context(silent=True)
    if context is None:
        return "", True
    command = context.find_root().invoked_subcommand or ""
    # A worker beside a server, and the rehearsal of a reload, find what that has told of.
    is_beside = context.params.get("parent") or context.params.get("rehearse")
    return command, command in SERVERS and not is_beside


def init_app(app: Flask, plugins: Plugins) -> None:
    app.extensions["broadsheet_plugins"] = plugins
    if plugins.entries:
        app.before_request(plugins.gate)
        got_request_exception.connect(plugins.page_failed, app)
