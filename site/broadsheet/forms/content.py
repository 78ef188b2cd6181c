"""The forms in which posts and pages are written. What a program leaves out stays as it is stored."""

import difflib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from wtforms import Field, SelectField, StringField, TextAreaField, ValidationError
from wtforms.widgets import HiddenInput, TextArea

from broadsheet.extensions import db
from broadsheet.forms.fields import (
    MomentField,
    NamesField,
    NumberField,
    PageField,
    PostField,
    no_control,
    slug_is_well_formed,
)
from broadsheet.forms.particulars import CarriedForm, FoundForm, TranslatedForm
from broadsheet.lib import clock, languages
from broadsheet.models import Ability, Page, Post, Tag, User
from broadsheet.models.content import SLUG_LENGTH, TITLE_LENGTH, State, Status
from broadsheet.models.tag import NAME_LENGTH
from broadsheet.web.addresses import LARGEST
from broadsheet.web.current_site import site
from broadsheet.web.fields import AtMost, line, lines, paragraphs
from broadsheet.web.kinds import Content

SUMMARY_LENGTH = 1000
BODY_BYTES = 1_000_000  # a long novel; what takes longer to render than a second is no page
REMARK_LENGTH = 4000
TAGS_AT_MOST = 20
MOST_NAMES_OFFERED = 500


class ContentForm(TranslatedForm, FoundForm):
    # An area, so that a long headline is seen whole; `line` makes one line of it.
    title = StringField(
        _l("Title"), widget=TextArea(), filters=[line], validators=[no_control, AtMost(TITLE_LENGTH)]
    )
    summary = TextAreaField(
        _l("Summary"),
        filters=[line],
        validators=[no_control, AtMost(SUMMARY_LENGTH)],
        description=_l(
            "One or two sentences under the title and in lists. Without them the text's beginning serves."
        ),
    )
    body = TextAreaField(_l("Text"), filters=[lines], validators=[no_control])
    slug = StringField(
        _l("Address"),
        filters=[line],
        validators=[no_control, AtMost(SLUG_LENGTH)],
        description=_l("The last part of the address. Left empty, it is made from the title."),
    )
    language = SelectField(_l("Language"), filters=[line], validate_choice=False)
    published_at = MomentField(_l("Date"))
    expires_at = MomentField(_l("Until"))
    version = NumberField("", between=(0, LARGEST), widget=HiddenInput())
    question = TextAreaField(
        _l("What an editor should look at"),
        filters=[paragraphs],
        validators=[AtMost(REMARK_LENGTH)],
    )
    answer = TextAreaField(
        _l("Note to whoever sent it"),
        filters=[paragraphs],
        validators=[AtMost(REMARK_LENGTH)],
    )

    to_publish = False
    to_return = False
    # What the writer should know before it is saved, and the word by which a second press confirms it.
    concerns: Sequence[Any] = ()
    confirmation = ""

    def __init__(self, content: Content, *, working: dict[str, Any] | None = None, **options: Any) -> None:
        """`working` stands in place of the newest save."""
        self.content, self.working = content, content.working() if working is None else working
        super().__init__(data=self.stored(), **options)
        usual = _("As the site: %(language)s", language=languages.name(site.language))
        self.language.choices = [("", usual), *languages.choices()]
        own = self.working["language"]
        if own and own not in languages.TAGS:
            self.language.choices.append((own, languages.name(own)))

    def stored(self) -> dict[str, Any]:
        beside = self.found_stored(self.working) | self.translated_stored(self.working)
        return self.working | beside | {"version": self.content.version}

    def changes(self) -> dict[str, Any]:
        """What `Content.revise` takes."""
        names = ("title", "summary", "body", "slug", "language", "published_at", "expires_at")
        return {name: self[name].data for name in names} | self.found_changes() | self.translated_changes()

    @property
    def particulars(self) -> list[Field]:
        """What stands beside the text in the editor."""
        names = (
            "published_at",
            "expires_at",
            "tags",
            "authors",
            *CarriedForm.CARRIED,
            "translation_of",
            "slug",
            "language",
            *self.FOUND,
        )
        return [self[name] for name in names if name in self]

    def validate_title(self, field: StringField) -> None:
        if not field.data and (self.to_publish or self.content.status == Status.PUBLISHED):
            raise ValidationError(_("Readers need a title."))

    def validate_body(self, field: TextAreaField) -> None:
        size = len(field.data.encode())
        if size > BODY_BYTES:
            raise ValidationError(
                _(
                    "The text has %(size)s bytes; %(limit)s are the most. Divide it.",
                    size=size,
                    limit=BODY_BYTES,
                )
            )

    def validate_answer(self, field: TextAreaField) -> None:
        if self.to_return and not field.data:
            raise ValidationError(_("Say what is to be done before you return it."))

    def validate_slug(self, field: StringField) -> None:
        if field.data and field.data not in (self.content.slug, self.working["slug"]):
            slug_is_well_formed(field.data, SLUG_LENGTH)

    def validate_language(self, field: SelectField) -> None:
        if field.data not in dict(field.choices):
            raise ValidationError(_("Choose a language from the list."))

    def validate_published_at(self, field: MomentField) -> None:
        at: datetime | None = field.data
        if self.content.state == State.PUBLISHED and at and at > clock.now():
            raise ValidationError(_("Readers can see it already. Unpublish it first to schedule it anew."))
        if self.content.state == State.SCHEDULED and not at and not self.to_publish:
            raise ValidationError(_("What is scheduled needs its date. Unpublish it to take the date away."))

    def validate_expires_at(self, field: MomentField) -> None:
        until, at = field.data, self.published_at.data
        if until is None:
            return
        is_over = until <= clock.now()
        if is_over and until != self.content.expires_at:
            raise ValidationError(_("That moment is over already. To end it now, unpublish it."))
        if is_over and self.to_publish:
            field.data = None  # that end was met; published again, it has none
        elif at is not None and until <= at and not self.published_at.errors:
            raise ValidationError(_("It must end after the date from which readers see it."))


