"""What somebody searches a list of the desk for."""

from flask import request

from broadsheet.web.fields import line

LONGEST_SEARCH = 200


def wanted_words() -> str:
    return line(request.args.get("q"))[:LONGEST_SEARCH]
