import pytest
from sqlalchemy import select

from broadsheet.extensions import db
from broadsheet.lib import passwords
from broadsheet.models import Ability, Event, Post, Role, User, UserSession, Visitor
from broadsheet.models.user import LastAdmin, tidy_links
from stage import PASSWORD


def test_name_becomes_a_username_of_ones_own(app):
    assert [User.create(name="Zoë Ångström").username for _ in range(3)] == [
        "zoe-angstrom",
        "zoe-angstrom-2",
        "zoe-angstrom-3",
    ]
    assert User.create(name="写真").username == "author"


def test_is_known_by_username_and_address_in_any_case(ann):
    for login in ("ann", " ANN ", "Ann@Example.COM"):
        assert db.session.scalars(User.known_as(login)).one() == ann
    assert db.session.scalar(User.known_as("ann@")) is None


def test_byline_cannot_sign_in(app):
    byline = User.create(name="Imported")
    assert byline.is_byline
    assert not byline.is_active
    assert not byline.check_password("")
    assert not byline.can(Ability.HAVE_ACCOUNT)
    assert byline not in db.session.scalars(User.with_login()).all()
    assert byline in db.session.scalars(User.bylines()).all()


def test_password_is_kept_as_argon2id_only(ann):
    assert ann.password_hash.startswith("$argon2id$")
    assert ann.check_password(PASSWORD)
    assert not ann.check_password(PASSWORD + " ")


def test_password_with_old_parameters_is_hashed_anew(ann, monkeypatch):
    old = ann.password_hash
    monkeypatch.setattr(passwords, "outdated", lambda encoded: True)
    assert ann.check_password(PASSWORD)
    assert ann.password_hash != old


def test_new_password_ends_every_session(ann):
    UserSession.start(ann, address="", user_agent="")
    db.session.flush()
    mark = ann.password_mark
    ann.set_password("another long password")
    db.session.flush()
    assert not db.session.scalars(select(UserSession)).all()
    assert ann.password_mark != mark


@pytest.mark.parametrize(
    ("role", "abilities"),
    [
        (Role.READER, {Ability.HAVE_ACCOUNT}),
        (Role.AUTHOR, {Ability.HAVE_ACCOUNT, Ability.WRITE, Ability.UPLOAD}),
        (
            Role.EDITOR,
            set(Ability) - {Ability.MANAGE_PEOPLE, Ability.CHANGE_SETTINGS, Ability.SEE_ACTIVITY},
        ),
        (Role.ADMIN, set(Ability)),
    ],
)
def test_role_says_what_one_may(ann, role, abilities):
    ann.give_role(role)
    assert {ability for ability in Ability if ann.can(ability)} == abilities


def test_suspended_person_may_nothing_and_comes_back(ann):
    UserSession.start(ann, address="", user_agent="")
    ann.suspend()
    db.session.flush()
    assert not any(ann.can(ability) for ability in Ability)
    assert not db.session.scalars(select(UserSession)).all()
    since = ann.suspended_at
    ann.suspend()
    assert ann.suspended_at == since
    ann.reinstate()
    ann.reinstate()
    assert ann.can(Ability.WRITE)
    actions = db.session.scalars(select(Event.action).where(Event.subject_id == ann.id)).all()
    assert actions.count("person_suspended") == actions.count("person_reinstated") == 1


def test_last_admin_is_the_one_without_whom_nobody_could(ada, ed):
    assert ada.is_last_admin
    assert not ed.is_last_admin
    ed.give_role(Role.ADMIN)
    db.session.flush()
    assert not ada.is_last_admin
    ed.suspend()
    db.session.flush()
    assert ada.is_last_admin


def test_visitor_has_the_same_questions(draft):
    visitor = Visitor()
    assert not any(visitor.can(ability) for ability in Ability)
    assert not visitor.can_edit(draft)


def test_bio_is_rendered_when_it_is_written(ann):
    ann.describe(name="Ann", bio="A *writer*.<script>alert(1)</script>", links=[], timezone="")
    assert "<em>writer</em>" in ann.bio_html
    assert "<script" not in ann.bio_html


def test_links_without_address_are_dropped():
    assert tidy_links([("", " https://a.example "), ("B", ""), ("C", "https://c.example")]) == [
        {"label": "https://a.example", "url": "https://a.example"},
        {"label": "C", "url": "https://c.example"},
    ]


def test_work_is_counted_without_the_trash(ann, ben, post, draft):
    draft.trash()
    db.session.flush()
    assert Post.count_by_author([ann, ben]) == {ann.id: 1}
    assert Post.count_by_author([]) == {}


def test_last_admin_stays_one(ada, ed):
    with pytest.raises(LastAdmin):
        ada.give_role(Role.EDITOR)
    with pytest.raises(LastAdmin):
        ada.suspend()
    assert ada.can(Ability.MANAGE_PEOPLE)
    ed.give_role(Role.ADMIN)
    ada.give_role(Role.EDITOR)
    assert ada.role == Role.EDITOR


def test_login_belongs_to_one_person(ann, ben):
    assert User.has_taken("ANN")
    assert User.has_taken("Ann@example.com", but=ben)
    assert not User.has_taken("ann@example.com", but=ann)
    assert not User.has_taken("nobody")
