"""What the catalogues of translations/ hold: every word, fit to be filled in."""

import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

TRANSLATIONS = Path(__file__).parents[1] / "site" / "broadsheet" / "translations"
LANGUAGES = sorted(folder.name for folder in TRANSLATIONS.iterdir() if folder.is_dir())

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def read(file: Path) -> Catalog:
    with file.open("rb") as content:
        return read_po(content, locale=file.parts[-3] if file.suffix == ".po" else None)


ALL = [message for message in read(TRANSLATIONS / "messages.pot") if message.id]


def test_there_are_arabic_french_german_and_spanish_besides_english():
    assert LANGUAGES == ["ar", "de", "es", "fr"]


@pytest.fixture(scope="module", params=LANGUAGES)
def catalogue(request) -> Catalog:
    return read(TRANSLATIONS / request.param / "LC_MESSAGES" / "messages.po")


def test_every_word_is_translated(catalogue):
    assert [message.id for message in ALL if not is_translated(catalogue, message)] == []


def test_a_translation_has_the_placeholders_of_the_original(catalogue):
    assert {message.id: text for message in catalogue for text in wrongly_filled(message)} == {}


def test_a_percent_sign_is_written_twice(catalogue):
    """Templates fill in every message, even without variables: a single one would begin a placeholder."""
    messages = [message for message in catalogue if message.id]
    texts = [text for message in messages for text in (*forms_of(message.id), *forms_of(message.string))]
    assert [text for text in texts if "%" in PLACEHOLDER.sub("", text).replace("%%", "")] == []


def test_plural_forms_are_those_of_the_language(catalogue):
    language = str(catalogue.locale)
    assert catalogue.num_plurals == get_plural(language).num_plurals
    assert [message.id for message in catalogue if has_forms_missing(catalogue, message)] == []


def test_the_site_reads_what_is_written(catalogue):
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    file = TRANSLATIONS / str(catalogue.locale) / "LC_MESSAGES" / "messages.mo"
    assert file.read_bytes() == compiled.getvalue(), "run .ci/translations"


def is_translated(catalogue: Catalog, message: Message) -> bool:
    found = catalogue.get(message.id)
    return found is not None and all(forms_of(found.string)) and "fuzzy" not in found.flags


def forms_of(text: object) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, list | tuple) else (str(text or ""),)


def wrongly_filled(message: Message) -> list[str]:
    """A form that stands for one number alone may spell it out, as English may; any other has to say it."""
    if not message.id or not any(forms_of(message.string)):
        return []
    asked = set(PLACEHOLDER.findall(forms_of(message.id)[-1]))
    forms = forms_of(message.string)
    spelled = spelled_out(len(forms)) if len(forms) > 1 else frozenset()
    return [
        form
        for index, form in enumerate(forms)
        if set(PLACEHOLDER.findall(form))
        not in ([asked, asked - {"%(num)d"}] if index in spelled else [asked])
    ]


def spelled_out(count: int) -> frozenset[int]:
    """Of Arabic's six forms, those for 0, 1 and 2; of two, the first."""
    return frozenset({0, 1, 2} if count == 6 else {0})


def has_forms_missing(catalogue: Catalog, message: Message) -> bool:
    if not isinstance(message.id, list | tuple) or not any(forms_of(message.string)):
        return False
    return len(forms_of(message.string)) != catalogue.num_plurals or not all(forms_of(message.string))
