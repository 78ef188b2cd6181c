"""What somebody searches a list of the desk for."""

from flask import request

from broadsheet.blueprints.desk.fields import one_line

LONGEST_SEARCH = 200


def wanted_words() -> str:
    return one_line(request.args.get("q"))[:LONGEST_SEARCH]
