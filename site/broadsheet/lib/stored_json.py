"""JSON as it comes out of a database that does not look at what is stored."""

import json
import logging
from typing import Any

log = logging.getLogger(__name__)


def json_or_none(stored: str) -> Any:
    """What the text holds, or None of one that is damaged: one value must not take the list down in which it
    stands. `doctor` names its row."""
    try:
        return json.loads(stored)
    except ValueError:
        log.warning("A value in the database is no JSON; python3 manage.py doctor says where")
        return None
