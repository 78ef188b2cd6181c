"""The spam filter: what it makes of letters that people and programs send, before and after it has learned.

The corpus, letters.toml, is ours.
"""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broadsheet.lib import spam
from broadsheet.lib.spam import Letter, judge, words
from broadsheet.lib.spam.learned import Count, combined, probabilities
from broadsheet.lib.spam.signs import CIRCUMSTANCES, SIGNS
from effort import seconds


def letter(text="", title="", name="Vera Visitor", email="vera@example.org"):
    return Letter(name=name, email=email, title=title, text=text)


def signs(text="", circumstances=(), **more):
    return {reason.get("sign") for reason in judge(letter(text, **more), circumstances=circumstances).reasons}


CORPUS = tomllib.loads(Path(__file__).with_name("letters.toml").read_text(encoding="utf-8"))
A_LONG_PIECE = letter(
    "word " * 900 + "https://a.example https://b.example https://c.example https://d.example/x"
)
HAM = [letter(**one) for one in CORPUS["ham"]] + [A_LONG_PIECE]
SPAM = [letter(**one) for one in CORPUS["spam"]]


def learned(*lessons):
    """The counts that come of `(letter, is_spam)`."""
    counts = {}
    for one, is_spam in lessons:
        for word in ("", *words(one)):
            old = counts.get(word, Count(0, 0))
            counts[word] = Count(old.spam + is_spam, old.ham + (not is_spam))
    return counts


# -- from the first day on


@pytest.mark.parametrize("one", HAM, ids=lambda one: one.said[:30])
def test_no_letter_of_a_person_is_taken_for_spam(one):
    verdict = judge(one)
    assert not verdict.is_spam, verdict


@pytest.mark.parametrize("one", SPAM, ids=lambda one: one.said[:30])
def test_spam_is_known_without_a_lesson(one):
    verdict = judge(one)
    assert verdict.is_spam, verdict


@pytest.mark.parametrize("circumstance", ["quick", "unopened", "stale"])
def test_no_letter_of_a_person_is_lost_for_haste_alone(circumstance):
    plain = [one for one in HAM if judge(one).score < spam.CERTAIN]
    assert len(plain) > 20
    for one in plain:
        assert not judge(one, circumstances=(circumstance,)).is_spam, one


def test_the_field_that_people_never_meet_is_enough():
    assert judge(HAM[0], circumstances=("trap",)).is_spam


def test_whom_we_have_answered_is_trusted():
    assert not judge(SPAM[1], circumstances=("answered",)).is_spam


def test_the_reasons_are_told():
    reasons = judge(SPAM[2]).reasons
    assert {"sign": "anchors", "count": 1, "detail": ""} in reasons
    assert next(one for one in reasons if one.get("sign") == "gambling")["detail"] == "casino"


@pytest.mark.parametrize(
    ("found", "sign"),
    [
        (signs("See https://a.example/ https://b.example/ https://c.example/ www.d.example/x"), "links"),
        (signs("One саsino and one pаypаl"), "mixed_scripts"),
        (signs("vi\u200bag\u200bra"), "invisible"),
        (signs("v.i.a.g.r.a for you"), "disguised"),
        (signs("k4magra for you"), "disguised"),
        (signs("A" * 70), "shouting"),
        (signs("Hello", name="pills.example.com"), "name_is_link"),
        (signs("https://a.example/"), "nothing_else"),
        (signs("Hello", email="x@mail.yopmail.com"), "throwaway"),
        (signs("Hello", circumstances=("repeated",)), "repeated"),
    ],
)
def test_each_sign_is_seen(found, sign):
    assert sign in found


def test_a_long_piece_may_write_about_what_others_sell():
    essay = (
        "The casinos, the slots and the jackpot: how betting ruined a town. "
        + "A sentence of the essay. " * 300
    )
    assert not judge(letter(essay)).is_spam


# -- words


def test_words_of_every_script():
    found = words(letter("Grüße हिन्दी ภาษาไทย 網站優化 مرحبا don't", "Title"))
    assert {
        "grüsse",
        "हिन्दी",
        "網站",
        "站優",
        "优化".replace("优", "優"),
        "مرحبا",
        "don",
        "title",
        "ภา",
    } <= set(found)


def test_words_tell_where_they_come_from_and_keep_no_address():
    found = words(letter("https://www.a.b.example.com/x", name="Vera", email="vera.secret@Example.org"))
    assert {"link:a.b.example.com", "link:example.com", "from:example.org", "name:vera"} <= set(found)
    assert not any("secret" in word for word in found)


def test_disguised_words_are_the_same_word():
    for typed in ("viagra", "V1AGRA", "v i a g r a", "vi\u200bagra", "vіаgrа", "ＶＩＡＧＲＡ"):
        assert "viagra" in words(letter(typed)), typed


