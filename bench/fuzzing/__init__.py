"""Sends every form and every parameter what nobody would type, and looks for whatever breaks.

    .venv/bin/python -m bench.fuzzing [--examples 100] [--seed 1]

The targets are the routes of the application, each with each of its methods. What one takes is found by
itself: in the forms of the pages (`pages.py`), in the code (`code.py`), by what a view looks for (`site.py`).
Hypothesis (hypothesis.readthedocs.io) mutates what a page would send, as a stranger, a reader, an author, an
editor, an admin, and somebody halfway through signing in (`attempts.py`). No answer may be a 5xx, nothing may
be logged as an error, nothing may hang, and a form that is refused keeps what was typed (`oracle.py`). Calls
of the API take what they say of themselves, and get JSON of those types and of others (`calls.py`).

The site is one of its own with a row in every table, put back as it was after each change. It is in SQLite,
or in databases made on the server that BROADSHEET_DATABASE_URL names. Exits 1 if anything was found.
"""

import sys

from bench import ROOT

# The content of the site is that of the tests.
sys.path.insert(0, str(ROOT / "tests"))
