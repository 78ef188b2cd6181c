"""What follows from an event, after its commit. The only place that answers "what happens on …?"."""

from flask import Flask

from broadsheet import media, signals
from broadsheet.models import Upload


def init_app(app: Flask) -> None:
    """Connects the receivers."""
    signals.upload_deleted.connect(discard_file)


def discard_file(upload: Upload, **_details: object) -> None:
    media.discard(upload)
