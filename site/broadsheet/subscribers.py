"""What follows from an event, after its commit. The only place that answers "what happens on …?"."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Connects the receivers."""
