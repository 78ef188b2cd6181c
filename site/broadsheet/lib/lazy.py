"""Modules that are loaded when something of them is first asked for.

What no reader's page needs would cost every process memory, and every start time: Pillow, huey, the HTTP
client.

    if TYPE_CHECKING:
        import nh3
    else:
        nh3 = lazily("nh3")

Who imports one so does not have its annotations evaluated (`from __future__ import annotations`), and makes
what is made of it in a function.
"""

from importlib import import_module
from types import ModuleType
from typing import Any


class _Lazy(ModuleType):
    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self.__name__), name)


def lazily(name: str) -> ModuleType:
    return _Lazy(name)
