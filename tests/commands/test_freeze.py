"""`manage.py freeze`: what it asks for, what it says, how it ends."""

import pytest

URL = "https://www.example.org"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "site"


def test_writes_the_site_and_says_what_it_wrote(manage, folder):
    too_early = manage("freeze", str(folder), "--url", URL)
    assert (too_early.returncode, folder.exists()) == (1, False)
    assert "Nobody has set this site up" in too_early.stderr
    made = manage(
        "user",
        "create",
        "Ada",
        "ada@example.org",
        "--role",
        "admin",
        "--password-stdin",
        stdin="correct horse battery",
    )
    assert made.returncode == 0
    first = manage("freeze", str(folder), "--url", URL)
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.startswith(f"Frozen into {folder}: ")
    assert " 0 unchanged, 0 removed." in first.stdout
    assert f'<link rel="canonical" href="{URL}/">' in (folder / "index.html").read_text()
    again = manage(
        *("freeze", str(folder)),
        BROADSHEET_SITE_URL=URL,
        BROADSHEET_TRUSTED_HOSTS="desk.example.org",
        BROADSHEET_ONLY="desk",  # of its server
    )
    assert again.returncode == 0
    assert "Files: 0 written" in again.stdout
    other = manage("freeze", str(folder / "post"), "--url", URL)
    assert other.returncode == 1
    assert "not empty" in other.stderr


def test_asks_where_the_files_will_be_served(call, folder):
    outcome = call("freeze", str(folder))
    assert outcome.returncode == 2
    assert "--url https://www.example.org" in outcome.stderr
    assert not folder.exists()


@pytest.mark.parametrize("url", ["www.example.org", "https://example.org/blog", "ftp://example.org"])
@pytest.mark.parametrize("option", ["--url", "--live"])
def test_refuses_what_is_no_address_of_a_site(call, folder, option, url):
    outcome = call("freeze", str(folder), option, url, BROADSHEET_SITE_URL=URL)
    assert outcome.returncode == 2
    assert option in outcome.stderr
    assert not folder.exists()
