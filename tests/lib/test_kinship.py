"""How near texts are to each other."""

from broadsheet.lib.kinship import Text, nearest, words_of


def text(id, words, tags=()):
    return Text(id, frozenset(tags), words_of(words))


def ids(own, others, most=10):
    return [id for id, _ in nearest(own, others, most)]


def test_a_shared_rare_tag_is_nearer_than_one_that_everybody_has():
    own = text(0, "bees", [1, 2])
    others = [text(1, "trains", [1]), text(2, "ships", [2]), text(3, "carts", [1]), text(4, "cars", [1])]
    assert ids(own, others)[0] == 2


def test_words_bring_together_what_has_no_tag():
    own = text(0, "The honey of wild bees")
    assert ids(own, [text(1, "Trains and timetables"), text(2, "Bees make honey")]) == [2]


def test_what_shares_nothing_is_not_related():
    assert ids(text(0, "bees", [1]), [text(1, "trains", [2])]) == []


def test_a_long_text_is_not_near_because_it_is_long():
    own = text(0, "bees honey wax")
    long = text(1, "bees " + " ".join(f"word{number}" for number in range(200)))
    assert ids(own, [long, text(2, "bees honey")])[0] == 2


def test_capitals_do_not_matter_and_numbers_count():
    assert words_of("Rust 1.85 RELEASED, at a time") == {"rust", "1", "85", "released", "time"}


def test_scripts_without_spaces_are_compared_too():
    own = text(0, "東京の天気予報")
    assert ids(own, [text(1, "大阪市場"), text(2, "天気予報の歴史")]) == [2]


def test_only_so_many_are_named():
    own = text(0, "bees", [1])
    assert len(ids(own, [text(number, "bees", [1]) for number in range(1, 20)], most=5)) == 5
