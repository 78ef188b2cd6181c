"""Which role may do what."""

from enum import StrEnum


class Role(StrEnum):
    """From least to most; each may do all that the one before it may."""

    READER = "reader"
    AUTHOR = "author"
    EDITOR = "editor"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        return list(Role).index(self)


class Ability(StrEnum):
    HAVE_ACCOUNT = "have an account"
    WRITE = "write, publish and trash own posts"
    UPLOAD = "upload media"
    EDIT_ALL_POSTS = "edit everybody's posts and pin them"
    EDIT_PAGES = "edit pages and the navigation"
    EDIT_TOPICS = "edit tags and series"
    READ_INCOMING = "read messages and submissions"
    DELETE_FOR_GOOD = "delete for good"
    MANAGE_PEOPLE = "invite people, give roles, suspend"
    CHANGE_SETTINGS = "change the site's settings"
    SEE_ACTIVITY = "see who did what"


LEAST_ROLE: dict[Ability, Role] = {
    Ability.HAVE_ACCOUNT: Role.READER,
    Ability.WRITE: Role.AUTHOR,
    Ability.UPLOAD: Role.AUTHOR,
    Ability.EDIT_ALL_POSTS: Role.EDITOR,
    Ability.EDIT_PAGES: Role.EDITOR,
    Ability.EDIT_TOPICS: Role.EDITOR,
    Ability.READ_INCOMING: Role.EDITOR,
    Ability.DELETE_FOR_GOOD: Role.EDITOR,
    Ability.MANAGE_PEOPLE: Role.ADMIN,
    Ability.CHANGE_SETTINGS: Role.ADMIN,
    Ability.SEE_ACTIVITY: Role.ADMIN,
}


# Of whom the site can demand a second factor: as the setting names them → from which role on.
SECOND_FACTOR_OF: dict[str, Role | None] = {
    "nobody": None,
    "admins": Role.ADMIN,
    "editors": Role.EDITOR,
    "all": Role.READER,
}


def roles_with(ability: Ability) -> list[Role]:
    return [role for role in Role if role.rank >= LEAST_ROLE[ability].rank]
