"""The form of a webhook."""

from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, StringField, ValidationError

from broadsheet.forms.fields import NamesField, no_control
from broadsheet.jobs import webhooks
from broadsheet.lib.links import is_web_address
from broadsheet.lib.outgoing import Forbidden
from broadsheet.models import Webhook
from broadsheet.models.webhook import MOST, NAME_LENGTH, URL_LENGTH
from broadsheet.models.webhook_event import ALL, TYPES
from broadsheet.web.fields import AtMost, Required, line


class EventsField(NamesField):
    """Boxes to tick, one for each type; a program sends a list."""

    data: list[str]
    known = (ALL, *TYPES)

    @property
    def names(self) -> list[str]:
        return self.data

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = [name for value in valuelist for part in value.split(",") if (name := part.strip())]


class WebhookForm(FlaskForm):
    name = StringField(
        _l("Name"),
        [Required(), no_control, AtMost(NAME_LENGTH)],
        [line],
        description=_l("What it is for, such as “Newsletter” or “Rebuild the app”."),
    )
    url = StringField(
        _l("Address"),
        [Required(), no_control, AtMost(URL_LENGTH)],
        [line],
        description=_l("Where messages are sent by POST. With https nobody on the way can read them."),
    )
    events = EventsField(_l("Events"))

    def __init__(self, webhook: Webhook | None = None, **options: Any) -> None:
        super().__init__(obj=webhook, **options)
        self.webhook = webhook

    def validate_name(self, field: Field) -> None:
        if self.webhook is None and Webhook.count() >= MOST:
            raise ValidationError(
                _("There are %(number)d webhooks already; delete one of them first.", number=MOST)
            )

    def validate_url(self, field: Field) -> None:
        if self.webhook is not None and field.data == self.webhook.url:
            return
        if not is_web_address(field.data):
            raise ValidationError(_("Write a whole address, such as https://example.org/hook."))
        if "@" in urlsplit(field.data).netloc:
            raise ValidationError(_("Leave name and password out of it: messages are signed."))
        try:
            webhooks.look_up(field.data)
        except Forbidden:
            raise ValidationError(
                _(
                    "This leads into a network that is not public, and messages go only to where anybody "
                    "could ask. Networks of your own are named in the setting webhook_networks."
                )
            ) from None
        except OSError:
            raise ValidationError(_("No machine has this name. Look for a slip of the pen.")) from None

    def validate_events(self, field: Field) -> None:
        chosen = field.data or []
        if not chosen:
            raise ValidationError(_("Choose at least one event."))
        for one in chosen:
            if one != ALL and one not in TYPES:
                raise ValidationError(_("There is no event “%(type)s”.", type=one))

    def values(self) -> dict[str, Any]:
        """What the model's verbs take; the events in their own order."""
        chosen = self.events.data
        events = [ALL] if ALL in chosen else [one for one in TYPES if one in chosen]
        return {"name": self.name.data, "url": self.url.data, "events": events}
