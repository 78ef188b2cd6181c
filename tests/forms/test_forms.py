"""What all forms have in common, so that a program can fill each of them."""

import inspect
import pkgutil
from importlib import import_module

import pytest
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from broadsheet import forms
from broadsheet.forms.redirects import RedirectForm

MODULES = [import_module(f"broadsheet.forms.{one.name}") for one in pkgutil.iter_modules(forms.__path__)]
FORMS = {
    name: one
    for module in MODULES
    for name, one in inspect.getmembers(module, inspect.isclass)
    if issubclass(one, FlaskForm) and one.__module__ == module.__name__
}


@pytest.mark.parametrize("name", FORMS)
def test_takes_the_options_of_a_form(name):
    kinds = [one.kind for one in inspect.signature(FORMS[name].__init__).parameters.values()]
    assert inspect.Parameter.VAR_KEYWORD in kinds


def test_a_program_fills_it_without_a_page(app, post):
    with app.test_request_context(method="POST"):
        sent = MultiDict({"path": "/old", "target": f"/post/{post.id}"})
        form = RedirectForm(formdata=sent, meta={"csrf": False})
        assert form.validate(), form.errors
        assert not RedirectForm(formdata=sent).validate(), "a page proves that it is ours"
