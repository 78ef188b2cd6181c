"""From what is found to what its `register` has said: with no site yet, as for the list of commands."""

from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from broadsheet.config import Settings
from broadsheet.lib.one_line import one_line
from broadsheet.plugins.finding import Found, find
from broadsheet.plugins.plugin import Plugin, PluginError
from broadsheet.plugins.standing import Standings


@dataclass
class Entry:
    """One that is there. `plugin` is None if it was not loaded: it is off, or `problem` says why."""

    name: str
    title: str = ""
    version: str = ""
    description: str = ""
    plugin: Plugin | None = None
    problem: str = ""
    error: BaseException | None = None

    def fail(self, error: BaseException) -> None:
        self.plugin, self.error, self.problem = None, error, said(error)


def load_all(settings: Settings) -> list[Entry]:
    """Raises nothing that a plugin raises. One that was switched off by hand is left alone, as all are if the
    settings say so."""
    found, standings = find(settings.instance), Standings(settings.instance)
    return [
        Entry(one.name, one.name, one.version)
        if not settings.plugins or standings.of(one.name).is_suspended
        else _loaded(one)
        for one in found
    ]


def said(error: BaseException) -> str:
    """What a plugin raised, in a line."""
    if isinstance(error, PluginError):
        return one_line(error)
    return one_line(f"{type(error).__name__}: {error}")


def _loaded(found: Found) -> Entry:
    entry = Entry(found.name, found.name, found.version)
    try:
        module = found.load()
        entry.title = _word(module, "name") or found.name
        entry.version = _word(module, "version") or found.version
        entry.description = _word(module, "description")
        entry.plugin = _registered(found.name, module)
    except (Exception, SystemExit) as error:  # a plugin must not end the site
        entry.fail(error)
    return entry


def _registered(name: str, module: ModuleType) -> Plugin:
    register = getattr(module, "register", None)
    if not callable(register):
        raise PluginError("it has no function register(plugin)")
    plugin = Plugin(name, Path(module.__file__ or "").parent)
    register(plugin)
    return plugin


def _word(module: ModuleType, name: str) -> str:
    found = getattr(module, name, "")
    return found[:200] if isinstance(found, str) else ""
