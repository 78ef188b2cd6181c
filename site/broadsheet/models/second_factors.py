"""What a person proves beside the password: an authenticator app, passkeys, and recovery codes for both."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from sqlalchemy import ColumnElement, func, literal, or_, select, union_all

from broadsheet import signals
from broadsheet.lib import clock
from broadsheet.models.authenticator_app import AuthenticatorApp
from broadsheet.models.base import db
from broadsheet.models.event import happened
from broadsheet.models.passkey import Passkey
from broadsheet.models.recovery_code import RecoveryCode
from broadsheet.models.user_session import UserSession

if TYPE_CHECKING:
    from broadsheet.models.user import User


@dataclass(frozen=True)
class Factors:
    """How many of each somebody has."""

    apps: int = 0
    passkeys: int = 0

    def __bool__(self) -> bool:
        return bool(self.apps or self.passkeys)


class HasSecondFactors:
    """Of a user. A verb that is said `within` a session keeps that one, when it ends the others."""

    # -- queries

    @classmethod
    def has_any(cls) -> ColumnElement[bool]:
        """Of the users that a query is about: whether they have one."""
        user = cast("type[User]", cls)
        app = select(AuthenticatorApp.id).where(
            AuthenticatorApp.user_id == user.id, AuthenticatorApp.confirmed_at.is_not(None)
        )
        passkey = select(Passkey.id).where(Passkey.user_id == user.id)
        return or_(app.exists(), passkey.exists())

    @property
    def factors(self) -> Factors:
        return factors_of([self._person]).get(self._person.id, Factors())

    @property
    def app_mark(self) -> str:
        """Of the authenticator app that counts; another has another, and none has none."""
        since = db.session.scalar(
            AuthenticatorApp.of(self._person).with_only_columns(AuthenticatorApp.confirmed_at)
        )
        return since.isoformat() if since else ""

    # -- verbs

    def confirm_app(self, app: AuthenticatorApp, step: int, *, within: UserSession | None = None) -> bool:
        """Whether the code of this time step is taken: the app counts from now on, in place of any other."""
        if not app.take(step):
            return False
        self._demand_from_now_on(within)
        for former in db.session.scalars(AuthenticatorApp.of(self._person)):
            db.session.delete(former)
        app.confirmed_at = clock.now()
        happened(signals.authenticator_app_added, self)
        return True

    def remove_app(self, *, within: UserSession | None = None) -> None:
        for app in db.session.scalars(AuthenticatorApp.of(self._person)).all():
            db.session.delete(app)
            happened(signals.authenticator_app_removed, self)
        self._demand_less(within)

    def add_passkey(self, passkey: Passkey, *, within: UserSession | None = None) -> None:
        self._demand_from_now_on(within)
        passkey.user_id = self._person.id
        db.session.add(passkey)
        happened(signals.passkey_added, self, passkey=passkey.name)

    def remove_passkey(self, passkey: Passkey, *, within: UserSession | None = None) -> None:
        db.session.delete(passkey)
        happened(signals.passkey_removed, self, passkey=passkey.name)
        self._demand_less(within)

    def make_recovery_codes(self, *, is_first: bool = False) -> list[str]:
        codes = RecoveryCode.make(self._person)
        happened(signals.recovery_codes_made, self, is_first=is_first)
        return codes

    def use_recovery_code(self, typed: str) -> bool:
        if not RecoveryCode.use(self._person, typed):
            return False
        happened(signals.recovery_code_used, self, left=self.recovery_codes_left)
        return True

    def remove_second_factors(self) -> bool:
        """Whether there was any; the person is signed out everywhere, and the password alone opens again."""
        person, had = self._person, bool(self.factors)
        for query in (AuthenticatorApp.of(person), AuthenticatorApp.offered_to(person), Passkey.of(person)):
            for one in db.session.scalars(query).all():
                db.session.delete(one)
        if had:
            self._demand_less()
            happened(signals.second_factors_removed, self)
        return had

    # -- questions

    @property
    def recovery_codes_left(self) -> int:
        left = select(func.count()).select_from(RecoveryCode.left(self._person).subquery())
        return db.session.scalar(left) or 0

    # -- private

    @property
    def _person(self) -> "User":
        return cast("User", self)

    def _demand_from_now_on(self, within: UserSession | None) -> None:
        """Before one is added. No session may be older than the first: 0048."""
        if not self.factors:
            self._person.end_sessions(but=within)
            if within:
                within.second_factor = True

    def _demand_less(self, within: UserSession | None = None) -> None:
        """After one was removed: whoever came in by it is signed out."""
        db.session.flush()
        self._person.end_sessions(but=within)
        if within:
            within.second_factor = bool(self.factors)
        if not self.factors:
            RecoveryCode.forget(self._person)


def factors_of(people: "Iterable[User]") -> dict[int, Factors]:
    """By the id of those who have some."""
    ids = [person.id for person in people]
    of_kinds = [
        select(literal(name).label("kind"), column, func.count())
        .where(column.in_(ids), *counts)
        .group_by(column)
        for name, column, counts in (
            ("apps", AuthenticatorApp.user_id, [AuthenticatorApp.confirmed_at.is_not(None)]),
            ("passkeys", Passkey.user_id, []),
        )
    ]
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for kind, id, many in db.session.execute(union_all(*of_kinds)):
        found[id][kind] = many
    return {id: Factors(**many) for id, many in found.items()}
