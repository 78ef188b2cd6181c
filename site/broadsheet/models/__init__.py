"""The domain. It knows no request, no template, no mail; it never commits."""

from broadsheet.models.alias import Alias
from broadsheet.models.api_token import ApiToken
from broadsheet.models.authenticator_app import AuthenticatorApp
from broadsheet.models.correction import Correction
from broadsheet.models.edition import Edition
from broadsheet.models.email_change import EmailChange
from broadsheet.models.event import Actor, Event, acting
from broadsheet.models.idempotency_key import IdempotencyKey
from broadsheet.models.imported_file import ImportedFile
from broadsheet.models.invitation import Invitation
from broadsheet.models.job import ChoreRun, Job
from broadsheet.models.link import Link, OutgoingAddress
from broadsheet.models.list_entry import ListCount, ListEntry
from broadsheet.models.message import Message
from broadsheet.models.note import Note
from broadsheet.models.numbers import NUMBERED_ONCE
from broadsheet.models.page import Page
from broadsheet.models.passkey import Passkey, PasskeyChallenge
from broadsheet.models.post import Post, PostAuthor
from broadsheet.models.post_list import PartList, PostList
from broadsheet.models.presence import Presence
from broadsheet.models.preview_link import PreviewLink
from broadsheet.models.recovery_code import RecoveryCode
from broadsheet.models.related_post import RelatedPost
from broadsheet.models.reply import Reply
from broadsheet.models.review import Review
from broadsheet.models.revision import Reason, Revision
from broadsheet.models.role import Ability, Role
from broadsheet.models.scope import Scope
from broadsheet.models.search_text import SearchText
from broadsheet.models.series import Series
from broadsheet.models.setting import Setting, Site
from broadsheet.models.spam_word import SpamWord
from broadsheet.models.submission import Submission
from broadsheet.models.tag import PostTag, Tag
from broadsheet.models.upload import Upload, UploadAlias
from broadsheet.models.upload_use import UploadUse
from broadsheet.models.user import User, Visitor
from broadsheet.models.user_session import UserSession
from broadsheet.models.visit import Visit, VisitHour
from broadsheet.models.webhook import Webhook
from broadsheet.models.webhook_delivery import WebhookAttempt, WebhookDelivery

__all__ = [
    "NUMBERED_ONCE",
    "Ability",
    "Actor",
    "Alias",
    "ApiToken",
    "AuthenticatorApp",
    "ChoreRun",
    "Correction",
    "Edition",
    "EmailChange",
    "Event",
    "IdempotencyKey",
    "ImportedFile",
    "Invitation",
    "Job",
    "Link",
    "ListCount",
    "ListEntry",
    "Message",
    "Note",
    "OutgoingAddress",
    "Page",
    "PartList",
    "Passkey",
    "PasskeyChallenge",
    "Post",
    "PostAuthor",
    "PostList",
    "PostTag",
    "Presence",
    "PreviewLink",
    "Reason",
    "RecoveryCode",
    "RelatedPost",
    "Reply",
    "Review",
    "Revision",
    "Role",
    "Scope",
    "SearchText",
    "Series",
    "Setting",
    "Site",
    "SpamWord",
    "Submission",
    "Tag",
    "Upload",
    "UploadAlias",
    "UploadUse",
    "User",
    "UserSession",
    "Visit",
    "VisitHour",
    "Visitor",
    "Webhook",
    "WebhookAttempt",
    "WebhookDelivery",
    "acting",
]
