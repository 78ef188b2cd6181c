"""The shortest way of a kept page to whoever asked for it.

Granian makes an environ of WSGI for each request, with the environment of the process in it, and calls the
application with somewhere to put status and headers. The press looks at five headers and has its answer at
hand; so it is asked first, with what Granian knows, and its answer handed to Granian as it is.
"""

from collections.abc import Callable
from typing import Any

from granian import wsgi
from granian.server import mp

from broadsheet.web.press import Press

WRAPPER = "_wsgi_call_wrap"  # of this name Granian's worker has what it puts around an application


class Shortcut:
    def __init__(self) -> None:
        self.is_closed = False  # then all is answered by the application again

    def open(self, press: Press) -> None:
        """For the worker that is about to begin in this process."""

        def wrap(application: Callable[..., Any], *options: Any) -> Callable[..., Any]:
            answered, at_hand = wsgi._callback_wrapper(application, *options), press.at_hand

            def answer(protocol: Any, scope: dict[str, Any]) -> Any:
                found = None if self.is_closed else at_hand(scope)
                if found is None:
                    return answered(protocol, scope)
                protocol.response_bytes(*found)
                return found[0]

            return answer

        if hasattr(mp, WRAPPER):
            setattr(mp, WRAPPER, wrap)
