"""What contract.py tells Schemathesis that stands in no document; Schemathesis loads it by its name."""

from typing import Any

import schemathesis


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """The place in a list is made by the list; whatever somebody makes up is none, and is refused."""
    if case.query:
        case.query.pop("after", None)
