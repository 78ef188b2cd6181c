"""The introduction to the API, in Markdown, and what each noun is. Its numbers are those of the code."""

from broadsheet.blueprints.api import batches
from broadsheet.blueprints.api.idempotency import LONGEST
from broadsheet.blueprints.api.listing import MOST, MOST_LARGE, USUAL
from broadsheet.blueprints.api.reading import DEEPEST
from broadsheet.config import LARGEST_TEXT, MEGABYTE, Settings
from broadsheet.lib.api_tokens import CHECKSUM, PREFIX, RANDOM
from broadsheet.models import Scope
from broadsheet.models.idempotency_key import KEPT
from broadsheet.models.role import LEAST_ROLE
from broadsheet.models.scope import NEEDED
from broadsheet.web.problems import phrase_of
from broadsheet.web.receiving import LONGEST_ADDRESS

# What of a noun is said otherwise than its module says it.
ABOUT = {
    "posts": "Dated pieces: drafts and what is published.",
    "pages": "Pages of their own, such as /about.",
    "tags": "What posts are about. They are merged where two say the same.",
    "series": "Posts that belong together, in their order.",
    "uploads": "Pictures, films, sounds and documents of the library, and where they are used.",
    "trash": "What was moved to the trash, deleted for good.",
}
GROUPS = {
    "content": "posts, pages and all that belongs to them, tags and series",
    "media": "the files of the library",
    "inbox": "messages and submissions",
    "people": "people and invitations",
    "site": "settings, navigation, redirects, appearance",
    "activity": "who did what, visits, the edition",
    "webhooks": "who is told of what happens",
    "account": "your own account",
}
DEEDS = {"read": "Read", "write": "Write", "publish": "Publish"}


def introduction() -> str:
    return f"""\
What is written and managed at the desk, programs write and manage here: by the same rules, with the same
rights. Whatever readers may see needs no token. Bodies and answers are JSON in UTF-8 unless a call says
otherwise; a moment is written as [RFC 3339](https://www.rfc-editor.org/rfc/rfc3339) has it, with its zone:
`2027-05-31T09:00:00Z`.

## Authentication

Make a token in your account, under *Tokens*. It is shown once. Send it with each request:

```text
Authorization: Bearer {PREFIX}…
```

A token is `{PREFIX}` and {RANDOM + CHECKSUM} letters and digits, the last {CHECKSUM} of which are a
checksum, so that programs that look for leaked secrets find it. It may do what its person may do, as far
as its scopes go. One that is missing, wrong, expired or revoked is answered with 401, one whose scope is
too small with 403; `WWW-Authenticate` says which ([RFC 6750](https://www.rfc-editor.org/rfc/rfc6750)).
Cookies open nothing here.

## Scopes

A scope to write or publish covers the one to read of its group.

| Scope | What it opens | From which role on |
| --- | --- | --- |
{scopes()}

A token may have a scope that its person can do nothing with yet. Where a call demands more than the
least role of its scope, it says so. Whatever readers see at once needs `{Scope.CONTENT_PUBLISH}`: also
changing, merging, ordering and deleting tags and series.

## Lists

A list comes a page at a time: `{{"items": […], "next": "https://…"}}`. Follow `next` until it is null;
the header `Link` says the same ([RFC 8288](https://www.rfc-editor.org/rfc/rfc8288)). A page begins
behind a place in the order, not at a number, so that nothing is shown twice or left out while others
write. `limit` says how many: {USUAL} unless it says otherwise, {MOST} at most. `sort` says in which
order, `fields` which attributes. Large ones, such as the text of a post, stand in a list only if
`fields` names them.

## Writing

`PATCH` changes what is sent, and leaves the rest; `PUT` replaces all, and empties what is left out; null
empties an attribute. What a call does not know it refuses: an attribute, a parameter, a value of another
type, a name that stands in an object twice.

## Against lost updates

Each thing is answered with an `ETag`. Send it back in `If-Match` with a change: if somebody has changed
the thing since, the answer is 412, and nothing is stored. With `If-None-Match` a read is answered with
304, without a body, while nothing has changed. Posts and pages also have a `version`: sent along with a
change, it lets what others have saved since be merged with yours; 409 tells where both contradict each
other.

## Sending again

A `POST` with an `Idempotency-Key` of your own, such as a UUID (1 to {LONGEST} letters, digits and signs
without spaces), is done once, however often it is sent within {hours(KEPT.total_seconds())} hours: sent
again, it gets the same answer, with `Idempotent-Replayed: true`. `GET`, `PUT`, `PATCH` and `DELETE` can
be sent again as they are.

## Problems

What went wrong is told as problem details ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)), in
`application/problem+json`: `detail` says what to do, and `errors` where, by a `pointer` into the body, a
`parameter` of the address or a `header`. The log of the server knows the request by its `request_id`.

```json
{{
  "type": "about:blank",
  "title": "{phrase_of(422)}",
  "status": 422,
  "detail": "Some of it cannot be right. Nothing was stored.",
  "errors": [{{"pointer": "/title", "detail": "Readers need a title."}}],
  "request_id": "9f2c4b7a1d3e5f60"
}}
```

A call that is refused has stored nothing.

## Limits

| What | At most | Beyond it |
| --- | --- | --- |
| A body, but for files | {LARGEST_TEXT // MEGABYTE} MB | 413 |
| Objects and lists within each other | {DEEPEST} levels | 400 |
| An address | {LONGEST_ADDRESS} characters | 414 |
| Items on a page of a list | {MOST} | 400 |
| Those with an attribute that lists leave out, such as `body` | {MOST_LARGE} | 400 |
| Calls in a batch | {batches.MOST} | 422 |
| The answers of a batch, together | {batches.LARGEST // MEGABYTE} MB | 413 for each call that is not done |
| An `Idempotency-Key` | {LONGEST} characters | 400 |
| Reads with one token | {Settings.api_reads} a minute | 429 |
| Changes with one token | {Settings.api_writes} a minute | 429 |
| A picture or document | {Settings.max_upload_size} MB | 413 |
| A film or sound | {Settings.max_media_size} MB | 413 |

The last four are the usual ones; the site's operator may have set others. At a rate limit
(429), and where the site is too busy (503), `Retry-After` says after how many seconds to come back.

## From a browser

Scripts of other sites may use the API only if the setting `api_origins` names them
([CORS](https://fetch.spec.whatwg.org/#http-cors-protocol)). It names none unless the site's operator
says so.
"""


def scopes() -> str:
    return "\n".join(
        f"| `{scope}` | {DEEDS[scope.value.partition(':')[2]]} {GROUPS.get(scope.group, scope.group)} "
        f"| {LEAST_ROLE[NEEDED[scope]]} |"
        for scope in Scope
    )


def hours(seconds: float) -> int:
    return int(seconds // 3600)
