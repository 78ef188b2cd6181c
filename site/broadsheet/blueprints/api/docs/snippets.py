"""A call as one writes it: in curl, in Python with its standard library, in JavaScript with `fetch`.

The token is read from the environment, as it should be: `export TOKEN=bsh_…`.
"""

import json
import shlex
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

JSON = "application/json"
FILE, FILE_TYPE = "harbour.jpg", "image/jpeg"
INDENT = "    "


@dataclass(frozen=True)
class Sent:
    """What is sent: `body` is what is written as JSON, `file` says that it is a file's bytes."""

    method: str
    url: str
    headers: dict[str, str]
    body: Any = None
    file: bool = False
    is_answered: bool = True  # with JSON


def snippets(method: str, path: str, told: dict[str, Any], server: str) -> list[tuple[str, str, str]]:
    sent = sent_by(method, path, told, server)
    return [
        ("curl", "bash", in_curl(sent)),
        ("Python", "python", in_python(sent)),
        ("JavaScript", "javascript", in_javascript(sent)),
    ]


def sent_by(method: str, path: str, told: dict[str, Any], server: str) -> Sent:
    places = {one["name"]: one["example"] for one in told["parameters"] if one["in"] == "path"}
    query = {
        one["name"]: one.get("example", one["schema"].get("examples", [1])[0])
        for one in told["parameters"]
        if one["in"] == "query" and one.get("required")
    }
    url = server + path.format(**places) + (f"?{urlencode(query)}" if query else "")
    headers = {} if {} in told["security"] else {"Authorization": "Bearer $TOKEN"}
    content = told.get("requestBody", {}).get("content", {})
    is_answered = any("application/json" in one.get("content", {}) for one in told["responses"].values())
    if "example" in content.get(JSON, {}):
        headers["Content-Type"] = JSON
        return Sent(method, url, headers, content[JSON]["example"], is_answered=is_answered)
    if is_file := any(one.get("schema", {}).get("format") == "binary" for one in content.values()):
        headers["Content-Type"] = FILE_TYPE
        if any(one["name"] == "name" and one["in"] == "query" for one in told["parameters"]):
            url += f"?name={FILE}"
    return Sent(method, url, headers, file=is_file, is_answered=is_answered)


def in_curl(sent: Sent) -> str:
    lines = [f"curl {'' if sent.method == 'GET' else f'-X {sent.method} '}{shlex.quote(sent.url)}"]
    lines += [f'-H "{name}: {value}"' for name, value in sent.headers.items()]
    if sent.body is not None:
        lines.append(f"-d {shlex.quote(written(sent.body, indent=2))}")
    if sent.file:
        lines.append(f"--data-binary @{FILE}")
    return " \\\n  ".join(lines) + "\n"


def in_python(sent: Sent) -> str:
    has_token = "Authorization" in sent.headers
    names = [("json", sent.body is not None or sent.is_answered), ("os", has_token)]
    imports = [f"import {name}" for name, is_used in names if is_used]
    imports += ["import urllib.request"] + (["from pathlib import Path"] if sent.file else [])
    arguments = [f'"{sent.url}"'] + ([] if sent.method == "GET" else [f'method="{sent.method}"'])
    if sent.headers:
        values = {"Bearer $TOKEN": "f\"Bearer {os.environ['TOKEN']}\""}
        rows = [f'"{name}": {values.get(value, json.dumps(value))},' for name, value in sent.headers.items()]
        arguments.append("headers={\n" + "".join(f"{INDENT * 2}{row}\n" for row in rows) + f"{INDENT}}}")
    if sent.body is not None:
        arguments.append(f"data=json.dumps({literal(sent.body)}).encode()")
    if sent.file:
        arguments.append(f'data=Path("{FILE}").read_bytes()')
    shown = "print(json.load(answer))" if sent.is_answered else "print(answer.status)"
    return (
        "\n".join(imports)
        + "\n\nrequest = urllib.request.Request(\n"
        + "".join(f"{INDENT}{one},\n" for one in arguments)
        + f")\nwith urllib.request.urlopen(request) as answer:\n{INDENT}{shown}\n"
    )


def literal(body: Any) -> str:
    """As Python writes it."""
    if isinstance(body, dict) and body:
        rows = "".join(f"{INDENT * 2}{json.dumps(name)}: {body[name]!r},\n" for name in body)
        return "{\n" + rows + INDENT + "}"
    return repr(body)


def in_javascript(sent: Sent) -> str:
    options = [] if sent.method == "GET" else [f'method: "{sent.method}"']
    if sent.headers:
        values = {"Bearer $TOKEN": "`Bearer ${process.env.TOKEN}`"}
        rows = [f'"{name}": {values.get(value, json.dumps(value))},' for name, value in sent.headers.items()]
        options.append("headers: {\n" + "".join(f"    {row}\n" for row in rows) + "  }")
    if sent.body is not None:
        options.append(f"body: JSON.stringify({indented(written(sent.body, indent=2))})")
    if sent.file:
        options.append(f'body: await openAsBlob("{FILE}")')
    before = 'import { openAsBlob } from "node:fs";\n\n' if sent.file else ""
    rest = (", {\n" + "".join(f"  {one},\n" for one in options) + "}") if options else ""
    shown = "await answer.json()" if sent.is_answered else "answer.status"
    return f'{before}const answer = await fetch("{sent.url}"{rest});\nconsole.log({shown});\n'


def written(body: Any, indent: int | None = None) -> str:
    return json.dumps(body, ensure_ascii=False, indent=indent)


def indented(text: str) -> str:
    return text.replace("\n", "\n  ")
