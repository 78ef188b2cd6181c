"""Our lines in the log: as text for people or as JSON for programs, each with its request's id. Errors are
kept for the desk as well."""

import json
import logging
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask, current_app, has_app_context

from broadsheet.lib import tracing
from broadsheet.lib.error_log import ErrorLog, Problem


def init_app(app: Flask) -> None:
    settings = app.config["BROADSHEET"]
    set_up(settings.log_format, settings.log_level)
    errors = ErrorLog(Path(app.instance_path) / "log")
    app.extensions["broadsheet_errors"] = errors
    logger = logging.getLogger("broadsheet")
    for handler in [one for one in logger.handlers if isinstance(one, Errors)]:
        logger.removeHandler(handler)
    logger.addHandler(Errors(errors))


def set_up(form: str, level: str) -> None:
    """Our own loggers write to standard error; other libraries only their warnings, which are objects, too,
    where each line must be one."""
    logging.captureWarnings(form == "json")
    logger = logging.getLogger("broadsheet")
    logger.setLevel(level.upper())
    if not any(isinstance(handler.formatter, JSONLines | TextLines) for handler in logger.handlers):
        lines = logging.StreamHandler(sys.stderr)
        lines.setFormatter(TextLines())
        logger.addHandler(lines)
    for handler in logger.handlers:
        if isinstance(handler.formatter, JSONLines | TextLines):
            handler.setFormatter(JSONLines() if form == "json" else TextLines())
            logging.getLogger("py.warnings").addHandler(handler)


TRACES = logging.Formatter()


class Errors(logging.Handler):
    """Keeps what went wrong where the desk finds it; of a thread outside of any site, the newest one's."""

    def __init__(self, errors: ErrorLog) -> None:
        super().__init__(logging.ERROR)
        self.errors = errors

    def emit(self, record: logging.LogRecord) -> None:
        errors = current_app.extensions["broadsheet_errors"] if has_app_context() else self.errors
        trace = TRACES.formatException(record.exc_info) if record.exc_info else ""
        at = datetime.fromtimestamp(record.created, UTC)
        id = tracing.request_id()
        with suppress(OSError):  # a full disk: standard error has it
            errors.add(Problem(at, record.name, record.getMessage(), id, trace))


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
    """One line a message, whatever stands in it (a forged line would be believed); the moment in UTC."""

    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s")
        self.converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        record.request_id = request_id()
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = record.message.replace("\r", "\\r").replace("\n", "\\n")
        return super().formatMessage(record)


def request_id() -> str:
    return tracing.request_id() or "-"
