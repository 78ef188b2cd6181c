"""What a plugin says when it is registered. Nothing of it is in force before `register` has returned."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
from blinker import NamedSignal
from flask import Blueprint

from broadsheet import signals
from broadsheet.models import Ability
from broadsheet.web.access import Anyone

NAME_OF_BLOCK = re.compile(r"[a-z][a-z0-9-]{0,39}")


class PluginError(Exception):
    """What the author of a plugin has to change, in a line."""


@dataclass(frozen=True)
class Pages:
    """A blueprint and who may ask for which of its views; of the desk, also its name in the menu."""

    blueprint: Blueprint
    access: Mapping[str, Ability | Anyone] = field(default_factory=dict)
    label: Any = ""
    ability: Ability | None = None  # of all views of a page of the desk


class Plugin:
    """Collects what the module's `register(plugin)` adds."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        self.receivers: list[tuple[NamedSignal, Callable[..., object]]] = []
        self.pages: list[Pages] = []
        self.blocks: dict[str, Callable[[str, str], str]] = {}
        self.commands: list[click.Command] = []
        self.template_folders: list[Path] = []

    def on(self, signal: NamedSignal, receiver: Callable[..., object]) -> None:
        """Has `receiver(sender, **arguments)` called after each commit that the signal tells of."""
        if getattr(signal, "name", "") not in signals.every():
            raise PluginError(f"on() takes one of broadsheet.signals, not {signal!r}")
        self.receivers.append((signal, receiver))

    def blueprint(self, blueprint: Blueprint, access: Mapping[str, Ability | Anyone]) -> None:
        """Adds pages. `access` says for each view, by its name in the blueprint, who may ask for it: ANYONE,
        or those with an Ability; one that it does not name is closed to everybody."""
        self.pages.append(Pages(blueprint, access))

    def desk_page(self, blueprint: Blueprint, label: Any, ability: Ability) -> None:
        """Adds pages at /desk/<name of the blueprint>, for those with the ability. By `label` the desk's menu
        leads to the view `index`."""
        self.pages.append(Pages(blueprint, label=label, ability=ability))

    def block(self, name: str, render: Callable[[str, str], str]) -> None:
        """Has `render(text, argument)` make the HTML of what stands between `::: name argument` and `:::`.

        The HTML is cleaned as if the writer had typed it; it stands in a `<div class="block block-name">`.
        """
        if not NAME_OF_BLOCK.fullmatch(name):
            raise PluginError(f"a block cannot be called {name!r}: small letters, digits and hyphens")
        self.blocks[name] = render

    def command(self, command: click.Command) -> None:
        """Adds a command to manage.py."""
        self.commands.append(command)

    def templates(self, folder: str = "templates") -> None:
        """Adds the templates in a folder beside the plugin's own file. They stand in a folder of the plugin's
        name, or in `desk/` and that, so that they take the place of no other."""
        place = self.folder / folder
        own = (self.name, f"desk/{self.name}")
        files = [path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()]
        if not files:
            raise PluginError(f"there are no templates in {place}")
        if strays := [file for file in files if not file.startswith(tuple(f"{one}/" for one in own))]:
            raise PluginError(f"the template {strays[0]} has to stand in {self.name}/ or desk/{self.name}/")
        self.template_folders.append(place)