class PageForm(ContentForm):
    translation_of = PageField(
        _l("Translation of"),
        description=_l("The address of the page that says the same in another language."),
    )

    content: Page

    def validate_slug(self, field: StringField) -> None:
        super().validate_slug(field)
        if self.content.id and self.content.is_fixed and field.data != self.content.slug:
            raise ValidationError(_("This page has its address for good."))
        if field.data and Page.has_taken(field.data, but=self.content):
            raise ValidationError(
                _("Something else stands at /%(slug)s. Choose another word.", slug=field.data)
            )


class PostForm(CarriedForm, ContentForm):
    tags = NamesField(
        _l("Tags"), filters=[line], validators=[no_control], description=_l("Divided by commas.")
    )
    authors = NamesField(
        _l("Authors"),
        filters=[line],
        validators=[no_control],
        description=_l("Names or usernames, divided by commas, in the order of the byline."),
    )
    translation_of = PostField(
        _l("Translation of"),
        description=_l("The address of the post that says the same in another language."),
    )

    content: Post
    people: list[User]

    def __init__(self, content: Post, **options: Any) -> None:
        super().__init__(content, **options)
        self.offer_series()
        self.people = list(self.working["authors"]) or [current_user._get_current_object()]
        if not current_user.can(Ability.EDIT_ALL_POSTS):
            del self.authors

    def stored(self) -> dict[str, Any]:
        authors = self.working["authors"] or [current_user]
        return (
            super().stored()
            | self.carried_stored(self.working)
            | {
                "tags": ", ".join(tag.name for tag in self.working["tags"]),
                "authors": ", ".join(
                    author.username if "," in author.name else author.name for author in authors
                ),
            }
        )

    def changes(self) -> dict[str, Any]:
        tags = Tag.named(self.tags.names)
        return super().changes() | self.carried_changes() | {"tags": tags, "authors": self.people}

    @property
    def tag_names(self) -> list[str]:
        """Offered while somebody types."""
        return Tag.suggestions()

    @property
    def author_names(self) -> list[str]:
        people = User.with_page().with_only_columns(User.name).order_by(User.name)
        return list(db.session.scalars(people.limit(MOST_NAMES_OFFERED)))

    def validate_tags(self, field: NamesField) -> None:
        names = field.names
        if len(names) > TAGS_AT_MOST:
            raise ValidationError(_("%(limit)s tags are the most.", limit=TAGS_AT_MOST))
        for name in names:
            if len(name) > NAME_LENGTH:
                raise ValidationError(
                    _(
                        "“%(name)s…” is too long; a tag has at most %(limit)s characters.",
                        name=name[:20],
                        limit=NAME_LENGTH,
                    )
                )
            if not Tag.slug_of(name):
                raise ValidationError(_("“%(name)s” has no letter and no digit.", name=name))

    def validate_authors(self, field: NamesField) -> None:
        names = field.names
        if not names:
            raise ValidationError(_("A post has at least one author."))
        present, others = list(self.working["authors"]), list(db.session.scalars(User.called(names)))
        self.people = [the_one_called(name, present, others) for name in names]


def form_for(
    content: Content,
    typed: MultiDict[str, str] | None = None,
    working: dict[str, Any] | None = None,
    **options: Any,
) -> ContentForm:
    """The form of a post or a page, as it was sent. `typed` stands in place of what was sent; `working` is
    shown whatever was."""
    if typed is not None or working is not None:
        options |= {"formdata": typed, "working": working}
    return PostForm(content, **options) if isinstance(content, Post) else PageForm(content, **options)


def shown(field: Field) -> str:
    """The value as it stands in the control."""
    return str(field._value() if hasattr(field, "_value") else field.data or "")


def the_one_called(name: str, present: list[User], others: list[User]) -> User:
    """One of the present authors, else whoever has this username, else the only one of this name."""
    wanted = name.casefold()
    namesakes = [user for user in present if user.name.casefold() == wanted]
    namesakes = namesakes or [user for user in others if user.username == wanted]
    namesakes = namesakes or [user for user in others if user.name.casefold() == wanted]
    if len(namesakes) == 1:
        return namesakes[0]
    if namesakes:
        usernames = ", ".join(user.username for user in namesakes)
        raise ValidationError(
            _(
                "Several people are called “%(name)s”. Write a username: %(usernames)s.",
                name=name,
                usernames=usernames,
            )
        )
    similar = difflib.get_close_matches(name, db.session.scalars(db.select(User.name)), n=1)
    if similar:
        raise ValidationError(
            _("Nobody is called “%(name)s”. Did you mean “%(similar)s”?", name=name, similar=similar[0])
        )
    raise ValidationError(_("Nobody is called “%(name)s”.", name=name))
