"""Who may ask for what: one row for each endpoint, enforced before any view runs.

Which role has which ability is said in models/role.py. Whether somebody may touch *this* post is asked by
the view through the query that it loads with (`Post.editable_by(current_user)`).
"""

import logging
from enum import Enum
from typing import NamedTuple

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from broadsheet.models import Ability, Scope
from broadsheet.web import bearer
from broadsheet.web.current_site import site
from broadsheet.web.errors import wants_json
from broadsheet.web.problems import is_for_api

log = logging.getLogger(__name__)


class Anyone(Enum):
    ANYONE = "anyone"


ANYONE = Anyone.ANYONE


class Demand(NamedTuple):
    """Of a program: what its person must be able to do, and what its token must be good for."""

    ability: Ability
    scope: Scope


ACCESS: dict[str, Ability | Demand | Anyone] = {
    # Visitors
    "home.index": ANYONE,
    "about.show": ANYONE,
    "contact.new": ANYONE,
    "contact.create": ANYONE,
    "contact.thanks": ANYONE,
    "submit.new": ANYONE,
    "submit.create": ANYONE,
    "submit.thanks": ANYONE,
    "posts.short": ANYONE,
    "posts.show": ANYONE,
    "posts.markdown": ANYONE,
    "posts.short_markdown": ANYONE,
    # A draft by a signed link: the view asks whether it is open
    "previews.show": ANYONE,
    "previews.create": ANYONE,
    "people.index": ANYONE,
    "people.show": ANYONE,
    "topics.tags": ANYONE,
    "topics.all_series": ANYONE,
    "topics.tag": ANYONE,
    "topics.series": ANYONE,
    "topics.archive": ANYONE,
    "feeds.of_site": ANYONE,
    "feeds.of_tag": ANYONE,
    "feeds.of_series": ANYONE,
    "feeds.of_person": ANYONE,
    "feeds.of_period": ANYONE,
    "feeds.usual": ANYONE,
    "feeds.style": ANYONE,
    "sitemap.index": ANYONE,
    "sitemap.part": ANYONE,
    "well_known.robots": ANYONE,
    "well_known.security": ANYONE,
    "search.index": ANYONE,
    "search.results": ANYONE,
    "search.description": ANYONE,
    "pages.show": ANYONE,
    "pages.markdown": ANYONE,
    "uploads.show": ANYONE,
    "icons.show": ANYONE,
    "icons.drawing": ANYONE,
    "icons.favicon": ANYONE,
    "icons.touch_icon": ANYONE,
    "icons.manifest": ANYONE,
    "cards.home": ANYONE,
    "cards.post": ANYONE,
    "cards.page": ANYONE,
    "cards.person": ANYONE,
    "cards.tag": ANYONE,
    "cards.series": ANYONE,
    "themes.show": ANYONE,
    "static": ANYONE,
    "health.live": ANYONE,
    "health.ready": ANYONE,
    "metrics.show": ANYONE,  # the view asks for a token
    # Accounts: what takes a token checks it itself
    "account.setup": ANYONE,
    "account.login": ANYONE,
    "account.logout": ANYONE,
    "account.invitation": ANYONE,
    "account.forgot": ANYONE,
    "account.reset": ANYONE,
    "account.undo_email": ANYONE,
    "account.session": ANYONE,
    "account.second_step": ANYONE,
    "account.passkey": ANYONE,
    "account.passkey_options": ANYONE,
    "account.profile": Ability.HAVE_ACCOUNT,
    "account.password": Ability.HAVE_ACCOUNT,
    "account.email": Ability.HAVE_ACCOUNT,
    "account.withdraw_email": Ability.HAVE_ACCOUNT,
    "account.confirm_email": Ability.HAVE_ACCOUNT,
    "account.tokens": Ability.HAVE_ACCOUNT,
    "account.revoke_token": Ability.HAVE_ACCOUNT,
    "account.reinstate_token": Ability.HAVE_ACCOUNT,
    "account.sessions": Ability.HAVE_ACCOUNT,
    "account.revoke": Ability.HAVE_ACCOUNT,
    "account.revoke_others": Ability.HAVE_ACCOUNT,
    "account.confirmation": Ability.HAVE_ACCOUNT,
    "account.second_factors": Ability.HAVE_ACCOUNT,
    "account.authenticator_app": Ability.HAVE_ACCOUNT,
    "account.offer_app": Ability.HAVE_ACCOUNT,
    "account.remove_app": Ability.HAVE_ACCOUNT,
    "account.make_recovery_codes": Ability.HAVE_ACCOUNT,
    "account.add_passkey": Ability.HAVE_ACCOUNT,
    "account.options_to_add_passkey": Ability.HAVE_ACCOUNT,
    "account.remove_passkey": Ability.HAVE_ACCOUNT,
    "account.confirm_by_passkey": Ability.HAVE_ACCOUNT,
    "account.options_to_confirm": Ability.HAVE_ACCOUNT,
    # The desk: posts
    "desk.home": Ability.WRITE,
    "desk.figures": Ability.WRITE,
    "desk.jump.show": Ability.WRITE,
    "desk.posts.index": Ability.WRITE,
    "desk.posts.new": Ability.WRITE,
    "desk.posts.create": Ability.WRITE,
    "desk.posts.show": Ability.WRITE,
    "desk.posts.edit": Ability.WRITE,
    "desk.posts.update": Ability.WRITE,
    "desk.posts.destroy": Ability.DELETE_FOR_GOOD,
    # The desk: what posts and pages share; whether it is a page that one may not edit, its query asks
    "desk.previews.show": Ability.WRITE,
    "desk.previews.create": Ability.WRITE,
    "desk.preview_links.index": Ability.WRITE,
    "desk.preview_links.create": Ability.WRITE,
    "desk.preview_links.revoke": Ability.WRITE,
    "desk.preview_links.reinstate": Ability.WRITE,
    "desk.notes.index": Ability.WRITE,
    "desk.notes.create": Ability.WRITE,
    "desk.notes.resolve": Ability.WRITE,
    "desk.notes.reopen": Ability.WRITE,
    "desk.notes.destroy": Ability.WRITE,
    "desk.corrections.index": Ability.WRITE,
    "desk.corrections.create": Ability.WRITE,
    "desk.corrections.destroy": Ability.WRITE,
    "desk.publications.create": Ability.WRITE,
    "desk.publications.end": Ability.WRITE,
    "desk.publications.destroy": Ability.WRITE,
    "desk.publications.restore": Ability.WRITE,
    "desk.autosaves.create": Ability.WRITE,
    "desk.autosaves.destroy": Ability.WRITE,
    "desk.presences.create": Ability.WRITE,
    "desk.held_changes.destroy": Ability.WRITE,
    "desk.resolutions.create": Ability.WRITE,
    "desk.resolutions.edit": Ability.WRITE,
    "desk.comparisons.show": Ability.WRITE,
    "desk.milestones.create": Ability.WRITE,
    "desk.milestones.destroy": Ability.WRITE,
    "desk.trash.create": Ability.WRITE,
    "desk.trash.destroy": Ability.WRITE,
    "desk.trash.empty": Ability.DELETE_FOR_GOOD,
    "desk.selections.update": Ability.WRITE,
    "desk.selections.undo": Ability.WRITE,
    "desk.pins.create": Ability.EDIT_ALL_POSTS,
    "desk.pins.destroy": Ability.EDIT_ALL_POSTS,
    "desk.reviews.index": Ability.WRITE,
    "desk.reviews.create": Ability.WRITE,
    "desk.reviews.return_": Ability.EDIT_ALL_POSTS,
    "desk.reviews.withdraw": Ability.WRITE,
    "desk.revisions.index": Ability.WRITE,
    "desk.revisions.show": Ability.WRITE,
    "desk.revisions.restore": Ability.WRITE,
    # The desk: pages and navigation
    "desk.pages.index": Ability.EDIT_PAGES,
    "desk.pages.new": Ability.EDIT_PAGES,
    "desk.pages.create": Ability.EDIT_PAGES,
    "desk.pages.show": Ability.EDIT_PAGES,
    "desk.pages.edit": Ability.EDIT_PAGES,
    "desk.pages.update": Ability.EDIT_PAGES,
    "desk.pages.destroy": Ability.DELETE_FOR_GOOD,
    "desk.navigation.edit": Ability.EDIT_PAGES,
    "desk.navigation.update": Ability.EDIT_PAGES,
    # The desk: tags and series
    "desk.tags.index": Ability.EDIT_TOPICS,
    "desk.tags.new": Ability.EDIT_TOPICS,
    "desk.tags.create": Ability.EDIT_TOPICS,
    "desk.tags.edit": Ability.EDIT_TOPICS,
    "desk.tags.update": Ability.EDIT_TOPICS,
    "desk.tags.destroy": Ability.EDIT_TOPICS,
    "desk.tags.destroy_unused": Ability.EDIT_TOPICS,
    "desk.tag_merges.new": Ability.EDIT_TOPICS,
    "desk.tag_merges.create": Ability.EDIT_TOPICS,
    "desk.tag_merges.destroy": Ability.EDIT_TOPICS,
    "desk.series.index": Ability.EDIT_TOPICS,
    "desk.series.new": Ability.EDIT_TOPICS,
    "desk.series.create": Ability.EDIT_TOPICS,
    "desk.series.edit": Ability.EDIT_TOPICS,
    "desk.series.update": Ability.EDIT_TOPICS,
    "desk.series.order": Ability.EDIT_TOPICS,
    "desk.series.destroy": Ability.EDIT_TOPICS,
    # The desk: redirects, and links to other sites
    "desk.redirects.index": Ability.EDIT_PAGES,
    "desk.redirects.create": Ability.EDIT_PAGES,
    "desk.redirects.destroy": Ability.DELETE_FOR_GOOD,
    "desk.outgoing_links.index": Ability.EDIT_ALL_POSTS,
    "desk.outgoing_links.check": Ability.EDIT_ALL_POSTS,
    "desk.outgoing_links.ignore": Ability.EDIT_ALL_POSTS,
    "desk.outgoing_links.heed": Ability.EDIT_ALL_POSTS,
    # The desk: media
    "desk.uploads.index": Ability.UPLOAD,
    "desk.uploads.choices": Ability.UPLOAD,
    "desk.uploads.create": Ability.UPLOAD,
    "desk.uploads.edit": Ability.UPLOAD,
    "desk.uploads.update": Ability.UPLOAD,
    "desk.uploads.destroy": Ability.DELETE_FOR_GOOD,
    "desk.parts.create": Ability.UPLOAD,
    "desk.parts.show": Ability.UPLOAD,
    "desk.parts.update": Ability.UPLOAD,
    "desk.parts.finish": Ability.UPLOAD,
    "desk.replacements.create": Ability.UPLOAD,
    "desk.replacements.destroy": Ability.UPLOAD,
    "desk.purges.create": Ability.DELETE_FOR_GOOD,
    # The desk: what came in
    "desk.messages.index": Ability.READ_INCOMING,
    "desk.messages.show": Ability.READ_INCOMING,
    "desk.messages.mark_read": Ability.READ_INCOMING,
    "desk.messages.mark_unread": Ability.READ_INCOMING,
    "desk.messages.destroy": Ability.DELETE_FOR_GOOD,
    "desk.judgements.create": Ability.READ_INCOMING,
    "desk.replies.create": Ability.READ_INCOMING,
    "desk.replies.show": Ability.READ_INCOMING,
    "desk.replies.deliver": Ability.READ_INCOMING,
    "desk.inbox_exports.show": Ability.READ_INCOMING,
    "desk.inbox_selections.update": Ability.READ_INCOMING,
    "desk.inbox_selections.undo": Ability.READ_INCOMING,
    "desk.inbox_trash.create": Ability.READ_INCOMING,
    "desk.inbox_trash.destroy": Ability.READ_INCOMING,
    "desk.inbox_trash.empty": Ability.DELETE_FOR_GOOD,
    "desk.submissions.index": Ability.READ_INCOMING,
    "desk.submissions.show": Ability.READ_INCOMING,
    "desk.submissions.accept": Ability.READ_INCOMING,
    "desk.submissions.decline": Ability.READ_INCOMING,
    "desk.submissions.reconsider": Ability.READ_INCOMING,
    "desk.submissions.destroy": Ability.DELETE_FOR_GOOD,
    # The desk: the site
    "desk.people.index": Ability.MANAGE_PEOPLE,
    "desk.people.edit": Ability.MANAGE_PEOPLE,
    "desk.people.update": Ability.MANAGE_PEOPLE,
    "desk.people.suspend": Ability.MANAGE_PEOPLE,
    "desk.people.reinstate": Ability.MANAGE_PEOPLE,
    "desk.people.remove_second_factors": Ability.MANAGE_PEOPLE,
    "desk.people.revoke_tokens": Ability.MANAGE_PEOPLE,
    "desk.invitations.index": Ability.MANAGE_PEOPLE,
    "desk.invitations.create": Ability.MANAGE_PEOPLE,
    "desk.invitations.destroy": Ability.MANAGE_PEOPLE,
    "desk.appearance.edit": Ability.CHANGE_SETTINGS,
    "desk.appearance.update": Ability.CHANGE_SETTINGS,
    "desk.appearance.trial": Ability.CHANGE_SETTINGS,
    "desk.settings.edit": Ability.CHANGE_SETTINGS,
    "desk.settings.update": Ability.CHANGE_SETTINGS,
    "desk.themes.index": Ability.CHANGE_SETTINGS,
    "desk.themes.update": Ability.CHANGE_SETTINGS,
    "desk.themes.preview": Ability.CHANGE_SETTINGS,
    "desk.themes.end_preview": Ability.CHANGE_SETTINGS,
    "desk.plugins.index": Ability.CHANGE_SETTINGS,
    "desk.plugins.suspend": Ability.CHANGE_SETTINGS,
    "desk.plugins.reinstate": Ability.CHANGE_SETTINGS,
    "desk.webhooks.index": Ability.CHANGE_SETTINGS,
    "desk.webhooks.new": Ability.CHANGE_SETTINGS,
    "desk.webhooks.create": Ability.CHANGE_SETTINGS,
    "desk.webhooks.show": Ability.CHANGE_SETTINGS,
    "desk.webhooks.edit": Ability.CHANGE_SETTINGS,
    "desk.webhooks.update": Ability.CHANGE_SETTINGS,
    "desk.webhooks.destroy": Ability.CHANGE_SETTINGS,
    "desk.webhook_activations.create": Ability.CHANGE_SETTINGS,
    "desk.webhook_activations.destroy": Ability.CHANGE_SETTINGS,
    "desk.webhook_secrets.show": Ability.CHANGE_SETTINGS,
    "desk.webhook_secrets.create": Ability.CHANGE_SETTINGS,
    "desk.webhook_deliveries.test": Ability.CHANGE_SETTINGS,
    "desk.webhook_deliveries.show": Ability.CHANGE_SETTINGS,
    "desk.webhook_deliveries.send_again": Ability.CHANGE_SETTINGS,
    "desk.activity.index": Ability.SEE_ACTIVITY,
    "desk.activity.export": Ability.SEE_ACTIVITY,
    "desk.errors.index": Ability.SEE_ACTIVITY,
    # The API. What anyone may ask for tells strangers of what is public, and others of what they may edit
    "api.root.show": ANYONE,
    "api_docs.index": ANYONE,
    "api_docs.results": ANYONE,
    "api_docs.show": ANYONE,
    "api.openapi.show": ANYONE,
    "api.posts.index": ANYONE,
    "api.posts.create": Demand(Ability.WRITE, Scope.CONTENT_WRITE),
    "api.posts.show": ANYONE,
    "api.posts.replace": Demand(Ability.WRITE, Scope.CONTENT_WRITE),
    "api.posts.change": Demand(Ability.WRITE, Scope.CONTENT_WRITE),
    "api.posts.destroy": Demand(Ability.WRITE, Scope.CONTENT_WRITE),
    "api.posts.show_publication": Demand(Ability.WRITE, Scope.CONTENT_READ),
    "api.posts.publish": Demand(Ability.WRITE, Scope.CONTENT_PUBLISH),
    "api.posts.unpublish": Demand(Ability.WRITE, Scope.CONTENT_PUBLISH),
    "api.posts.give_up_held_changes": Demand(Ability.WRITE, Scope.CONTENT_WRITE),
    "api.posts.recover": Demand(Ability.WRITE, Scope.CONTENT_WRITE),
    "api.posts.list_revisions": Demand(Ability.WRITE, Scope.CONTENT_READ),
    "api.posts.show_revision": Demand(Ability.WRITE, Scope.CONTENT_READ),
    "api.posts.restore_revision": Demand(Ability.WRITE, Scope.CONTENT_WRITE),
    "api.posts.name_revision": Demand(Ability.WRITE, Scope.CONTENT_WRITE),
    "api.posts.unname_revision": Demand(Ability.WRITE, Scope.CONTENT_WRITE),
    "api.posts.compare_revisions": Demand(Ability.WRITE, Scope.CONTENT_READ),
    "api.posts.list_reviews": Demand(Ability.WRITE, Scope.CONTENT_READ),
    "api.posts.show_review": Demand(Ability.WRITE, Scope.CONTENT_READ),
    "api.posts.request_review": Demand(Ability.WRITE, Scope.CONTENT_WRITE),
    "api.posts.return_review": Demand(Ability.EDIT_ALL_POSTS, Scope.CONTENT_WRITE),
    "api.posts.withdraw_review": Demand(Ability.WRITE, Scope.CONTENT_WRITE),
    "api.posts.list_notes": Demand(Ability.WRITE, Scope.CONTENT_READ),
    "api.posts.show_note": Demand(Ability.WRITE, Scope.CONTENT_READ),
    "api.posts.leave_note": Demand(Ability.WRITE, Scope.CONTENT_WRITE),
    "api.posts.resolve_note": Demand(Ability.WRITE, Scope.CONTENT_WRITE),
    "api.posts.reopen_note": Demand(Ability.WRITE, Scope.CONTENT_WRITE),
    "api.posts.delete_note": Demand(Ability.WRITE, Scope.CONTENT_WRITE),
    "api.posts.list_preview_links": Demand(Ability.WRITE, Scope.CONTENT_READ),
    "api.posts.show_preview_link": Demand(Ability.WRITE, Scope.CONTENT_READ),
    "api.posts.create_preview_link": Demand(Ability.WRITE, Scope.CONTENT_WRITE),
    "api.posts.revoke_preview_link": Demand(Ability.WRITE, Scope.CONTENT_WRITE),
    "api.posts.reinstate_preview_link": Demand(Ability.WRITE, Scope.CONTENT_WRITE),
    "api.posts.list_corrections": ANYONE,
    "api.posts.show_correction": ANYONE,
    "api.posts.correct": Demand(Ability.WRITE, Scope.CONTENT_PUBLISH),
    "api.posts.delete_correction": Demand(Ability.WRITE, Scope.CONTENT_PUBLISH),
    "api.posts.pin": Demand(Ability.EDIT_ALL_POSTS, Scope.CONTENT_PUBLISH),
    "api.posts.unpin": Demand(Ability.EDIT_ALL_POSTS, Scope.CONTENT_PUBLISH),
    "api.pages.index": ANYONE,
    "api.pages.create": Demand(Ability.EDIT_PAGES, Scope.CONTENT_WRITE),
    "api.pages.show": ANYONE,
    "api.pages.replace": Demand(Ability.EDIT_PAGES, Scope.CONTENT_WRITE),
    "api.pages.change": Demand(Ability.EDIT_PAGES, Scope.CONTENT_WRITE),
    "api.pages.destroy": Demand(Ability.EDIT_PAGES, Scope.CONTENT_WRITE),
    "api.pages.show_publication": Demand(Ability.EDIT_PAGES, Scope.CONTENT_READ),
    "api.pages.publish": Demand(Ability.EDIT_PAGES, Scope.CONTENT_PUBLISH),
    "api.pages.unpublish": Demand(Ability.EDIT_PAGES, Scope.CONTENT_PUBLISH),
    "api.pages.give_up_held_changes": Demand(Ability.EDIT_PAGES, Scope.CONTENT_WRITE),
    "api.pages.recover": Demand(Ability.EDIT_PAGES, Scope.CONTENT_WRITE),
    "api.pages.list_revisions": Demand(Ability.EDIT_PAGES, Scope.CONTENT_READ),
    "api.pages.show_revision": Demand(Ability.EDIT_PAGES, Scope.CONTENT_READ),
    "api.pages.restore_revision": Demand(Ability.EDIT_PAGES, Scope.CONTENT_WRITE),
    "api.pages.name_revision": Demand(Ability.EDIT_PAGES, Scope.CONTENT_WRITE),
    "api.pages.unname_revision": Demand(Ability.EDIT_PAGES, Scope.CONTENT_WRITE),
    "api.pages.compare_revisions": Demand(Ability.EDIT_PAGES, Scope.CONTENT_READ),
    "api.pages.list_reviews": Demand(Ability.EDIT_PAGES, Scope.CONTENT_READ),
    "api.pages.show_review": Demand(Ability.EDIT_PAGES, Scope.CONTENT_READ),
    "api.pages.request_review": Demand(Ability.EDIT_PAGES, Scope.CONTENT_WRITE),
    "api.pages.return_review": Demand(Ability.EDIT_PAGES, Scope.CONTENT_WRITE),
    "api.pages.withdraw_review": Demand(Ability.EDIT_PAGES, Scope.CONTENT_WRITE),
    "api.pages.list_notes": Demand(Ability.EDIT_PAGES, Scope.CONTENT_READ),
    "api.pages.show_note": Demand(Ability.EDIT_PAGES, Scope.CONTENT_READ),
    "api.pages.leave_note": Demand(Ability.EDIT_PAGES, Scope.CONTENT_WRITE),
    "api.pages.resolve_note": Demand(Ability.EDIT_PAGES, Scope.CONTENT_WRITE),
    "api.pages.reopen_note": Demand(Ability.EDIT_PAGES, Scope.CONTENT_WRITE),
    "api.pages.delete_note": Demand(Ability.EDIT_PAGES, Scope.CONTENT_WRITE),
    "api.pages.list_preview_links": Demand(Ability.EDIT_PAGES, Scope.CONTENT_READ),
    "api.pages.show_preview_link": Demand(Ability.EDIT_PAGES, Scope.CONTENT_READ),
    "api.pages.create_preview_link": Demand(Ability.EDIT_PAGES, Scope.CONTENT_WRITE),
    "api.pages.revoke_preview_link": Demand(Ability.EDIT_PAGES, Scope.CONTENT_WRITE),
    "api.pages.reinstate_preview_link": Demand(Ability.EDIT_PAGES, Scope.CONTENT_WRITE),
    "api.trash.posts": Demand(Ability.DELETE_FOR_GOOD, Scope.CONTENT_WRITE),
    "api.trash.pages": Demand(Ability.DELETE_FOR_GOOD, Scope.CONTENT_WRITE),
    "api.proofs.create": Demand(Ability.WRITE, Scope.CONTENT_WRITE),
    "api.tags.index": ANYONE,
    "api.tags.create": Demand(Ability.EDIT_TOPICS, Scope.CONTENT_WRITE),
    "api.tags.show": ANYONE,
    "api.tags.replace": Demand(Ability.EDIT_TOPICS, Scope.CONTENT_PUBLISH),
    "api.tags.change": Demand(Ability.EDIT_TOPICS, Scope.CONTENT_PUBLISH),
    "api.tags.destroy": Demand(Ability.EDIT_TOPICS, Scope.CONTENT_PUBLISH),
    "api.tags.merge": Demand(Ability.EDIT_TOPICS, Scope.CONTENT_PUBLISH),
    "api.tags.separate": Demand(Ability.EDIT_TOPICS, Scope.CONTENT_PUBLISH),
    "api.series.index": ANYONE,
    "api.series.create": Demand(Ability.EDIT_TOPICS, Scope.CONTENT_WRITE),
    "api.series.show": ANYONE,
    "api.series.replace": Demand(Ability.EDIT_TOPICS, Scope.CONTENT_PUBLISH),
    "api.series.change": Demand(Ability.EDIT_TOPICS, Scope.CONTENT_PUBLISH),
    "api.series.destroy": Demand(Ability.EDIT_TOPICS, Scope.CONTENT_PUBLISH),
    "api.series.order": Demand(Ability.EDIT_TOPICS, Scope.CONTENT_READ),
    "api.series.put_in_order": Demand(Ability.EDIT_TOPICS, Scope.CONTENT_PUBLISH),
    "api.uploads.index": Demand(Ability.UPLOAD, Scope.MEDIA_READ),
    "api.uploads.create": Demand(Ability.UPLOAD, Scope.MEDIA_WRITE),
    "api.uploads.show": Demand(Ability.UPLOAD, Scope.MEDIA_READ),
    "api.uploads.uses": Demand(Ability.UPLOAD, Scope.MEDIA_READ),
    "api.uploads.change": Demand(Ability.UPLOAD, Scope.MEDIA_WRITE),
    "api.uploads.destroy": Demand(Ability.DELETE_FOR_GOOD, Scope.MEDIA_WRITE),
    "api.uploads.replace": Demand(Ability.UPLOAD, Scope.MEDIA_WRITE),
    "api.uploads.replacements": Demand(Ability.UPLOAD, Scope.MEDIA_READ),
    "api.uploads.restore": Demand(Ability.UPLOAD, Scope.MEDIA_WRITE),
    "api.parts.create": Demand(Ability.UPLOAD, Scope.MEDIA_WRITE),
    "api.parts.show": Demand(Ability.UPLOAD, Scope.MEDIA_WRITE),
    "api.parts.change": Demand(Ability.UPLOAD, Scope.MEDIA_WRITE),
    "api.parts.finish": Demand(Ability.UPLOAD, Scope.MEDIA_WRITE),
    "api.people.index": ANYONE,
    "api.people.show": ANYONE,
    "api.people.replace": Demand(Ability.MANAGE_PEOPLE, Scope.PEOPLE_WRITE),
    "api.people.change": Demand(Ability.MANAGE_PEOPLE, Scope.PEOPLE_WRITE),
    "api.people.suspend": Demand(Ability.MANAGE_PEOPLE, Scope.PEOPLE_WRITE),
    "api.people.reinstate": Demand(Ability.MANAGE_PEOPLE, Scope.PEOPLE_WRITE),
    "api.people.remove_second_factors": Demand(Ability.MANAGE_PEOPLE, Scope.PEOPLE_WRITE),
    "api.people.revoke_tokens": Demand(Ability.MANAGE_PEOPLE, Scope.PEOPLE_WRITE),
    "api.invitations.index": Demand(Ability.MANAGE_PEOPLE, Scope.PEOPLE_READ),
    "api.invitations.create": Demand(Ability.MANAGE_PEOPLE, Scope.PEOPLE_WRITE),
    "api.invitations.show": Demand(Ability.MANAGE_PEOPLE, Scope.PEOPLE_READ),
    "api.invitations.destroy": Demand(Ability.MANAGE_PEOPLE, Scope.PEOPLE_WRITE),
    "api.me.show": Ability.HAVE_ACCOUNT,  # whatever the token is good for
    "api.me.change": Demand(Ability.HAVE_ACCOUNT, Scope.ACCOUNT_WRITE),
    "api.tokens.index": Demand(Ability.HAVE_ACCOUNT, Scope.ACCOUNT_READ),
    "api.tokens.show": Demand(Ability.HAVE_ACCOUNT, Scope.ACCOUNT_READ),
    "api.tokens.revoke": Demand(Ability.HAVE_ACCOUNT, Scope.ACCOUNT_WRITE),
    "api.tokens.current": Ability.HAVE_ACCOUNT,
    "api.tokens.revoke_current": Ability.HAVE_ACCOUNT,
    "api.site.show": ANYONE,
    "api.settings.show": Demand(Ability.CHANGE_SETTINGS, Scope.SITE_READ),
    "api.settings.replace": Demand(Ability.CHANGE_SETTINGS, Scope.SITE_WRITE),
    "api.settings.change": Demand(Ability.CHANGE_SETTINGS, Scope.SITE_WRITE),
    "api.navigation.show": Demand(Ability.EDIT_PAGES, Scope.SITE_READ),
    "api.navigation.replace": Demand(Ability.EDIT_PAGES, Scope.SITE_WRITE),
    "api.appearance.show": Demand(Ability.CHANGE_SETTINGS, Scope.SITE_READ),
    "api.appearance.replace": Demand(Ability.CHANGE_SETTINGS, Scope.SITE_WRITE),
    "api.appearance.change": Demand(Ability.CHANGE_SETTINGS, Scope.SITE_WRITE),
    "api.themes.index": Demand(Ability.CHANGE_SETTINGS, Scope.SITE_READ),
    "api.themes.chosen": Demand(Ability.CHANGE_SETTINGS, Scope.SITE_READ),
    "api.themes.choose": Demand(Ability.CHANGE_SETTINGS, Scope.SITE_WRITE),
    "api.webhooks.index": Demand(Ability.CHANGE_SETTINGS, Scope.WEBHOOKS_READ),
    "api.webhooks.create": Demand(Ability.CHANGE_SETTINGS, Scope.WEBHOOKS_WRITE),
    "api.webhooks.show": Demand(Ability.CHANGE_SETTINGS, Scope.WEBHOOKS_READ),
    "api.webhooks.replace": Demand(Ability.CHANGE_SETTINGS, Scope.WEBHOOKS_WRITE),
    "api.webhooks.change": Demand(Ability.CHANGE_SETTINGS, Scope.WEBHOOKS_WRITE),
    "api.webhooks.destroy": Demand(Ability.CHANGE_SETTINGS, Scope.WEBHOOKS_WRITE),
    "api.webhooks.change_secret": Demand(Ability.CHANGE_SETTINGS, Scope.WEBHOOKS_WRITE),
    "api.webhooks.activate": Demand(Ability.CHANGE_SETTINGS, Scope.WEBHOOKS_WRITE),
    "api.webhooks.deactivate": Demand(Ability.CHANGE_SETTINGS, Scope.WEBHOOKS_WRITE),
    "api.webhook_deliveries.index": Demand(Ability.CHANGE_SETTINGS, Scope.WEBHOOKS_READ),
    "api.webhook_deliveries.show": Demand(Ability.CHANGE_SETTINGS, Scope.WEBHOOKS_READ),
    "api.webhook_deliveries.test": Demand(Ability.CHANGE_SETTINGS, Scope.WEBHOOKS_WRITE),
    "api.webhook_deliveries.send_again": Demand(Ability.CHANGE_SETTINGS, Scope.WEBHOOKS_WRITE),
    "api.messages.index": Demand(Ability.READ_INCOMING, Scope.INBOX_READ),
    "api.messages.show": Demand(Ability.READ_INCOMING, Scope.INBOX_READ),
    "api.messages.judge": Demand(Ability.READ_INCOMING, Scope.INBOX_WRITE),
    "api.messages.withdraw_judgement": Demand(Ability.READ_INCOMING, Scope.INBOX_WRITE),
    "api.messages.destroy": Demand(Ability.READ_INCOMING, Scope.INBOX_WRITE),
    "api.messages.recover": Demand(Ability.READ_INCOMING, Scope.INBOX_WRITE),
    "api.messages.replies": Demand(Ability.READ_INCOMING, Scope.INBOX_READ),
    "api.messages.reply": Demand(Ability.READ_INCOMING, Scope.INBOX_WRITE),
    "api.trash.messages": Demand(Ability.DELETE_FOR_GOOD, Scope.INBOX_WRITE),
    "api.submissions.index": Demand(Ability.READ_INCOMING, Scope.INBOX_READ),
    "api.submissions.show": Demand(Ability.READ_INCOMING, Scope.INBOX_READ),
    "api.submissions.judge": Demand(Ability.READ_INCOMING, Scope.INBOX_WRITE),
    "api.submissions.withdraw_judgement": Demand(Ability.READ_INCOMING, Scope.INBOX_WRITE),
    "api.submissions.destroy": Demand(Ability.READ_INCOMING, Scope.INBOX_WRITE),
    "api.submissions.recover": Demand(Ability.READ_INCOMING, Scope.INBOX_WRITE),
    "api.submissions.replies": Demand(Ability.READ_INCOMING, Scope.INBOX_READ),
    "api.submissions.reply": Demand(Ability.READ_INCOMING, Scope.INBOX_WRITE),
    "api.trash.submissions": Demand(Ability.DELETE_FOR_GOOD, Scope.INBOX_WRITE),
    "api.messages.change": Demand(Ability.READ_INCOMING, Scope.INBOX_WRITE),
    "api.submissions.accept": Demand(Ability.READ_INCOMING, Scope.INBOX_WRITE),
    "api.submissions.decline": Demand(Ability.READ_INCOMING, Scope.INBOX_WRITE),
    "api.submissions.reconsider": Demand(Ability.READ_INCOMING, Scope.INBOX_WRITE),
    "api.replies.show": Demand(Ability.READ_INCOMING, Scope.INBOX_READ),
    "api.replies.deliver": Demand(Ability.READ_INCOMING, Scope.INBOX_WRITE),
    "api.activity.index": Demand(Ability.SEE_ACTIVITY, Scope.ACTIVITY_READ),
    "api.activity.show": Demand(Ability.SEE_ACTIVITY, Scope.ACTIVITY_READ),
    "api.errors.index": Demand(Ability.SEE_ACTIVITY, Scope.ACTIVITY_READ),
    "api.outgoing_links.index": Demand(Ability.EDIT_ALL_POSTS, Scope.CONTENT_READ),
    "api.outgoing_links.show": Demand(Ability.EDIT_ALL_POSTS, Scope.CONTENT_READ),
    "api.outgoing_links.check": Demand(Ability.EDIT_ALL_POSTS, Scope.CONTENT_WRITE),
    "api.outgoing_links.ignore": Demand(Ability.EDIT_ALL_POSTS, Scope.CONTENT_WRITE),
    "api.outgoing_links.heed": Demand(Ability.EDIT_ALL_POSTS, Scope.CONTENT_WRITE),
    "api.redirects.index": Demand(Ability.EDIT_PAGES, Scope.SITE_READ),
    "api.redirects.create": Demand(Ability.EDIT_PAGES, Scope.SITE_WRITE),
    "api.redirects.show": Demand(Ability.EDIT_PAGES, Scope.SITE_READ),
    "api.redirects.destroy": Demand(Ability.DELETE_FOR_GOOD, Scope.SITE_WRITE),
    "api.search.index": ANYONE,
    "api.visits.show": Demand(Ability.WRITE, Scope.ACTIVITY_READ),
    "api.edition.show": ANYONE,
    "api.batches.create": Ability.HAVE_ACCOUNT,  # each of its calls is asked for as if it came alone
}

