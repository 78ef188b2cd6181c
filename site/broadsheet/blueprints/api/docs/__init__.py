"""The pages of the OpenAPI document, for people: /api/docs.

- pages (one of all calls, which can be searched, and one a noun)
- reading (the document as the templates want it)
- snippets (each call in curl, Python and JavaScript)
"""

from broadsheet.blueprints.api.docs.pages import blueprint

__all__ = ["blueprint"]