@settings(deadline=None)
@given(st.text(max_size=400), st.text(max_size=80), st.text(max_size=60), st.text(max_size=60))
def test_any_letter_is_judged(text, title, name, email):
    one = Letter(name, email, title, text)
    found = words(one)
    assert len(found) == len(set(found)) <= spam.MOST_WORDS
    assert all(0 < len(word) <= spam.WORD_LENGTH for word in found)
    assert 0 <= judge(one).score <= 1


@pytest.mark.parametrize("one", HAM[8:] + SPAM[8:], ids=lambda one: one.said[:20])
def test_a_lesson_moves_the_judgement_its_way(one):
    before = [*((other, False) for other in HAM[:8]), *((other, True) for other in SPAM[:8])]
    as_spam, as_none = learned(*before, (one, True)), learned(*before, (one, False))
    assert judge(one, as_spam).score > judge(one, as_none).score


@pytest.mark.parametrize(
    "nasty",
    [
        "a" * 200_000,
        "<a " * 60_000,
        "a." * 100_000,
        "v i " * 50_000,
        "x1" * 100_000,
        "ﷺ" * 60_000,
        "[url=" * 40_000,
        "we offer a " * 20_000,
        "www." * 50_000,
        "а" * 200_000,
        "a\u200b" * 90_000,
    ],
    ids=lambda text: text[:6],
)
def test_no_letter_takes_long(nasty):
    assert seconds(judge, Letter(nasty[:120], nasty[:254], nasty[:300], nasty)) < 1


# -- learning


ROBOTS = [
    letter(
        "Dear owner, our cleaning robots shine every warehouse floor in Rotterdam.",
        "Robots",
        email="a@bots.example",
    ),
    letter("Cleaning robots for the warehouse: let our robots shine your floor, dear owner.", "Floors"),
    letter("Dear owner, ask about warehouse floor cleaning by our robots of Rotterdam today.", "Cleaning"),
]


def test_learns_from_a_few_examples_what_looks_like_nothing_else():
    *known, new = ROBOTS
    letters = [(one, False) for one in HAM[:12]]
    assert not judge(new, learned(*letters)).is_spam
    verdict = judge(new, learned(*letters, *((one, True) for one in known)))
    assert verdict.is_spam, verdict
    assert {"robots", "warehouse", "floor", "cleaning"} & {reason.get("word") for reason in verdict.reasons}


def test_the_same_again_needs_one_example():
    again = letter(ROBOTS[0].text, "Our robots", name="Somebody Else", email="b@other.example")
    verdict = judge(again, learned((ROBOTS[0], True), *((one, False) for one in HAM[:12])))
    assert verdict.is_spam, verdict


def test_what_it_learned_costs_no_letter_of_a_person():
    """Each letter is judged by a filter that has never seen it but all the others."""
    for one in HAM:
        counts = learned(
            *((other, False) for other in HAM if other is not one), *((other, True) for other in SPAM)
        )
        assert not judge(one, counts).is_spam, judge(one, counts)


def test_what_it_learned_finds_more():
    found = 0
    for one in SPAM:
        counts = learned(
            *((other, True) for other in SPAM if other is not one), *((other, False) for other in HAM)
        )
        found += judge(one, counts).is_spam
    assert found >= 0.9 * len(SPAM)


@pytest.mark.parametrize("is_spam", [True, False])
def test_without_a_contrast_there_is_no_opinion(is_spam):
    counts = learned(*((one, is_spam) for one in HAM + SPAM))
    assert probabilities(words(SPAM[0]), counts) == {}


def test_three_lessons_of_spam_condemn_nobody():
    counts = learned(*((one, True) for one in SPAM[:3]), (HAM[0], False), (HAM[1], False))
    for one in HAM:
        assert not judge(one, counts).is_spam, judge(one, counts)


def test_is_talked_out_of_a_rule():
    offer = letter(
        "Our weekly guest post with sponsored content: https://partner.example/1",
        "Guest post",
        email="x@partner.example",
    )
    assert judge(offer).is_spam
    assert not judge(offer, learned(*((offer, False),) * 3, *((one, True) for one in SPAM[2:8]))).is_spam


def test_fisher_s_method_is_even_for_no_and_for_contradicting_evidence():
    assert combined([]) == 0.5
    assert combined([0.99, 0.01]) == pytest.approx(0.5)
    assert combined([0.9] * 5) == pytest.approx(1 - combined([0.1] * 5))
    assert combined([0.9] * 5) > 0.95


def test_rare_and_common_words_say_little():
    counts = {"": Count(10, 10), "once": Count(1, 0), "often": Count(9, 0), "both": Count(5, 5)}
    found = probabilities(["once", "often", "both", "never"], counts)
    assert list(found) == ["often", "once"]
    assert 0.5 < found["once"] < found["often"] < 1


def test_every_sign_has_a_name_of_its_own():
    names = [sign.name for sign in SIGNS] + list(CIRCUMSTANCES)
    assert len(names) == len(set(names))
