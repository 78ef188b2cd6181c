"""One of each extension; `create_app` initialises them."""

from flask import request
from flask_babel import Babel
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from broadsheet.database import Base, Session
from broadsheet.lib.networks import network_of

# Rows stay readable after a commit: what was just saved is about to be shown or linked to.
db = SQLAlchemy(model_class=Base, session_options={"class_": Session, "expire_on_commit": False})
login = LoginManager()
csrf = CSRFProtect()
limiter = Limiter(key_func=lambda: network_of(request.remote_addr), headers_enabled=False)
babel = Babel()
