"""A theme takes the place of templates and styles; whatever of it is broken, readers never notice."""

import os
import shutil
from pathlib import Path

import pytest

from broadsheet.extensions import db
from broadsheet.models import Site
from broadsheet.web.style import minified
from markup import Page

GAZETTE = Path(__file__).parents[2] / "docs" / "themes" / "gazette"
MANIFEST = 'name = "Blue"\nversion = "1"\nauthor = "Ann"\ndescription = "All in blue."\nbroadsheet = "0.4"\n'


@pytest.fixture
def theme(app):
    """Puts the files of a theme called blue into place."""

    def make(files: dict[str, str], manifest: str = MANIFEST) -> Path:
        folder = Path(app.instance_path) / "themes" / "blue"
        for name, text in {"theme.toml": manifest, **files}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        return folder

    return make


def choose(name: str = "blue") -> None:
    Site.load().change(theme=name)
    db.session.commit()


def told(sign_in, ada) -> str:
    return Page(sign_in(ada).get("/desk/themes").text).one("main").text


def test_a_template_takes_the_place_of_that_at_its_path(client, theme):
    theme({"templates/layouts/_footer.html": "<footer>The end, all in blue.</footer>"})
    choose()
    assert "The end, all in blue." in client.get("/").text


def test_a_template_builds_on_the_original_of_its_path(client, theme, post):
    template = (
        '{% extends "original/posts/show.html" %}{% block content %}{{ super() }}<p>Fin</p>{% endblock %}'
    )
    theme({"templates/posts/show.html": template})
    choose()
    html = client.get(post.path).text
    assert "<p>Fin</p>" in html
    assert Page(html).one("h1").text == post.title


def test_a_style_takes_the_place_of_that_of_its_name_and_theme_css_comes_last(client, theme):
    theme(
        {
            "static/css/masthead.css": "@layer components{.masthead{order:7}}",
            "static/css/theme.css": "body{order:9}",
        }
    )
    choose()
    style = Page(client.get("/").text).one("style").text
    assert ".masthead{order:7}" in style
    assert ".masthead-title" not in style
    assert "@layer theme{body{order:9}}" in style


def test_files_of_a_theme_have_an_address_with_their_hash(client, theme):
    theme(
        {
            "static/css/theme.css": "body{background:url(../images/dots.svg)}",
            "static/images/dots.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
            "templates/layouts/_footer.html": "<img src=\"{{ theme_file('images/dots.svg') }}\" alt=''>",
        }
    )
    choose()
    page = Page(client.get("/").text)
    address = page.one("img")["src"]
    assert address.startswith("/theme/blue/images/dots.svg?v=")
    assert f'url("{address}")' in page.one("style").text
    with client.get(address) as answer:
        assert answer.mimetype == "image/svg+xml"
        assert "max-age=31536000" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "blue/../theme.toml",
        "blue/..%2Ftheme.toml",
        "blue/%2e%2e/theme.toml",
        "blue/../../../broadsheet.toml",
        "../uploads/x",
        "blue/templates/x.html",
        "blue/secret.txt",
        "blue//etc/passwd",
    ],
)
def test_only_files_of_its_own_are_served(client, theme, tmp_path, path):
    folder = theme({"static/x.txt": "x", "templates/x.html": "x"})
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "static" / "secret.txt").symlink_to(tmp_path / "secret.txt")
    choose()
    with client.get("/theme/blue/x.txt") as answer:
        assert answer.status_code == 200
    assert client.get(f"/theme/{path}").status_code in (301, 308, 404)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"templates/home/index.html": "{% if %}"}, "templates/home/index.html is left out"),
        ({"templates/home/index.html": "{{ 1|nonsense }}"}, "No filter named"),
        (
            {"templates/home/index.html": '{% extends "layouts/none.html" %}'},
            "layouts/none.html”, which is not there",
        ),
        ({"templates/home/index.html": '{% extends "home/index.html" %}'}, "it builds on itself"),
        ({"static/css/theme.css": "body { color: red"}, "a brace too many or too few"),
        ({"static/css/theme.css": "/* </style> */"}, "must not stand in it"),
        ({"static/css/theme.css": "a{background:url(no.png)}"}, "asks for “no.png”, which is not there"),
        ({"static/css/theme.css": "a{background:url(../../theme.toml)}"}, "which is not there"),
    ],
)
def test_what_is_broken_is_told_in_the_desk_and_left_out_for_readers(
    client, theme, sign_in, ada, files, words
):
    theme(files)
    choose()
    assert client.get("/").status_code == 200
    assert words in told(sign_in, ada)


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        ("name = " + "[" * 50_000, "theme.toml cannot be read"),
        ("name = " + "9" * 5_000, "theme.toml cannot be read"),
        ("name = ", "theme.toml cannot be read"),
        (MANIFEST.replace("0.4", "99"), "It needs Broadsheet 99"),
        (MANIFEST.replace('"0.4"', "4"), "from which version on it fits"),
        ("\xff", "theme.toml cannot be read"),
    ],
)
def test_particulars_that_do_not_fit_leave_the_theme_out(client, theme, sign_in, ada, manifest, words):
    theme({"templates/layouts/_footer.html": "<footer>Blue</footer>"}, manifest)
    choose()
    answer = client.get("/")
    assert answer.status_code == 200
    assert ">Blue<" not in answer.text or "from which" in words
    assert words in told(sign_in, ada)


def test_a_template_that_fails_while_it_is_shown_gives_way_to_the_built_in(client, theme, sign_in, ada, post):
    theme(
        {
            "templates/posts/show.html": "{{ post.nothing.at.all }}",
            "templates/layouts/_footer.html": "<footer>Blue</footer>",
        }
    )
    choose()
    answer = client.get(post.path)
    assert answer.status_code == 200
    assert Page(answer.text).one("h1").text == post.title
    assert "Blue" in client.get("/").text
    assert "posts/show.html could not be shown" in told(sign_in, ada)


