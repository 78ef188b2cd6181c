"""People: those who sign in, and those who only have a byline."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from flask_login import AnonymousUserMixin
from sqlalchemy import JSON, ColumnElement, ForeignKey, Select, String, Text, and_, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadsheet import signals
from broadsheet.lib import clock, passwords
from broadsheet.lib.slugs import slugify
from broadsheet.models.base import (
    Created,
    Identified,
    Model,
    UTCDateTime,
    db,
    each_word_in,
    one_of,
)
from broadsheet.models.email_change import EmailChange
from broadsheet.models.event import happened
from broadsheet.models.list_entry import ListEntry, ListKind
from broadsheet.models.post import Post, PostAuthor
from broadsheet.models.rendering import rendered
from broadsheet.models.role import LEAST_ROLE, Ability, Role, roles_with
from broadsheet.models.second_factors import HasSecondFactors
from broadsheet.models.setting import Site
from broadsheet.models.tag import OF_LATE
from broadsheet.models.user_session import UserSession

if TYPE_CHECKING:
    from broadsheet.models.content import Content
    from broadsheet.models.upload import Upload

USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,38}[a-z0-9])?")


class LastAdmin(Exception):
    """Without this person nobody could manage the site; nothing was changed."""


class Visitor(AnonymousUserMixin):  # type: ignore[misc]  # Flask-Login has no types
    """Nobody in particular: has the same questions as a user, and the answer is no."""

    id = None
    name = ""
    timezone = ""

    def __str__(self) -> str:
        return self.name

    def can(self, ability: Ability) -> bool:
        return False

    def can_edit(self, content: "Content") -> bool:
        return False

    def can_publish(self, content: "Content") -> bool:
        return False


class User(HasSecondFactors, Identified, Created, Model):
    __tablename__ = "users"

    username: Mapped[str] = mapped_column(String(40), unique=True)
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(one_of(Role), default=Role.READER, index=True)
    name: Mapped[str] = mapped_column(String(120))
    bio: Mapped[str] = mapped_column(Text, default="")
    bio_html: Mapped[str] = mapped_column(Text, default="")
    links: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    avatar_id: Mapped[int | None] = mapped_column(
        ForeignKey("uploads.id", ondelete="SET NULL", use_alter=True)
    )
    timezone: Mapped[str] = mapped_column(String(60), default="")
    suspended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_signed_in_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    avatar: Mapped["Upload | None"] = relationship(foreign_keys=[avatar_id])
    sessions: Mapped[list[UserSession]] = relationship(
        back_populates="user", cascade="all, delete-orphan", passive_deletes=True
    )

    def __str__(self) -> str:
        return self.name

    # -- queries

    @classmethod
    def known_as(cls, login: str) -> Select[Self]:
        """By username or e-mail address, in any case."""
        wanted = login.strip().lower()
        return select(cls).where(or_(cls.username == wanted, cls.email == wanted))

    @classmethod
    def called(cls, names: Iterable[str]) -> Select[Self]:
        """Those who have one of these names or usernames, in any case."""
        wanted = {form for name in names for form in (name, name.lower())}
        columns = (cls.name, func.lower(cls.name), cls.username)
        return select(cls).where(or_(*(column.in_(wanted) for column in columns)))

    @classmethod
    def with_byline_name(cls, name: str) -> Select[Self]:
        """Those of this username or name, in any case."""
        return select(cls).where(or_(cls.username == name.lower(), func.lower(cls.name) == name.lower()))

    @classmethod
    def with_usernames(cls, usernames: Sequence[str]) -> "list[Self]":
        """Those of them who still exist, in this order."""
        if not usernames:
            return []
        found = {
            user.username: user for user in db.session.scalars(select(cls).where(cls.username.in_(usernames)))
        }
        return [found[name] for name in usernames if name in found]

    @classmethod
    def with_login(cls) -> Select[Self]:
        return select(cls).where(cls.password_hash.is_not(None))

    @classmethod
    def active(cls) -> Select[Self]:
        return cls.with_login().where(cls.suspended_at.is_(None))

    @classmethod
    def suspended(cls) -> Select[Self]:
        return select(cls).where(cls.suspended_at.is_not(None))

    @classmethod
    def with_page(cls) -> Select[Self]:
        """Those whom readers meet: they have published something, or may. A suspension hides no work."""
        published = select(ListEntry.post_id).where(*ListEntry.found(ListKind.AUTHOR, cls.id))
        is_active = and_(cls.password_hash.is_not(None), cls.suspended_at.is_(None))
        may_publish = and_(is_active, cls.role.in_(roles_with(Ability.WRITE)))
        return select(cls).where(or_(published.exists(), may_publish))

    @classmethod
    def listed(cls) -> Select[Self]:
        """Those who have a post that is shown to readers who did not ask for it, by name."""
        shown = ListEntry.found(ListKind.AUTHOR, cls.id, listed=True)
        post = select(ListEntry.post_id).where(*shown)
        return select(cls).where(post.exists()).order_by(func.lower(cls.name), cls.id)

    @classmethod
    def bylines(cls) -> Select[Self]:
        """Those who only have a name above their texts, and cannot sign in."""
        return select(cls).where(cls.password_hash.is_(None))

    @classmethod
    def matching(cls, words: str) -> ColumnElement[bool]:
        """Whether each of the words stands in the name, the username or the e-mail address."""
        return each_word_in(words, cls.name, cls.username, cls.email)

    @classmethod
    def busiest(cls) -> Select[Self]:
        """Those named over the newest posts, draft or public; who wrote most of them comes first."""
        newest = select(PostAuthor.user_id).order_by(PostAuthor.post_id.desc()).limit(OF_LATE).subquery()
        written = select(newest.c.user_id, func.count().label("posts")).group_by(newest.c.user_id).subquery()
        return select(cls).join(written, written.c.user_id == cls.id).order_by(written.c.posts.desc(), cls.id)

    @classmethod
    def by_number_of_posts(cls) -> ColumnElement[int]:
        """To sort by: how many posts somebody is named over, the trash left out."""
        counted = (
            select(func.count()).select_from(PostAuthor).where(PostAuthor.user_id == cls.id, Post.is_kept())
        )
        return counted.correlate(cls).scalar_subquery()

    @classmethod
    def reachable(cls, *roles: Role) -> Select[Self]:
        """Those of these roles who read our mail."""
        return cls.active().where(cls.role.in_(roles), cls.email.is_not(None))

    @classmethod
    def admin_exists(cls) -> bool:
        admins = cls.active().where(cls.role == Role.ADMIN)
        return db.session.scalar(select(admins.exists())) is True

    @classmethod
    def has_taken(cls, login: str, *, but: "User | None" = None) -> bool:
        """Whether another person than `but` signs in by this username or e-mail address."""
        others = cls.known_as(login)
        if but is not None:
            others = others.where(cls.id != but.id)
        return db.session.scalar(select(others.exists())) is True

    @classmethod
    def free_username(cls, name: str) -> str:
        """A username made from a name that nobody has yet: `ann-example`, `ann-example-2`, …"""
        wanted = re.sub(r"[^a-z0-9._-]+", "", slugify(name, 34).lower()).strip("._-") or "author"
        similar = select(cls.username).where(cls.username.startswith(wanted, autoescape=True))
        taken = set(db.session.scalars(similar))
        number, candidate = 1, wanted
        while candidate in taken:
            number += 1
            candidate = f"{wanted}-{number}"
        return candidate

    # -- verbs

    @classmethod
    def create(
        cls,
        *,
        name: str,
        email: str | None = None,
        password: str | None = None,
        role: Role = Role.READER,
        username: str | None = None,
        timezone: str = "",
    ) -> Self:
        """A new person; without a password only a byline, who cannot sign in."""
        user = cls(
            name=name,
            username=username or cls.free_username(name),
            email=email.strip().lower() if email else None,
            role=role,
            timezone=timezone,
            bio="",
            links=[],
        )
        if password is not None:
            user.password_hash = passwords.hashed(password)
        db.session.add(user)
        happened(signals.person_created, user, role=role.value)
        return user

    @classmethod
    def named(cls, names: Iterable[str]) -> list[Self]:
        """The people of these names, in this order; who is not known yet gets a byline."""
        wanted = list(dict.fromkeys(names))
        known: dict[str, Self] = {}
        for user in db.session.scalars(select(cls).where(cls.name.in_(wanted)).order_by(cls.id)):
            known.setdefault(user.name, user)
        for name in wanted:
            if name not in known:
                known[name] = cls(
                    name=name, username=cls.free_username(name), role=Role.READER, bio="", links=[]
                )
                db.session.add(known[name])
        return [known[name] for name in wanted]

    def open_account(self, *, name: str, email: str, password: str, role: Role, timezone: str = "") -> None:
        """Whoever was only a byline can sign in from now on."""
        if not self.is_byline:
            raise ValueError("this person has an account already")
        self.name, self.email, self.role, self.timezone = name, email.strip().lower(), role, timezone
        self.password_hash = passwords.hashed(password)
        happened(signals.account_opened, self, role=role.value)

    def forget_password(self, url: str) -> None:
        """Asked for the link `url`, by which a new password can be set."""
        happened(signals.password_forgotten, self, secret={"url": url})

    def set_password(self, password: str) -> None:
        """Changes the password and ends every session, the present one included."""
        self.password_hash = passwords.hashed(password)
        self.end_sessions()
        EmailChange.withdraw(self)
        happened(signals.password_changed, self)

    def change_email(self, email: str) -> None:
        """By an admin. What the person asked for or could undo is void."""
        former, self.email = self.email, email.strip().lower()
        if former != self.email:
            EmailChange.forget(self)
            secret: dict[str, object] = {"former": former, "undo_url": "", "is_undone_by_older": False}
            happened(signals.email_changed, self, secret=secret)

    def check_password(self, password: str) -> bool:
        """Whether it is the password; one hashed with old parameters is hashed anew."""
        if not passwords.matches(password, self.password_hash):
            return False
        if passwords.outdated(self.password_hash or ""):
            self.password_hash = passwords.hashed(password)
        return True

    def describe(self, *, name: str, bio: str, links: list[dict[str, str]], timezone: str) -> None:
        self.name, self.links, self.timezone = name, links, timezone
        self.bio, self.bio_html = bio, rendered(bio).html
        happened(signals.person_changed, self)

    def give_role(self, role: Role) -> None:
        """Raises LastAdmin."""
        if role != self.role:
            self._leave_an_admin()
            old, self.role = self.role, role
            happened(signals.role_changed, self, old=old.value, new=role.value)

    def suspend(self) -> None:
        """Raises LastAdmin."""
        if self.suspended_at is None:
            self._leave_an_admin()
            self.suspended_at = clock.now()
            self.end_sessions()
            happened(signals.person_suspended, self)

    def reinstate(self) -> None:
        if self.suspended_at is not None:
            self.suspended_at = None
            happened(signals.person_reinstated, self)

    def end_sessions(self, but: UserSession | None = None) -> int:
        """Signs the person out everywhere, or everywhere but in one session; how many there were."""
        ended = [one for one in db.session.scalars(UserSession.of(self)) if one is not but]
        for session in ended:
            db.session.delete(session)
        return len(ended)

    # -- questions

    @property
    def is_last_admin(self) -> bool:
        """Whether nobody could manage the site without this person."""
        others = User.active().where(User.role == Role.ADMIN, User.id != self.id)
        return self.role == Role.ADMIN and not db.session.scalar(select(others.exists()))

    @property
    def password_mark(self) -> str:
        """Changes with the password: what carries the old one is void."""
        return hashlib.sha256((self.password_hash or "").encode()).hexdigest()[:16]

    @property
    def reset_mark(self) -> str:
        """Changes with the password, and with the address that a link for a new one goes to."""
        return hashlib.sha256(f"{self.password_hash} {self.email}".encode()).hexdigest()[:16]

    @property
    def is_byline(self) -> bool:
        """Whether nobody can sign in as this person."""
        return self.password_hash is None

    @property
    def is_active(self) -> bool:
        return self.suspended_at is None and self.password_hash is not None

    @property
    def is_authenticated(self) -> bool:
        return self.is_active

    @property
    def is_anonymous(self) -> bool:
        return False

    def can(self, ability: Ability) -> bool:
        return self.is_active and self.role.rank >= LEAST_ROLE[ability].rank

    def can_edit(self, content: "Content") -> bool:
        return content.is_editable_by(self)

    def can_publish(self, content: "Content") -> bool:
        """Whether the person may decide what readers see of it: publish, schedule, end, take back."""
        if self.can(Ability.EDIT_ALL_POSTS):
            return True
        may_write = self.can_edit(content) if content.id else self.can(content.written_with)
        return may_write and Site.lets_authors_publish()

    def can_suspend(self, person: "User") -> bool:
        """Nobody locks oneself out, and a byline has nothing that could be closed."""
        return self.can(Ability.MANAGE_PEOPLE) and person.id != self.id and not person.is_byline

    def can_unlock(self, person: "User") -> bool:
        """Whether this person may remove the second factors of that one; one's own are at /account."""
        return self.can(Ability.MANAGE_PEOPLE) and person.id != self.id

    @property
    def path(self) -> str:
        return f"/user/{self.username}"

    session_token = ""  # set while signing in; a user is known by a session, never by the id

    def get_id(self) -> str:
        """What Flask-Login keeps in the cookie: the token of the session, see web/sessions.py."""
        return self.session_token

    # -- private

    def _leave_an_admin(self) -> None:
        if self.is_last_admin:
            raise LastAdmin


def tidy_links(pairs: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """Links of a profile as they are stored; pairs without an address are dropped."""
    return [
        {"label": label.strip() or url.strip(), "url": url.strip()} for label, url in pairs if url.strip()
    ]
