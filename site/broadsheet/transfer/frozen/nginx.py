"""The site's rules for nginx: one file for `http { … }`, one for `server { … }`."""

from broadsheet.transfer.frozen.places import CONFIGURATION, HOME, MISSING, PAGE
from broadsheet.transfer.frozen.serving import (
    FOR_EVER,
    FRESH,
    LASTING,
    LASTING_WITH_VERSION,
    UPLOADS,
    Serving,
    moved,
    posts_moved,
)

HTTP = f"{CONFIGURATION}/nginx-http.conf"
SERVER = f"{CONFIGURATION}/nginx-server.conf"


def files(serving: Serving) -> dict[str, str]:
    return {HTTP: http(serving), SERVER: server(serving)}


def http(serving: Serving) -> str:
    lines = ["# Within http { … }. Made by manage.py freeze.", ""]
    # A key of these maps is as long as an address.
    lines += ["map_hash_max_size 262144;", "map_hash_bucket_size 1024;", ""]
    lines += [
        f"map $arg_{PAGE} $frozen_page {{",
        '    "" "";',
        '    "1" "";',
        f'    "~^([2-9]|[1-9][0-9]+)$" "/{PAGE}/$arg_{PAGE}";',
        '    default "/none";',
        "}",
        f"map $arg_{PAGE} $frozen_home {{",
        f'    "" "/{HOME}";',
        f'    "1" "/{HOME}";',
        f'    "~^([2-9]|[1-9][0-9]+)$" "/{PAGE}/$arg_{PAGE}.html";',
        '    default "/none";',
        "}",
        # Former addresses are known without `.html`, `/index.html` and the slash at the end.
        "map $uri $frozen_path {",
        '    "~^(?<frozen_stem>/.+?)(/index\\.html|\\.html|/)$" $frozen_stem;',
        "    default $uri;",
        "}",
        # However a post's address ends, its number leads to it.
        "map $uri $frozen_post {",
        '    "~^(?<frozen_short>/post/[0-9]+)(/|$)" $frozen_short;',
        '    default "";',
        "}",
        # Neither a redirect nor what is missing lasts.
        "map $status $frozen_cache {",
        '    "~^(200|206|304)$" $frozen_cache_of_file;',
        f'    default "{FRESH}";',
        "}",
        "map $uri $frozen_cache_of_file {",
        *(f'    "~{pattern}" "{FOR_EVER}";' for pattern in LASTING),
        "    default $frozen_cache_by_version;",
        "}",
        'map "$uri?$arg_v" $frozen_cache_by_version {',
        *(f'    "~{pattern}[^?]*\\?." "{FOR_EVER}";' for pattern in LASTING_WITH_VERSION),
        f'    default "{FRESH}";',
        "}",
        "map $uri $frozen_policy {",
        f'    "~^{UPLOADS}" "{serving.upload_policy or serving.policy}";',
        f'    default "{serving.policy}";',
        "}",
        "map $uri $frozen_disposition {",
        *(
            f'    "~^{UPLOADS}.*/(?<frozen_name>[^/]+\\{ending})$" "attachment; filename=$frozen_name";'
            for ending in sorted(serving.downloads)
        ),
        '    default "";',
        "}",
    ]
    for status in (301, 302):
        # To nginx, keys that differ by capitals alone are the same.
        targets = {path.lower(): (path, target) for path, target in moved(serving, status).items()}
        lines.append(f"map $frozen_path $frozen_{status} {{")
        lines += [f"    {quoted(path)} {quoted(target)};" for path, target in targets.values()]
        lines += ['    default "";', "}"]
    lines.append("map $frozen_post $frozen_post_address {")
    lines += [f"    {quoted(path)} {quoted(target)};" for path, target in posts_moved(serving).items()]
    lines += ['    default "";', "}", ""]
    return "\n".join(lines)


def server(serving: Serving) -> str:
    always = {**serving.headers, "Content-Security-Policy": "$frozen_policy"}
    types = {ending: kind for ending, kind in sorted(serving.types.items()) if ending.startswith(".")}
    lines = ["# Within server { … }, which says listen, server_name and root. Made by manage.py freeze.", ""]
    lines += ["absolute_redirect off;", f"error_page 404 /{MISSING};", ""]
    lines += [f"add_header {name} {quoted(value)} always;" for name, value in always.items()]
    lines += [
        "add_header Cache-Control $frozen_cache always;",
        "add_header Content-Disposition $frozen_disposition;",
        "",
    ]
    lines += ["types {", *(f'    "{kind}" {ending[1:]};' for ending, kind in types.items()), "}"]
    lines += ["default_type application/octet-stream;", ""]
    for status in (301, 302):
        lines.append(f"if ($frozen_{status}) {{ return {status} $frozen_{status}$is_args$args; }}")
    lines += [
        "",
        f"location = /{MISSING} {{ internal; }}",
        f"location ^~ /{CONFIGURATION}/ {{ return 404; }}",
        "location = /_headers { return 404; }",
        "location = /_redirects { return 404; }",
        "location = / { try_files $frozen_home =404; }",
        f"location = /{HOME} {{ return 301 /$is_args$args; }}",
        "location = /search { try_files /search.html =404; }",
    ]
    for name, kind in (
        ("opensearch.xml", serving.types.get("opensearch.xml")),
        ("feed.css", serving.types.get("feed.css")),
    ):
        if kind:
            lines.append(f'location = /{name} {{ types {{ }} default_type "{kind}"; }}')
    for format in ("atom", "rss", "json"):
        kind = serving.types.get("feed.json" if format == "json" else f".{format}", "application/xml")
        lines.append(
            f"location ~ ^(?<frozen_feed>.*/feed)\\.{format}$ {{ types {{ }} "
            f'default_type "{kind}"; try_files $frozen_feed$frozen_page.{format} =404; }}'
        )
    lines += [
        # One address a page: without an ending, without a slash.
        # Nor would a browser be led to another host by `/\\example.org/`.
        r"location ~ ^(?<frozen_plain>/[^\x00-\x1f\x5c]+)(\.html|/)$ {",
        "    return 301 $frozen_plain$is_args$args;",
        "}",
        "location /post/ { try_files $uri$frozen_page.html $uri @post; }",
        "location @post {",
        "    if ($frozen_post_address = $uri) { return 404; }",
        "    if ($frozen_post_address) { return 301 $frozen_post_address$is_args$args; }",
        "    return 404;",
        "}",
        "location / { try_files $uri$frozen_page.html $uri =404; }",
        "",
    ]
    return "\n".join(lines)


def quoted(text: str) -> str:
    """As a word of its configuration. A `$` in a target is written as %24."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
