"""The site's rules for Caddy 2: a file to import within the site's block."""

from broadsheet.transfer.frozen.places import CONFIGURATION, HOME, MISSING, PAGE
from broadsheet.transfer.frozen.serving import (
    FOR_EVER,
    FRESH,
    LASTING,
    LASTING_WITH_VERSION,
    POLICY,
    UPLOADS,
    Serving,
    moved,
    posts_moved,
)

NAME = f"{CONFIGURATION}/Caddyfile"


def files(serving: Serving) -> dict[str, str]:
    lines = ["# Within the block of the site, which says root. Made by manage.py freeze.", "route {"]
    lines += ["\theader {", *(f"\t\t{name} {quoted(value)}" for name, value in serving.headers.items())]
    lines += [f"\t\t{POLICY} {quoted(serving.policy)}", f"\t\tCache-Control {quoted(FRESH)}", "\t}"]
    lines += [
        f"\t@lasting path_regexp {quoted('|'.join(LASTING))}",
        f"\theader @lasting Cache-Control {quoted(FOR_EVER)}",
        "\t@versioned {",
        f"\t\tpath_regexp {quoted('|'.join(LASTING_WITH_VERSION))}",
        "\t\tquery v=*",
        "\t}",
        f"\theader @versioned Cache-Control {quoted(FOR_EVER)}",
        f"\theader {UPLOADS}* {POLICY} {quoted(serving.upload_policy or serving.policy)}",
    ]
    for ending in sorted(serving.downloads):
        pattern = f"^{UPLOADS}.*\\{ending}$"
        lines.append(f"\t@download{_word(ending)} path_regexp {quoted(pattern)}")
        lines.append(f"\theader @download{_word(ending)} Content-Disposition attachment")
    # What is of one file counts after what is of all with its ending.
    for ending, kind in sorted(serving.types.items(), key=lambda one: (not one[0].startswith("."), one)):
        if ending != ".html":
            lines.append(f"\t@type{_word(ending)} path *{ending if ending.startswith('.') else f'/{ending}'}")
            lines.append(f"\theader @type{_word(ending)} Content-Type {quoted(kind)}")
    lines += [f"\trespond /{CONFIGURATION}/* 404", "\trespond /_headers 404", "\trespond /_redirects 404"]
    lines += [
        # Former addresses are known without `.html`, `/index.html` and the slash at the end.
        "\tmap {path} {frozen_path} {",
        '\t\t"~^(/.+?)(/index\\.html|\\.html|/)$" "${1}"',
        '\t\tdefault "{path}"',
        "\t}",
        # However a post's address ends, its number leads to it.
        "\tmap {path} {frozen_short} {",
        '\t\t"~^(/post/[0-9]+)(/|$)" "${1}"',
        '\t\tdefault ""',
        "\t}",
    ]
    moves = [(str(status), "frozen_path", moved(serving, status)) for status in (301, 302)]
    for name, key, targets in (*moves, ("post", "frozen_short", posts_moved(serving))):
        lines.append(f"\tmap {{{key}}} {{frozen_{name}}} {{")
        lines += [
            f"\t\t{quoted(path)} {quoted(target)}" for path, target in targets.items() if can_be_said(path)
        ]
        lines += ['\t\tdefault ""', "\t}"]
    for status in (301, 302):
        lines += [f'\t@moved_{status} not expression `{{frozen_{status}}} == ""`']
        lines += [f"\theader @moved_{status} Cache-Control {quoted(FRESH)}"]
        lines += [f"\tredir @moved_{status} {{frozen_{status}}} {status}"]
    lines += [
        "\t@strayed {",
        '\t\tnot expression `{frozen_post} == "" || {frozen_post} == {path}`',
        "\t\tnot file {path}.html {path}",
        "\t}",
        "\tredir @strayed {frozen_post} 301",
    ]
    lines += [
        f"\tredir /{HOME} / 301",
        # No control character and no backslash: with `/\\example.org` a browser would go to another host.
        "\t@bare path_regexp bare ^(/[^\\x00-\\x1f\\x5c]+?)(/index\\.html|\\.html|/)$",
        "\tredir @bare {re.bare.1} 301",
        "\t@paged_feed {",
        "\t\tpath_regexp feed ^(.*/feed)\\.(atom|rss|json)$",
        f"\t\tquery {PAGE}=*",
        "\t}",
        f"\trewrite @paged_feed {{re.feed.1}}/{PAGE}/{{query.{PAGE}}}.{{re.feed.2}}",
        "\t@paged_home {",
        "\t\tpath /",
        f"\t\tquery {PAGE}=*",
        "\t}",
        f"\trewrite @paged_home /{PAGE}/{{query.{PAGE}}}",
        "\t@paged {",
        f"\t\tquery {PAGE}=*",
        "\t\tnot path / /search */feed.atom */feed.rss */feed.json",
        f"\t\tnot path_regexp /{PAGE}/[0-9]+(\\.[a-z]+)?$",
        "\t}",
        f"\trewrite @paged {{path}}/{PAGE}/{{query.{PAGE}}}",
        f"\trewrite / /{HOME}",
        "\ttry_files {path}.html {path}",
        "\tfile_server",
        "}",
        "handle_errors {",
        "\t@missing expression `{err.status_code} == 404`",
        f"\trewrite @missing /{MISSING}",
        "\theader {",
        f"\t\tCache-Control {quoted(FRESH)}",
        f"\t\tContent-Type {quoted(serving.types['.html'])}",
        "\t}",
        "\tfile_server",
        "}",
        "",
    ]
    return {NAME: "\n".join(lines)}


def _word(ending: str) -> str:
    return "_" + "".join(letter if letter.isalnum() else "_" for letter in ending)


def can_be_said(path: str) -> bool:
    """Not at the end of a word, nor before a quotation mark: there a backslash takes the mark's meaning away.
    Nor what stands for a variable of the machine."""
    return "\\" not in path and "{$" not in path


def quoted(text: str) -> str:
    """As a word of its configuration, in which a backslash means itself but before a quotation mark."""
    escaped = text.replace('"', '\\"')
    return f'"{escaped}"'
