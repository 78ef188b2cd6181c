"""Our lines in the log: as text for people or as JSON for programs, each with its request's id."""

import json
import logging
import sys
from datetime import UTC, datetime

from flask import Flask, g, has_request_context


def init_app(app: Flask) -> None:
    settings = app.config["BROADSHEET"]
    set_up(settings.log_format, settings.log_level)


def set_up(form: str, level: str) -> None:
    """Our own loggers write to standard error; other libraries only their warnings."""
    logger = logging.getLogger("broadsheet")
    logger.setLevel(level.upper())
    if not any(isinstance(handler.formatter, JSONLines | TextLines) for handler in logger.handlers):
        lines = logging.StreamHandler(sys.stderr)
        lines.setFormatter(TextLines())
        logger.addHandler(lines)
    for handler in logger.handlers:
        if isinstance(handler.formatter, JSONLines | TextLines):
            handler.setFormatter(JSONLines() if form == "json" else TextLines())


class JSONLines(logging.Formatter):
    """One JSON object a line: time (RFC 3339), level, logger, message, request id, extras."""

    EXTRAS = ("status", "milliseconds")

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id(),
        }
        line |= {name: getattr(record, name) for name in self.EXTRAS if hasattr(record, name)}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class TextLines(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        record.request_id = request_id()
        return super().format(record)


def request_id() -> str:
    return g.get("request_id", "-") if has_request_context() else "-"
