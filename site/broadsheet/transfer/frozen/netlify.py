"""`_headers` and `_redirects`, as Netlify reads them, and Cloudflare Pages those parts that it knows."""

from urllib.parse import quote

from broadsheet.transfer.frozen.places import PAGE, Address
from broadsheet.transfer.frozen.serving import FOR_EVER, FRESH, POLICY, UPLOADS, Serving, moved

HEADERS, REDIRECTS = "_headers", "_redirects"
FEEDS = ("", "/tag/:name", "/series/:name", "/user/:name", "/archive/:year", "/archive/:year/:month")


def files(serving: Serving, *, plain: bool) -> dict[str, str]:
    return {HEADERS: headers(serving), REDIRECTS: redirects(serving, plain=plain)}


def headers(serving: Serving) -> str:
    """A header that two rules name would be sent twice, so each path gets each of them from one rule."""
    rules: dict[str, dict[str, str]] = {"/*": dict(serving.headers)}
    for folder in ("", ":page", *(f"{part}/*" for part in sorted(serving.pages_in))):
        rules[f"/{folder}"] = {POLICY: serving.policy}
    rules["/"]["Cache-Control"] = rules["/:page"]["Cache-Control"] = FRESH
    if serving.upload_policy:
        rules[f"{UPLOADS}*"] = {POLICY: serving.upload_policy, "Cache-Control": FOR_EVER}
    rules["/icon/*"] = rules["/static/*"] = {"Cache-Control": FOR_EVER}
    for ending in sorted(serving.downloads):
        rules[f"{UPLOADS}:folder/*{ending}"] = {"Content-Disposition": "attachment"}
    for format in ("atom", "rss", "json"):
        kind = serving.types.get("feed.json" if format == "json" else f".{format}")
        if kind:
            rules |= {f"{place}/feed.{format}": {"Content-Type": kind} for place in FEEDS}
    lines = []
    for path, said in rules.items():
        lines += [path, *(f"  {name}: {value}" for name, value in said.items())]
    return "\n".join([*lines, ""])


def redirects(serving: Serving, *, plain: bool) -> str:
    lines = []
    for status in (301, 302):
        for path, target in moved(serving, status).items():
            if " " not in target:
                lines.append(f"{quote(path, safe='/')} {target} {status}")
    if not plain:  # there the links lead to paths
        for path in sorted(serving.lists):
            page = Address(path, 2).as_path.replace("/2", "/:number")
            ending = "" if "." in page.rpartition("/")[2] else ".html"
            lines.append(f"{quote(path, safe='/')} {PAGE}=:number {page}{ending} 200!")
    return "\n".join([*lines, ""])
