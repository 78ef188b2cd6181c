"""Which addresses of other sites can be shown within a page, once a reader asks for it.

A provider is a row of the table: how the addresses of its films and posts look, and from where they are shown
in a frame. The host of that frame is the only one that the page's policy then lets in.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

LONGEST = 500  # characters of an address

_HOST = r"(?P<host>(?:[a-z0-9][a-z0-9-]{0,62}\.){1,6}[a-z]{2,24})"


@dataclass(frozen=True, slots=True)
class Provider:
    """`address` is matched against what follows `https://`; `frame` and `still` are filled with its groups.
    `still` is where a picture of it is had without a key: the picture itself, or a description that names
    one (oEmbed 1.0, oembed.com). `shape` is film, post or sound.

    A post has no still: its words are what it shows, and the picture that its host would name is mostly the
    face of who wrote it.
    """

    name: str
    shape: str
    address: str
    frame: str
    still: str = ""


PROVIDERS = (
    Provider(
        "YouTube",
        "film",
        r"(?:(?:www\.|m\.)?youtube(?:-nocookie)?\.com/(?:watch\?(?:[^#]*&)?v=|embed/|shorts/|live/)|youtu\.be/)"
        r"(?P<id>[\w-]{11})(?![\w-])(?:[^#]*?[?&](?:t|start)=(?P<start>\d{1,6})s?)?.*",
        "https://www.youtube-nocookie.com/embed/{id}?start={start}",
        "https://i.ytimg.com/vi/{id}/hqdefault.jpg",
    ),
    Provider(
        "Vimeo",
        "film",
        r"(?:www\.|player\.)?vimeo\.com/(?:video/|channels/[\w-]+/)?(?P<id>\d{4,12})"
        r"(?:(?:/|\?h=)(?P<secret>[0-9a-f]{6,20}))?(?:[/?#].*)?",
        "https://player.vimeo.com/video/{id}?dnt=1&h={secret}",
        "https://vimeo.com/api/oembed.json?width=1280&url=https%3A//vimeo.com/{id}/{secret}",
    ),
    Provider(
        "Dailymotion",
        "film",
        r"(?:(?:www\.)?dailymotion\.com/(?:embed/)?video|dai\.ly)/(?P<id>[a-z0-9]{5,12})(?:[_/?#].*)?",
        "https://geo.dailymotion.com/player.html?video={id}",
        "https://www.dailymotion.com/thumbnail/video/{id}",
    ),
    Provider(
        "media.ccc.de",
        "film",
        r"media\.ccc\.de/v/(?P<id>[\w.-]{3,120})(?:[#?].*)?",
        "https://media.ccc.de/v/{id}/oembed",
        "https://media.ccc.de/public/oembed?url=https%3A//media.ccc.de/v/{id}",
    ),
    Provider(
        "Internet Archive",
        "film",
        r"(?:www\.)?archive\.org/(?:details|embed)/(?P<id>[\w.-]{2,100})(?:[/?#].*)?",
        "https://archive.org/embed/{id}",
        "https://archive.org/services/img/{id}",
    ),
    Provider(
        "TED",
        "film",
        r"(?:www\.|embed\.)?ted\.com/talks/(?P<id>[a-z0-9_]{3,150})(?:[/?#].*)?",
        "https://embed.ted.com/talks/{id}",
        "https://www.ted.com/services/v1/oembed.json?url=https%3A//www.ted.com/talks/{id}",
    ),
    Provider(
        "SoundCloud",
        "sound",
        r"(?:www\.)?(?P<id>soundcloud\.com/[\w-]{2,60}/(?:sets/)?[\w-]{2,100})(?:[/?#].*)?",
        "https://w.soundcloud.com/player/?url=https%3A//{id}",
        "https://soundcloud.com/oembed?format=json&url=https%3A//{id}",
    ),
    Provider(
        "Spotify",
        "sound",
        r"open\.spotify\.com/(?:embed/)?(?:intl-\w+/)?"
        r"(?P<id>(?:track|album|playlist|episode|show)/[A-Za-z0-9]{22})(?:[/?#].*)?",
        "https://open.spotify.com/embed/{id}",
        "https://open.spotify.com/oembed?url=https%3A//open.spotify.com/{id}",
    ),
    Provider(
        "CodePen",
        "film",
        r"codepen\.io/(?P<user>[\w-]{1,60})/(?:pen|embed)/(?P<id>[A-Za-z]{5,12})(?:[/?#].*)?",
        "https://codepen.io/{user}/embed/{id}?default-tab=result",
        "https://codepen.io/api/oembed?format=json&url=https%3A//codepen.io/{user}/pen/{id}",
    ),
    Provider(
        "Bluesky",
        "post",
        r"bsky\.app/profile/(?P<user>did:[a-z]+:[\w.:-]{1,120}|[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,6})"
        r"/post/(?P<id>[a-z0-9]{8,20})(?:[/?#].*)?",
        "https://embed.bsky.app/embed/{user}/app.bsky.feed.post/{id}",
    ),
    # These run on hosts of their own; the form of their addresses tells them.
    Provider(
        "PeerTube",
        "film",
        _HOST + r"/(?:w|videos/(?:watch|embed))/"
        r"(?P<id>[A-HJ-NP-Za-km-z1-9]{22}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:[?#].*)?",
        "https://{host}/videos/embed/{id}",
        "https://{host}/services/oembed?url=https%3A//{host}/w/{id}",
    ),
    Provider(
        "Mastodon",
        "post",
        _HOST + r"/(?P<user>@\w{1,60})/(?P<id>\d{15,20})(?:/embed)?(?:[?#].*)?",
        "https://{host}/{user}/{id}/embed",
    ),
)
_READ = tuple((provider, re.compile(provider.address, re.ASCII)) for provider in PROVIDERS)


@dataclass(frozen=True, slots=True)
class Embed:
    provider: Provider
    address: str
    frame: str
    still: str = ""

    @property
    def host(self) -> str:
        """Of the frame."""
        return urlsplit(self.frame).hostname or ""

    @property
    def shown(self) -> str:
        return shown(self.address)


def shown(address: str) -> str:
    """The address without what no reader needs."""
    return re.sub(r"^https?://(?:www\.)?", "", address)


def find(address: str) -> Embed | None:
    """What the address can be shown as; None if it belongs to no provider, and so stays a link."""
    scheme, separator, rest = address.partition("://")
    if scheme.lower() not in ("https", "http") or not separator or len(address) > LONGEST:
        return None
    for provider, pattern in _READ:
        if match := pattern.fullmatch(rest):
            found = {name: quote(value or "", safe="/@.-_:") for name, value in match.groupdict().items()}
            frame = re.sub(r"[?&]\w+=(?=&|$)", "", provider.frame.format(**found))
            still = provider.still.format(**found).rstrip("/")  # of a film without a secret
            return Embed(provider, address, frame, still if len(still) <= LONGEST else "")
    return None
