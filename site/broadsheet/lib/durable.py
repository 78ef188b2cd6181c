"""Files that are whole or absent, also after a power cut."""

import os
import secrets
from pathlib import Path


def write(path: Path, data: bytes) -> None:
    """A new file, readable by its owner alone, which nobody ever sees half written. Its folder must be there.

    Raises OSError, and leaves nothing behind then.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        sync_folder(path.parent)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def move(draft: Path, path: Path) -> None:
    """A file that is complete under another name of the same disk takes its place. Raises OSError."""
    with draft.open("rb+") as file:
        os.fsync(file.fileno())
    draft.chmod(0o600)
    draft.replace(path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """A new name is durable only when its folder is (fsync(2))."""
    if os.name == "nt":  # Windows opens no folders
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
