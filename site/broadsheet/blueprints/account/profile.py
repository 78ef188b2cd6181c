"""One's own profile: what readers see of a person."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from broadsheet import media
from broadsheet.extensions import db
from broadsheet.forms.profile import ProfileForm
from broadsheet.models import Upload, User


def profile() -> ResponseReturnValue:
    user: User = current_user._get_current_object()
    form = ProfileForm(user)
    if not form.validate_on_submit() or not take_avatar(form, user):
        return render_template("account/profile.html", form=form, user=user), 422 if form.errors else 200
    user.describe(**form.changes())
    db.session.commit()
    flash(_("Your profile is saved."), "success")
    return redirect(url_for("account.profile"), 303)


def take_avatar(form: ProfileForm, user: User) -> bool:
    if form.avatar.data:
        try:
            user.avatar = picture(form, user)
        except media.Refused as refused:
            form.avatar.errors = [refused.message]
            return False
    elif form.remove_avatar.data:
        user.avatar = None
    return True


def picture(form: ProfileForm, user: User) -> Upload:
    file = form.avatar.data
    db.session.commit()  # lets go of the writers' lock while the picture is worked on
    with media.received(file.stream, only_pictures=True) as sent:
        return media.keep(media.prepare(sent, file.filename or ""), by=user)
