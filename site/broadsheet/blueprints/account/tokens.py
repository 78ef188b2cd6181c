"""One's own tokens, with which programs do here what one may: making, listing, revoking them."""

from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField, StringField, ValidationError
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from broadsheet.extensions import db
from broadsheet.forms.fields import MomentField
from broadsheet.lib import clock
from broadsheet.models import ApiToken, Scope, User
from broadsheet.models.api_token import NAME_LENGTH, scopes_for
from broadsheet.web.fields import AtMost, Required, line
from broadsheet.web.filters import own_zone
from broadsheet.web.undo import flash_with_undo

GROUPS = {
    "content": _("Posts and pages"),
    "media": _("Media"),
    "inbox": _("Messages and submissions"),
    "people": _("People and invitations"),
    "site": _("Settings, navigation, redirects"),
    "activity": _("Visits and activity"),
    "webhooks": _("Webhooks"),
    "account": _("Your account"),
}
DEEDS = {"read": _("read"), "write": _("read and change"), "publish": _("publish")}

UNTIL, NEVER = "until", "never"
LIFETIMES = {
    "30": _("30 days"),
    "90": _("90 days"),
    "365": _("A year"),
    UNTIL: _("Until the date below"),
    NEVER: _("Without an end"),
}


class TokenForm(FlaskForm):
    name = StringField(
        _("Name"),
        [Required(), AtMost(NAME_LENGTH)],
        filters=[line],
        description=_("By which you know it later: the program that uses it."),
        render_kw={"autocomplete": "off"},
    )
    scopes = SelectMultipleField(
        _("What it is good for"),
        widget=ListWidget(),
        option_widget=CheckboxInput(),
        validate_choice=False,
        description=_(
            "Tick only what it needs: whoever finds the token can do that much. It never does what you may "
            "not do yourself."
        ),
    )
    lifetime = SelectField(
        _("How long"), [InputRequired()], choices=lambda: list(LIFETIMES.items()), default="90"
    )
    expires_at = MomentField(_("Until"))

    def __init__(self, person: User) -> None:
        super().__init__()
        self.scopes.choices = [(scope.value, DEEDS[scope.deed]) for scope in scopes_for(person)]

    def grouped(self) -> list[tuple[str, list[Any]]]:
        """The boxes to tick, by what they are about."""
        by_group = groupby(self.scopes, lambda choice: Scope(choice.data).group)
        return [(str(GROUPS[group]), list(choices)) for group, choices in by_group]

    def validate_scopes(self, field: SelectMultipleField) -> None:
        if not field.data:
            raise ValidationError(_("Tick at least one."))
        if not set(field.data) <= {value for value, _words in field.choices}:
            raise ValidationError(_("Choose from the list."))

    def validate_expires_at(self, field: MomentField) -> None:
        if self.lifetime.data != UNTIL:
            return
        if field.data is None:
            raise ValidationError(_("Write the date until which it works."))
        if field.data <= clock.now():
            raise ValidationError(_("That moment is over already."))

    @property
    def end(self) -> datetime | None:
        if self.lifetime.data == NEVER:
            return None
        if self.lifetime.data == UNTIL:
            return self.expires_at.data
        return clock.now() + timedelta(days=int(self.lifetime.data))


def tokens() -> ResponseReturnValue:
    person: User = current_user._get_current_object()
    form = TokenForm(person)
    if form.validate_on_submit():
        return make(person, form)
    page = render_template(
        "account/tokens.html",
        form=form,
        tokens=sorted(db.session.scalars(ApiToken.of(person)), key=lambda token: not token.is_alive),
        in_words=in_words,
        zone=own_zone(),
    )
    return page, 422 if form.errors else 200


def make(person: User, form: TokenForm) -> Response:
    """It is shown now and never again: only its digest is stored."""
    row, secret = ApiToken.make(
        person, name=form.name.data, scopes=map(Scope, form.scopes.data), expires_at=form.end
    )
    db.session.commit()
    page = render_template(
        "account/token_made.html",
        token=row,
        secret=secret,
        in_words=in_words,
        address=url_for("api.posts.index", _external=True),
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


def revoke(id: int) -> ResponseReturnValue:
    person: User = current_user._get_current_object()
    token = db.one_or_404(ApiToken.of(person).where(ApiToken.id == id))
    token.revoke(by=person)
    db.session.commit()
    flash_with_undo(
        gettext("The token “%(name)s” opens nothing any more.", name=token.name),
        url_for("account.reinstate_token", id=id),
    )
    return redirect(url_for("account.tokens"), 303)


def reinstate(id: int) -> ResponseReturnValue:
    """What an admin has revoked stays so."""
    own = ApiToken.of(current_user).where(ApiToken.id == id, ApiToken.revoked_by_id == current_user.id)
    token = db.one_or_404(own)
    token.reinstate()
    db.session.commit()
    flash(gettext("The token “%(name)s” works again.", name=token.name), "success")
    return redirect(url_for("account.tokens"), 303)


def in_words(token: ApiToken) -> str:
    """What it is good for: “Posts and pages: publish. Media: read.”"""
    deeds: dict[str, list[str]] = {}
    scopes = token.scopes_in_order
    for scope in scopes:
        if any(other.covers(scope) for other in scopes if other is not scope):
            continue
        deeds.setdefault(scope.group, []).append(str(DEEDS[scope.deed]))
    return " ".join(f"{GROUPS[group]}: {', '.join(words)}." for group, words in deeds.items())


def still_there(person: User) -> str:
    """That a new password does not end tokens is said where one is set; "" if there are none."""
    count = ApiToken.count(person)
    words = ngettext(
        "One token of yours still lets a program in. If you do not know it, revoke it in your account.",
        "%(num)d tokens of yours still let programs in. Revoke in your account those that you do not know.",
        count,
    )
    return words if count else ""
