"""The domain. It knows no request, no template, no mail; it never commits."""

from broadsheet.models.alias import Alias
from broadsheet.models.event import Actor, Event, acting
from broadsheet.models.imported_file import ImportedFile
from broadsheet.models.invitation import Invitation
from broadsheet.models.message import Message
from broadsheet.models.page import Page
from broadsheet.models.post import Post, PostAuthor, PostTag
from broadsheet.models.revision import Reason, Revision
from broadsheet.models.role import Ability, Role
from broadsheet.models.setting import Setting, Site
from broadsheet.models.submission import Submission
from broadsheet.models.tag import Tag
from broadsheet.models.upload import Upload
from broadsheet.models.user import User, Visitor
from broadsheet.models.user_session import UserSession

__all__ = [
    "Ability",
    "Actor",
    "Alias",
    "Event",
    "ImportedFile",
    "Invitation",
    "Message",
    "Page",
    "Post",
    "PostAuthor",
    "PostTag",
    "Reason",
    "Revision",
    "Role",
    "Setting",
    "Site",
    "Submission",
    "Tag",
    "Upload",
    "User",
    "UserSession",
    "Visitor",
    "acting",
]
