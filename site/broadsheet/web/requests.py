"""The frame of each request: its id, who acts, whether it may write, and its line in the log."""

import json
import logging
import secrets
import sys
import time
from datetime import UTC, datetime

from flask import Flask, Response, g, has_request_context, request
from flask_login import current_user

from broadsheet.database import reading
from broadsheet.models import Actor, acting

log = logging.getLogger("broadsheet.requests")

READ_METHODS = ("GET", "HEAD", "OPTIONS")


def init_app(app: Flask) -> None:
    settings = app.config["BROADSHEET"]
    set_up_logging(settings.log_format, settings.log_level)
    app.before_request(begin)
    app.after_request(finish)
    app.teardown_request(end)


def begin() -> None:
    g.began = time.perf_counter()
    g.request_id = secrets.token_hex(8)
    g.frames = []
    if request.method in READ_METHODS:
        enter(reading())


def act() -> None:
    """From here on the signed-in person acts; called once the session is known and CSRF is checked."""
    enter(acting(Actor(current_user.id, current_user.name, request.remote_addr or "", g.request_id)))


def enter(frame: object) -> None:
    frame.__enter__()  # type: ignore[attr-defined]
    g.frames.append(frame)


def finish(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.get("request_id", "")
    if request.endpoint != "static":
        milliseconds = (time.perf_counter() - g.began) * 1000 if "began" in g else 0
        log.info(
            "%s %s %s",
            request.method,
            request.path,
            response.status_code,
            extra={"status": response.status_code, "milliseconds": round(milliseconds, 1)},
        )
    return response


def end(error: BaseException | None = None) -> None:
    for frame in reversed(g.pop("frames", [])):
        frame.__exit__(None, None, None)


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


def set_up_logging(form: str, level: str) -> None:
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
