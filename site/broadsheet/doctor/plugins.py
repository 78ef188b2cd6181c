"""Plugins: each with what it adds, and what became of it."""

from collections.abc import Iterator

from flask import current_app

from broadsheet.config import Settings
from broadsheet.doctor.finding import Finding, bad, good, noted, some


def plugins(settings: Settings) -> Iterator[Finding]:
    """A line for each. Their code was loaded by whoever asks, unless it was to be safe."""
    found = current_app.extensions["broadsheet_plugins"]
    for entry in found.entries:
        name, standing = f"{entry.name} {entry.version}".strip(), found.standing(entry.name)
        if standing.is_suspended:
            yield noted("Plugin", f"{name} is switched off", "At the desk, under Plugins, it is switched on.")
        elif entry.problem:
            cure = (
                f"Mend it, or take it out of {settings.instance / 'plugins'}; run --safe starts without it."
            )
            yield bad("Plugin", f"{name} cannot be loaded: {entry.problem}", cure)
        elif standing.has_failed:
            cure = "Mend it, and start the site anew; or switch it on at the desk, under Plugins."
            yield bad("Plugin", f"{name} is off, because it kept failing: {standing.problem}", cure)
        elif entry.plugin is None:
            yield noted("Plugin", f"{name} is not loaded: this was asked to be safe")
        else:
            yield good("Plugin", f"{name} adds {some(found.adds(entry.name), 8) or 'nothing'}")
