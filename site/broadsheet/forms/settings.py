"""The form of the site's settings."""

import re
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    FieldList,
    FormField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, NumberRange
from wtforms.widgets import DateInput

from broadsheet.forms.fields import no_control
from broadsheet.forms.link_rows import MOST_LINKS, LinkRow, as_rows, from_rows
from broadsheet.lib import clock, timezones
from broadsheet.lib.links import is_web_address
from broadsheet.models.rendering import rendered
from broadsheet.web.current_site import site
from broadsheet.web.fields import Address, AtMost, line, lines, site_language
from broadsheet.web.filters import zone
from broadsheet.web.own_password import OwnPasswordForm, own_password

ROBOTS_LINE = re.compile(r"#.*|[A-Za-z-]+[ \t]*:.*")
PLAIN = (
    *("title", "tagline", "language", "timezone", "posts_per_page", "authors_publish", "second_factor_of"),
    "footer",
    *("robots", "security_contact", "security_expires"),
)

A_YEAR = timedelta(days=366)  # RFC 9116, section 2.5.5: less than a year is recommended

WHO_PUBLISHES = {
    True: _l("Authors publish their own posts"),
    False: _l("Editors publish; authors send for review"),
}

WHO_PROVES_MORE = {
    "nobody": _l("Nobody: each as they like"),
    "admins": _l("Admins"),
    "editors": _l("Editors and admins"),
    "all": _l("Everybody who signs in"),
}


class SettingsForm(OwnPasswordForm):
    title = StringField(
        _l("Title"), [DataRequired(_l("A site needs a title.")), no_control, AtMost(100)], [line]
    )
    tagline = StringField(
        _l("Tagline"), [no_control, AtMost(200)], [line], description=_l("One line under the title.")
    )
    language = site_language()
    timezone = SelectField(
        _l("Time zone"),
        [DataRequired()],
        choices=timezones.names,
        description=_l("The day on which a reader sees a post dated."),
    )
    posts_per_page = IntegerField(
        _l("Posts a page"),
        [
            DataRequired(_l("Write a number from 1 to 100.")),
            NumberRange(1, 100, _l("Write a number from 1 to 100.")),
        ],
        description=_l("How many the home page and lists show at a time."),
    )
    authors_publish = SelectField(
        _l("Who publishes"),
        choices=lambda: list(WHO_PUBLISHES.items()),
        coerce=lambda value: str(value) == "True",
        description=_l(
            "Either way an author may ask for a review. In the second, only editors and admins decide "
            "what readers see, and when."
        ),
    )
    second_factor_of = SelectField(
        _l("Second factor required of"),
        [DataRequired()],
        choices=lambda: list(WHO_PROVES_MORE.items()),
        description=_l(
            "An authenticator app or a passkey beside the password. Who has none yet is led to set one up "
            "at the next page, and comes no further before."
        ),
    )
    footer = TextAreaField(
        _l("Footer"),
        [no_control, AtMost(2000)],
        [lines],
        description=_l("At the foot of every page: an address, a licence. Markdown."),
    )
    robots = TextAreaField(
        _l("Rules for crawlers"),
        [no_control, AtMost(4000)],
        [lines],
        description=_l(
            "Further lines of robots.txt, such as “User-agent: GPTBot” and below it “Disallow: /”. "
            "Crawlers of good will keep to them; nothing is hidden by it."
        ),
    )
    security_contact = StringField(
        _l("Whom to tell of a security hole"),
        [no_control, AtMost(300)],
        [line],
        description=_l(
            "An e-mail address, or the whole address of a page. It stands in /.well-known/security.txt, "
            "where those who find a hole look for it. Left empty, there is no such file."
        ),
    )
    security_expires = StringField(
        _l("Valid until"),
        [no_control],
        [line],
        widget=DateInput(),
        description=_l("A day within the next year. Look at the contact again before it comes."),
    )
    social_links = FieldList(FormField(LinkRow), _l("Links elsewhere"), max_entries=MOST_LINKS)
    own_password = own_password(
        _l("Only if you let authors publish, or demand a second factor of fewer people: both open doors.")
    )

    def __init__(self, **options: Any) -> None:
        stored = {name: getattr(site, name) for name in PLAIN}
        super().__init__(data=stored | {"social_links": as_rows(site.social_links)}, **options)

    def changes(self) -> dict[str, Any]:
        """What `Site.change` takes."""
        return {name: self[name].data for name in PLAIN} | {
            "footer_html": rendered(self.footer.data).html,
            "social_links": from_rows(self.social_links),
        }

    def needs_own_password(self) -> bool:
        gives_a_right = self.authors_publish.data and not site.authors_publish
        return gives_a_right or site.would_demand_less(self.second_factor_of.data)

    def validate_robots(self, field: TextAreaField) -> None:
        for number, written in enumerate(field.data.splitlines(), 1):
            if written.strip() and not ROBOTS_LINE.fullmatch(written.strip()):
                raise ValidationError(
                    _("Line %(number)d is no rule. One looks like “Disallow: /path”.", number=number)
                )

    def validate_security_contact(self, field: StringField) -> None:
        field.data = re.sub("^mailto:", "", field.data or "", flags=re.IGNORECASE)  # as security.txt has it
        if field.data and not is_web_address(field.data):
            Address()(self, field)

    def validate_security_expires(self, field: StringField) -> None:
        if not field.data:
            if self.security_contact.data:
                raise ValidationError(_("Say until when the contact is valid."))
            return
        try:
            day = date.fromisoformat(field.data)
        except ValueError:
            raise ValidationError(_("Write the day as year, month and day, such as 2027-06-30.")) from None
        field.data = day.isoformat()
        # One that was right when it was set hinders nobody who changes something else.
        today = clock.now().astimezone(zone()).date()
        if field.data != site.security_expires and not today < day <= today + A_YEAR:
            raise ValidationError(_("Choose a day after today, and within a year."))
