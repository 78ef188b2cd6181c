"""What docs/guide/api.md shows is run as it stands, against a real site."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from broadsheet.extensions import db
from broadsheet.models import Post
from newsroom import serve, stop
from pictures import picture
from program import program

GUIDE = (Path(__file__).parents[3] / "docs" / "guide" / "api.md").read_text()


def blocks(language, under):
    part = re.search(rf"^## {under}$(.*?)(?=^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL)
    return re.findall(rf"^```{language}\n(.*?)^```", part[1], re.MULTILINE | re.DOTALL)


@pytest.fixture
def site(app, ann, tmp_path):
    """A folder with a picture, and what leads to a running site, with a token of Ann's."""
    token = program(app, ann).token
    url, process = serve(tmp_path / "instance", app.config["SQLALCHEMY_DATABASE_URI"])
    folder = tmp_path / "at-home"
    folder.mkdir()
    (folder / "harbour.jpg").write_bytes(picture("JPEG"))
    yield {"cwd": folder, "env": os.environ | {"SITE": url, "TOKEN": token}}
    stop(process)


def test_both_ways_lead_to_a_published_post_with_a_picture(app, site):
    assert shutil.which("curl"), "curl is needed: apt install curl"
    walk = "\n".join(["set -euo pipefail", *blocks("sh", "With curl")])
    said = subprocess.run(["bash", "-c", walk], **site, capture_output=True, text=True)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "missing_alt" not in said.stdout
    (example,) = blocks("python", "With Python")
    assert len(example.splitlines()) <= 30
    told = subprocess.run([sys.executable, "-c", example], **site, capture_output=True, text=True)
    assert told.stdout.startswith("Published: "), told.stderr

    db.session.rollback()
    dawn, noon = db.session.scalars(Post.published().order_by(Post.id))
    assert (dawn.title, noon.title) == ("The harbour at dawn", "The harbour at noon")
    assert dawn.summary == "What the first ferry carries, and who waits for it."
    for post in (dawn, noon):
        assert post.cover is not None
        assert post.cover_alt
        assert post.cover.path in post.html
    assert told.stdout.strip().endswith(noon.path)
