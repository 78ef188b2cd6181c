from urllib.parse import parse_qs, urlsplit

from broadsheet.lib.mailto import reply_link


def parts(link):
    split = urlsplit(link)
    return split.scheme, split.path, {name: values[0] for name, values in parse_qs(split.query).items()}


def test_answers_with_the_subject_and_the_text_quoted():
    scheme, path, fields = parts(reply_link("vic@example.org", "A question", "How?\n\nWhy & when?"))
    assert (scheme, path) == ("mailto", "vic@example.org")
    assert fields["subject"] == "Re: A question"
    assert fields["body"].strip().splitlines() == ["> How?", "> ", "> Why & when?"]


def test_answers_an_answer_without_a_second_re():
    assert parts(reply_link("vic@example.org", "RE: A question"))[2]["subject"] == "RE: A question"


def test_address_and_subject_smuggle_no_further_field():
    link = reply_link("vic@example.org?bcc=all@example.org", "Hello\r\nBcc: all@example.org&body=x")
    _scheme, path, fields = parts(link)
    assert "?" not in path
    assert set(fields) == {"subject"}
    assert "\n" not in fields["subject"]


def test_long_text_is_cut_at_a_word():
    link = reply_link("vic@example.org", "Long", "word " * 10_000)
    assert len(link) < 2_000
    assert parts(link)[2]["body"].endswith("word …")
