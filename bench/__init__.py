"""What measures speed and scale. It stands beside `site/` because a running site needs none of it.

`python3 manage.py bench` holds a site against what it could be at best (bare functions, nginx, a small site);
its sections are the modules of `bench/sections/`. The others are run by name:

    .venv/bin/python -m bench.check_pages   the public pages of a running site, by checkers of others
    .venv/bin/python -m bench.contract      the API against its OpenAPI document
    .venv/bin/python -m bench.desk_lists    the desk's lists on a large site against an empty one
    .venv/bin/python -m bench.injections    cross-site scripting, through every field, in a real Chromium
    .venv/bin/python -m bench.search        the search over 100,000 posts
    .venv/bin/python -m bench.visits        what counting a visit costs
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

if str(ROOT / "site") not in sys.path:
    sys.path.insert(0, str(ROOT / "site"))
