"""The forms in which people and programs write. What may be written is said here once, for each of them: the
desk fills a form from what a browser sends, the API from JSON.

One file a noun, as in blueprints/. A form is made with what it is about and takes the options of a FlaskForm,
such as `formdata=` and `meta=`; it knows what is stored, and says what the model's verb takes (`changes()`,
`values()`). None of them knows a page. Beside the nouns:

- content, particulars: of posts and pages; saving: what stores them
- keeping: files that are sent
- fields, link_rows, account: what forms are made of; roles: in words
"""