# What asks for the password once more unless somebody has just signed in, and where one is led after that.
SENSITIVE = {
    "account.email": "account.email",
    "account.second_factors": "account.second_factors",
    "account.authenticator_app": "account.second_factors",
    "account.offer_app": "account.second_factors",
    "account.remove_app": "account.second_factors",
    "account.make_recovery_codes": "account.second_factors",
    "account.add_passkey": "account.second_factors",
    "account.options_to_add_passkey": "account.second_factors",
    "account.remove_passkey": "account.second_factors",
    "account.tokens": "account.tokens",
    "account.reinstate_token": "account.tokens",
    "desk.people.remove_second_factors": "desk.people.edit",
    "desk.webhook_secrets.show": "desk.webhook_secrets.show",
    "desk.webhook_secrets.create": "desk.webhook_secrets.show",
}

# What is open to somebody who must have a second factor, and has none yet: the way to one.
WAY_TO_A_SECOND_FACTOR = {
    *("account.confirmation", "account.second_factors", "account.authenticator_app", "account.offer_app"),
    *("account.make_recovery_codes", "account.add_passkey", "account.options_to_add_passkey"),
}


def init_app(app: Flask) -> None:
    app.extensions["broadsheet_access"] = {}  # rows of what plugins add
    app.before_request(guard)
    app.jinja_env.globals["Ability"] = Ability


