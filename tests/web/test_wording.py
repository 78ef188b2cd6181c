import io

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from broadsheet.models import Post, Site


@pytest.fixture
def french(app, tmp_path):
    """A catalogue of French with two words in it."""
    catalog = Catalog(locale="fr")
    catalog.add("Note", "Remarque")
    catalog.add("Back to reference {number}", "Retour à la référence {number}")
    folder = tmp_path / "translations" / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    file = io.BytesIO()
    write_mo(file, catalog)
    (folder / "messages.mo").write_bytes(file.getvalue())
    app.extensions["babel"].translation_directories.append(str(tmp_path / "translations"))


TEXT = "> [!NOTE]\n> Text.[^1]\n\n[^1]: Where it comes from."


def written(ann, **particulars):
    post = Post()
    post.revise(by=ann, title="A post", body=TEXT, authors=[ann], **particulars)
    return post.html


def test_a_text_without_a_language_speaks_that_of_the_site(ann, french):
    Site.load().change(language="fr")
    html = written(ann)
    assert "Remarque</p>" in html
    assert "Retour à la référence 1" in html


def test_a_text_in_another_language_speaks_its_own(ann, french):
    assert "Remarque</p>" in written(ann, language="fr-CA")
    assert "Note</p>" in written(ann, language="de")
