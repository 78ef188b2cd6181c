"""Where plugins are, and how one becomes a module: each once in a process, whatever asks for it."""

import importlib.util
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType

from broadsheet.plugins.plugin import PluginError

FOLDER = "plugins"
GROUP = "broadsheet.plugins"
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True)
class Found:
    """One that is there; `load` raises whatever its code raises."""

    name: str
    load: Callable[[], ModuleType]
    version: str = ""


def find(instance: Path) -> list[Found]:
    """Those in the folder, then those that are installed as packages; the first of a name counts."""
    found: dict[str, Found] = {}
    for one in (*_in_folder(instance), *_as_packages()):
        if one.name in found:
            one = Found(one.name, _raises("there are two of this name: a file, a folder or a package"))
        found[one.name] = one
    return list(found.values())


# -- in the folder


def _in_folder(instance: Path) -> Iterator[Found]:
    for path in sorted((instance / FOLDER).glob("*")):
        is_package = path.is_dir()
        if path.name.startswith((".", "_")) or not (is_package or path.suffix == ".py"):
            continue
        name = path.name if is_package else path.stem
        if not NAME.fullmatch(name):
            yield Found(name, _raises("its name has to be small letters, digits and underscores"))
        elif is_package and not (path / "__init__.py").is_file():
            yield Found(name, _raises("the folder has no __init__.py"))
        else:
            file = path / "__init__.py" if is_package else path
            yield Found(name, partial(_module_in, instance, name, file))


@dataclass(frozen=True)
class _Known:
    stamp: float
    module: ModuleType


_known: dict[Path, _Known] = {}


def _module_in(instance: Path, name: str, file: Path) -> ModuleType:
    whole = file.parent if file.name == "__init__.py" else file
    if os.name == "posix":
        _check_modes(instance, whole)
    stamp = _newest(whole)
    known = _known.get(file)
    if known is None or known.stamp != stamp:
        known = _known[file] = _Known(stamp, _imported(f"broadsheet_plugin_{name}", file))
    return known.module


def _check_modes(instance: Path, whole: Path) -> None:
    """Whoever may write there would run code as the site."""
    inside = list(whole.rglob("*")) if whole.is_dir() else []
    for path in inside:
        if path.is_symlink():  # what it leads to would not be looked at
            raise PluginError(f"{path} is a link: put there what it leads to")
    for path in (instance, instance / FOLDER, whole, *inside):
        found = path.stat()
        # The instance folder may have been given to a group, say for backups.
        others = stat.S_IWOTH if path == instance else stat.S_IWOTH | stat.S_IWGRP
        if found.st_mode & others:
            raise PluginError(f"others than its owner may write {path}: chmod -R go-w {path}")
        if found.st_uid not in (0, os.geteuid()):
            raise PluginError(f"{path} belongs to somebody else: chown -R {os.geteuid()} {path}")


def _newest(whole: Path) -> float:
    inside = whole.rglob("*.py") if whole.is_dir() else ()
    return max(path.stat().st_mtime for path in (whole, *inside))


def _imported(name: str, file: Path) -> ModuleType:
    places = [str(file.parent)] if file.name == "__init__.py" else None
    spec = importlib.util.spec_from_file_location(name, file, submodule_search_locations=places)
    if spec is None or spec.loader is None:
        raise PluginError(f"{file} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    _forget(name)
    sys.modules[name] = module
    # Compiled files would be new ones in the folder, with the mode that the umask gives.
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    except BaseException:
        _forget(name)
        raise
    finally:
        sys.dont_write_bytecode = before
    return module


def _forget(name: str) -> None:
    for one in [one for one in sys.modules if one == name or one.startswith(f"{name}.")]:
        del sys.modules[one]


# -- installed


@cache
def _entry_points() -> tuple[EntryPoint, ...]:
    """Looked for once: all that is installed is looked through."""
    return tuple(entry_points(group=GROUP))


def _as_packages() -> Iterator[Found]:
    for point in _entry_points():
        yield Found(point.name, partial(_module_of, point), point.dist.version if point.dist else "")


def _module_of(point: EntryPoint) -> ModuleType:
    module = point.load()
    if not isinstance(module, ModuleType):
        raise PluginError(f"the entry point {point.name} has to name a module")
    return module


def _raises(words: str) -> Callable[[], ModuleType]:
    def load() -> ModuleType:
        raise PluginError(words)

    return load