def row_of(endpoint: str) -> Ability | Demand | Anyone | None:
    return ACCESS.get(endpoint) or current_app.extensions["broadsheet_access"].get(endpoint)


def guard() -> ResponseReturnValue | None:
    """Refuses before the view runs; an endpoint without a row is refused to everybody."""
    if request.endpoint is None:
        return None
    required = row_of(request.endpoint)
    if is_for_api():
        guard_api(required)
        return None
    if required is ANYONE:
        return None
    if required is None or isinstance(required, Demand):
        abort(403)
    if not current_user.is_authenticated:
        if request.method in ("GET", "HEAD") and not wants_json():
            return redirect(url_for("account.login", next=request.full_path.rstrip("?")), 303)
        abort(401)
    if not current_user.can(required):
        log.warning("user %s may not ask for %s", current_user.id, request.endpoint)
        abort(403)
    return set_up_first() or confirm_first()


def guard_api(required: Ability | Demand | Anyone | None) -> None:
    """A program is led nowhere: it is told."""
    if required is None:
        abort(403)
    person = current_user
    if person.is_authenticated and site.demands_second_factor_of(person.role) and not person.factors:
        abort(
            403, "This site demands a second factor of you. Set one up in your account; then the token works."
        )
    if required is ANYONE:
        return
    bearer.demand_token()
    ability, scope = required if isinstance(required, Demand) else (required, None)
    if not person.can(ability):
        log.warning("user %s may not ask for %s", person.id, request.endpoint)
        abort(403, f"Your role does not let you {ability}.")
    if scope is not None:
        bearer.demand(scope)


def set_up_first() -> ResponseReturnValue | None:
    """Whose role demands a second factor comes no further without one."""
    if request.endpoint in WAY_TO_A_SECOND_FACTOR or not site.demands_second_factor_of(current_user.role):
        return None
    if g.user_session.second_factor or current_user.factors:
        return None
    if wants_json():
        abort(403)
    return redirect(url_for("account.second_factors"), 303)


def confirm_first() -> ResponseReturnValue | None:
    page = SENSITIVE.get(request.endpoint or "")
    if page is None or g.user_session.is_recent:
        return None
    if wants_json():
        abort(403)
    back = url_for(page, **(request.view_args or {})).partition("?")[0]
    return redirect(url_for("account.confirmation", next=back), 303)
