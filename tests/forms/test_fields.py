from werkzeug.datastructures import MultiDict
from wtforms import Form, StringField

from broadsheet.forms.fields import NamesField


class Named(Form):
    tags = NamesField("Tags")


class Plain(Form):
    tags = StringField("Tags")


def test_names_are_divided_by_commas():
    form = Named(MultiDict({"tags": " Rust, , The Web ,x"}))
    assert form.tags.names == ["Rust", "The Web", "x"]
    assert Named().tags.names == []


def test_names_are_typed_into_one_line():
    sent = MultiDict({"tags": "Rust, “C & C”"})
    assert str(Named(sent).tags()) == str(Plain(sent).tags())
