from broadsheet.models import Post, Site

TEXT = "> [!NOTE]\n> Text.[^1]\n\n[^1]: Where it comes from."


def written(ann, **particulars):
    post = Post()
    post.revise(by=ann, title="A post", body=TEXT, authors=[ann], **particulars)
    return post.html


def test_a_text_without_a_language_speaks_that_of_the_site(ann):
    Site.load().change(language="fr")
    html = written(ann)
    assert "Remarque</p>" in html
    assert "Retour à la référence 1" in html


def test_a_text_in_another_language_speaks_its_own(ann):
    assert "Remarque</p>" in written(ann, language="fr-CA")
    assert "Hinweis</p>" in written(ann, language="de")


def test_a_text_in_a_language_without_a_catalogue_has_english_words(ann):
    Site.load().change(language="fr")
    assert "Note</p>" in written(ann, language="it")
