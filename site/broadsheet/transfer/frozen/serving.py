"""What a server must know to serve the files as the site would: types, headers, redirects, long lists."""

from dataclasses import dataclass, field
from posixpath import splitext

from broadsheet.transfer.frozen.live import Answer
from broadsheet.transfer.frozen.places import Address

# Of every page, whatever it shows.
EVERYWHERE = (
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Permissions-Policy",
    "Strict-Transport-Security",
)
NONE = "'none'"
POLICY = "Content-Security-Policy"
FRESH = "public, max-age=0, must-revalidate"
FOR_EVER = "public, max-age=31536000, immutable"
UPLOADS = "/uploads/"
# Whose addresses never get other bytes, as regular expressions.
LASTING = (r"^/uploads/", r"^/icon/", r"^/static/[0-9a-f]+/", r"/card-[0-9a-f]+\.png$")
LASTING_WITH_VERSION = (r"^/theme/", r"^/search/(words|posts)/")


@dataclass
class Serving:
    """Gathered from the answers themselves."""

    headers: dict[str, str] = field(default_factory=dict)
    policies: dict[str, dict[str, None]] = field(default_factory=dict)  # directive → sources, in order
    upload_policy: str = ""
    types: dict[str, str] = field(
        default_factory=lambda: {".json": "application/json"}
    )  # `.html`, or the last part of an address → type
    downloads: set[str] = field(default_factory=set)  # endings of what a browser shall keep, not show
    redirects: dict[str, tuple[str, int]] = field(default_factory=dict)  # path, decoded → target, status
    lists: dict[str, int] = field(default_factory=dict)  # path of what has further pages → the last one
    pages_in: set[str] = field(default_factory=set)  # first parts of addresses that lead to pages: `post`

    def learn(self, address: Address, answer: Answer) -> None:
        if not self.headers:
            self.headers = {name: answer.headers[name] for name in EVERYWHERE if name in answer.headers}
        name = address.path.rpartition("/")[2]
        ending = ".html" if answer.is_html else splitext(name)[1]
        # Of some endings there are two kinds.
        key = name if name in ("feed.json", "opensearch.xml", "feed.css") else ending
        self.types.setdefault(key, answer.headers.get("Content-Type", "application/octet-stream"))
        if address.path.startswith(UPLOADS):
            self.upload_policy = answer.headers.get(POLICY, "")
            if answer.headers.get("Content-Disposition", "").startswith("attachment"):
                self.downloads.add(ending)
        elif answer.is_html:
            self._allow(answer.headers.get(POLICY, ""))
            first, slash, _rest = address.path.lstrip("/").partition("/")
            if slash:
                self.pages_in.add(first)
        if address.page > 1:
            self.lists[address.path] = max(address.page, self.lists.get(address.path, 1))

    @property
    def policy(self) -> str:
        """One for all pages: each may do what any of them may. A host's rules tell few pages apart, and
        what a page's own policy leaves out of this are styles and frames of the same site."""
        said = []
        for directive, sources in self.policies.items():
            named = sorted(source for source in sources if source != NONE)
            said.append(" ".join([directive, *(named or [NONE])]))
        return "; ".join(said)

    def _allow(self, policy: str) -> None:
        for part in policy.split(";"):
            directive, *sources = part.split()
            self.policies.setdefault(directive, {}).update(dict.fromkeys(sources))


def moved(serving: Serving, status: int) -> dict[str, str]:
    """From path to target, of those with this status."""
    return {path: target for path, (target, one) in sorted(serving.redirects.items()) if one == status}


def posts_moved(serving: Serving) -> dict[str, str]:
    """Of each post its shortest address, `/post/7`, and where it is."""
    return {
        path: target for path, target in moved(serving, 301).items() if path.removeprefix("/post/").isdigit()
    }
