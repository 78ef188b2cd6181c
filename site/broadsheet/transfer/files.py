"""The Markdown files of a folder, in order, and their texts."""

import os
from collections.abc import Iterator
from pathlib import Path

from flask_babel import gettext as _

from broadsheet.transfer import front_matter
from broadsheet.transfer.places import SUFFIXES

_PASSED_OVER = {
    "node_modules",
    "vendor",
    "themes",
    "_site",
    "_includes",
    "_layouts",
    "archetypes",
    "resources",
}


class UnreadableFile(Exception):
    """Says why; `line` is 0 where the whole file is meant."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


def below(path: Path) -> Iterator[str]:
    """The files' paths below the folder, with slashes; or the one file's name."""
    if path.is_file():
        if path.name.endswith(SUFFIXES):
            yield path.name
        return
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if name not in _PASSED_OVER and not name.startswith("."))
        for name in sorted(names):
            if name.endswith(SUFFIXES) and not name.startswith("."):
                yield Path(folder, name).relative_to(path).as_posix()


def read(root: Path, key: str) -> front_matter.Text:
    """The file's front matter and text. Raises UnreadableFile."""
    path = root / key
    try:
        if path.is_symlink() and not path.resolve().is_relative_to(root.resolve()):
            raise UnreadableFile(_("It is a link that leads out of the folder."))
        # CommonMark 0.31, section 2.3: what PostgreSQL refuses has no meaning in Markdown either.
        return front_matter.split(path.read_bytes().decode("utf-8").replace("\0", "\ufffd"))
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UnreadableFile(_("It is not UTF-8. Save it with that encoding."), line) from error
    except OSError as error:
        raise UnreadableFile(_("It cannot be read: %(why)s", why=error.strerror)) from error
    except front_matter.FrontMatterError as error:
        reason = _("The front matter cannot be read: %(why)s", why=error)
        raise UnreadableFile(reason, error.line) from error
