"""One of each extension; `create_app` initialises them."""

from flask import request
from flask_babel import Babel
from flask_limiter import Limiter as FlaskLimiter
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from broadsheet.database import Base, Session
from broadsheet.lib.networks import network_of


class Limiter(FlaskLimiter):
    """Our limits stand at views alone: before a view is called there is nothing to look for."""

    def _check_request_limit(self, callable_name: str | None = None, in_middleware: bool = True) -> None:
        if not in_middleware:
            super()._check_request_limit(callable_name, in_middleware)


# Rows stay readable after a commit: what was just saved is about to be shown or linked to.
db = SQLAlchemy(model_class=Base, session_options={"class_": Session, "expire_on_commit": False})
login = LoginManager()
csrf = CSRFProtect()
limiter = Limiter(key_func=lambda: network_of(request.remote_addr), headers_enabled=False)
babel = Babel()
