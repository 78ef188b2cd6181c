"""What a token of the API is good for. It narrows what its person may do, and never widens it."""

from enum import StrEnum

from broadsheet.models.role import Ability


class Scope(StrEnum):
    CONTENT_READ = "content:read"
    CONTENT_WRITE = "content:write"
    CONTENT_PUBLISH = "content:publish"
    MEDIA_READ = "media:read"
    MEDIA_WRITE = "media:write"
    INBOX_READ = "inbox:read"
    INBOX_WRITE = "inbox:write"
    PEOPLE_READ = "people:read"
    PEOPLE_WRITE = "people:write"
    SITE_READ = "site:read"
    SITE_WRITE = "site:write"
    ACTIVITY_READ = "activity:read"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"
    ACCOUNT_READ = "account:read"
    ACCOUNT_WRITE = "account:write"

    @property
    def group(self) -> str:
        return self.value.partition(":")[0]

    @property
    def deed(self) -> str:
        return self.value.partition(":")[2]

    def covers(self, other: "Scope") -> bool:
        """Whoever may write or publish something may read it."""
        return self is other or (self.group == other.group and other.deed == "read")


# The least that a person must be able to do for a token with the scope to open anything.
NEEDED: dict[Scope, Ability] = {
    Scope.CONTENT_READ: Ability.WRITE,
    Scope.CONTENT_WRITE: Ability.WRITE,
    Scope.CONTENT_PUBLISH: Ability.WRITE,
    Scope.MEDIA_READ: Ability.UPLOAD,
    Scope.MEDIA_WRITE: Ability.UPLOAD,
    Scope.INBOX_READ: Ability.READ_INCOMING,
    Scope.INBOX_WRITE: Ability.READ_INCOMING,
    Scope.PEOPLE_READ: Ability.MANAGE_PEOPLE,
    Scope.PEOPLE_WRITE: Ability.MANAGE_PEOPLE,
    Scope.SITE_READ: Ability.EDIT_PAGES,
    Scope.SITE_WRITE: Ability.EDIT_PAGES,
    Scope.ACTIVITY_READ: Ability.WRITE,
    Scope.WEBHOOKS_READ: Ability.CHANGE_SETTINGS,
    Scope.WEBHOOKS_WRITE: Ability.CHANGE_SETTINGS,
    Scope.ACCOUNT_READ: Ability.HAVE_ACCOUNT,
    Scope.ACCOUNT_WRITE: Ability.HAVE_ACCOUNT,
}
