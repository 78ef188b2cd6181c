from sqlalchemy import select

from broadsheet import signals
from broadsheet.extensions import db
from broadsheet.models import Event, Setting, Site


def test_new_site_has_the_defaults(app):
    site = Site.load()
    assert site.title == str(site) == "Broadsheet"
    assert [link["url"] for link in site.navigation] == ["/", "/archive", "/about", "/contact"]


def test_only_what_differs_is_stored_and_announced(app):
    heard = []

    def hear(site, *, names):
        heard.append(names)

    with signals.settings_changed.connected_to(hear):
        Site.load().change(title="The Review", language="en", posts_per_page=20)
        db.session.commit()
        Site.load().change(title="The Review")
        db.session.commit()
    assert heard == [["posts_per_page", "title"]]
    assert set(db.session.scalars(select(Setting.name))) - {"identity"} == {"title", "posts_per_page"}
    assert (Site.load().title, Site.load().posts_per_page) == ("The Review", 20)
    assert len(db.session.scalars(select(Event).where(Event.action == "settings_changed")).all()) == 1


def test_is_read_with_one_question(app, queries):
    with queries() as asked:
        Site.load()
    assert len(asked) == 1


def test_row_of_another_version_is_left_alone(app):
    db.session.add(Setting(name="of_the_future", value=[1, 2]))
    db.session.commit()
    Site.load().change(title="The Review")
    db.session.commit()
    assert db.session.get(Setting, "of_the_future").value == [1, 2]


def test_one_sites_lists_are_not_anothers(app):
    Site.load().navigation.append({"label": "Oops", "url": "/oops"})
    assert len(Site.load().navigation) == 4