def test_what_leads_out_of_the_folder_is_left_out(client, theme, tmp_path, sign_in, ada):
    folder = theme({"templates/home/index.html": "x"})
    (tmp_path / "outside.html").write_text("outside")
    (folder / "templates" / "home" / "index.html").unlink()
    (folder / "templates" / "home" / "index.html").symlink_to(tmp_path / "outside.html")
    choose()
    assert "outside" not in client.get("/").text
    assert "leads out of the theme’s folder" in told(sign_in, ada)


def test_a_theme_that_is_gone_is_told(client, sign_in, ada):
    choose("lost")
    assert client.get("/").status_code == 200
    assert "“lost”, which you chose, is not there any more" in told(sign_in, ada)


def test_the_desk_is_in_no_theme(theme, sign_in, ada):
    theme({"templates/desk/home.html": "Blue", "templates/components/forms.html": "Blue"})
    choose()
    admin = sign_in(ada)
    assert admin.get("/desk").text != "Blue"
    assert Page(admin.get("/desk/settings").text).one("h1").text == "Settings"


def test_a_preview_is_for_this_admin_alone_and_never_for_a_cache(client, theme, sign_in, ada):
    theme({"templates/layouts/_footer.html": "<footer>All in blue</footer>"})
    admin = sign_in(ada)
    assert admin.submit("/desk/themes/preview", {"theme": "blue"}).status_code == 303
    answer = admin.get("/")
    assert "All in blue" in answer.text
    assert "which only you see" in answer.text
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "All in blue" not in client.get("/").text
    admin.submit("/desk/themes/preview/delete")
    assert "All in blue" not in admin.get("/").text


def test_an_admin_chooses_a_theme_and_goes_back(client, theme, sign_in, ada):
    theme({"templates/layouts/_footer.html": "<footer>All in blue</footer>"})
    admin = sign_in(ada)
    admin.submit("/desk/themes", {"theme": "blue"})
    assert "All in blue" in client.get("/").text
    admin.submit("/desk/themes", {"theme": ""})
    assert "All in blue" not in client.get("/").text


def test_choosing_again_reads_the_files_again(client, theme, sign_in, ada):
    folder = theme({"templates/layouts/_footer.html": "<footer>All in blue</footer>"})
    admin = sign_in(ada)
    admin.submit("/desk/themes", {"theme": "blue"})
    client.get("/")
    (folder / "templates/layouts/_footer.html").write_text("<footer>Navy</footer>")
    assert "All in blue" in client.get("/").text
    admin.submit("/desk/themes", {"theme": "blue"})
    assert "Navy" in client.get("/").text


def test_names_that_a_stranger_asks_for_are_not_looked_up(client, theme, caplog):
    folder = theme({"static/css/theme.css": "body{order:9}"})
    choose()
    assert "body{order:9}" in client.get("/").text
    (folder / "static/css/theme.css").write_text("body{order:1}")
    for number in range(40):
        assert client.get(f"/theme/w-{number}/x", headers={"Accept": "application/json"}).status_code == 404
    assert "body{order:9}" in client.get("/about").text
    assert caplog.text == ""


def test_readings_of_a_preview_leave_readers_what_was_chosen(client, theme, sign_in, ada):
    folder = theme({"static/css/theme.css": "body{order:9}"})
    choose()
    assert "body{order:9}" in client.get("/").text
    admin = sign_in(ada)
    admin.submit("/desk/themes/preview", {"theme": "blue"})
    (folder / "static/css/theme.css").write_text("body{order:1}")
    for number in range(40):
        os.utime(folder / "theme.toml", (number, 2_000_000_000 + number))
        admin.get("/theme/blue/x.txt")
    assert "body{order:1}" in admin.get("/about").text
    assert "body{order:9}" in client.get("/about").text


def test_a_template_that_is_shown_for_the_first_time_is_as_it_was_chosen(client, theme, post):
    folder = theme({"templates/posts/show.html": "As chosen"})
    choose()
    client.get("/")
    (folder / "templates/posts/show.html").write_text("Half done")
    assert client.get(post.path).text == "As chosen"


def test_files_of_a_theme_that_is_not_in_use_are_for_its_preview_alone(client, theme, sign_in, ada):
    theme({"static/x.txt": "x"})
    assert client.get("/theme/blue/x.txt").status_code == 404
    admin = sign_in(ada)
    admin.submit("/desk/themes/preview", {"theme": "blue"})
    with admin.get("/theme/blue/x.txt") as answer:
        assert answer.status_code == 200
    assert client.get("/theme/blue/x.txt").status_code == 404


@pytest.mark.parametrize("name", ["nowhere", "../blue", "."])
def test_what_cannot_be_used_is_not_chosen(theme, sign_in, ada, name):
    theme({})
    sign_in(ada).submit("/desk/themes", {"theme": name})
    assert Site.load().theme == ""


def test_the_example_has_nothing_wrong_with_it(app, client, sign_in, ada, post):
    shutil.copytree(GAZETTE, Path(app.instance_path) / "themes" / "gazette")
    choose("gazette")
    for path in ("/", post.path, "/archive", "/contact", "/nowhere"):
        assert "gazette-mark" in client.get(path).text
    assert not Page(sign_in(ada).get("/desk/themes").text).all("p", class_="field-error")


def test_quotation_marks_keep_what_is_in_them():
    css = 'a::before { content: "/* ;  } */" } /* } */ b { }'
    assert minified(css) == 'a::before{content:"/* ;  } */"}b{}'
