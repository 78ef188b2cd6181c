"""The roles in words."""

from typing import Any

from flask_babel import lazy_gettext as _

from broadsheet.models import Role

ROLES: dict[Role, tuple[Any, Any]] = {
    Role.READER: (_("Reader"), _("has an account, and nothing to do at the desk")),
    Role.AUTHOR: (_("Author"), _("writes and publishes own posts, uploads pictures")),
    Role.EDITOR: (_("Editor"), _("edits everybody's posts and the pages, reads what comes in")),
    Role.ADMIN: (_("Admin"), _("does all of that, invites people and changes the settings")),
}


def role_choices() -> list[tuple[str, str]]:
    return [(role.value, f"{name}: {what}") for role, (name, what) in ROLES.items()]
