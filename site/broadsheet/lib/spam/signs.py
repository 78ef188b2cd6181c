"""The rules: what spam looks like before anybody has taught the filter anything. Tables, read top to bottom.

Weights are log-odds; from a sum of about 3.9 on a letter is spam. So no single sign of a person's haste or
taste makes one, and what no person does nearly does.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from broadsheet.lib.spam.letter import HOST, INVISIBLE, LINK, Letter, is_mixed

# What the caller knows of how it was sent.
CIRCUMSTANCES = {
    "trap": 4.8,  # a field that people never meet was filled in
    "quick": 1.8,  # quicker than a person types
    "unopened": 1.6,  # without having opened the form
    "stale": 0.8,  # on a form opened long ago
    "repeated": 2.6,  # the same text came from another address lately
    "answered": -5.0,  # somebody here has written to this address
}


class Found(NamedTuple):
    times: int
    detail: str = ""
    share: float = 1.0  # less where the text around it is long


class Sign(NamedTuple):
    name: str
    weights: tuple[float, ...]  # for one, two, three … of it
    find: Callable[[Letter], Found | None]

    def weight(self, count: int) -> float:
        return self.weights[min(count, len(self.weights)) - 1]


# -- words that sell, by what they sell: in English, German, French, Spanish, Portuguese, Italian, Dutch,
#    Polish, Russian, Chinese, Japanese and Korean

SOLD: dict[str, str] = {
    "offer": r"""
        (?:we|i) (?:offer|provide|specialize in|specialise in) (?:\w+ ){0,4}(?:services?|solutions?|packages?)
        |(?:affordable|cheap|lowest) (?:price|rate|seo|web)
        |(?:came across|stumbled upon|noticed|was looking (?:at|through)|visited|checked)
         (?: that)? your (?:web ?)?(?:site|page)
        |limited time offer|act now|best price|wir bieten (?:ihnen|euch)
        |bin auf (?:ihre|eure) (?:web)?seite (?:gestoßen|aufmerksam)|nous (?:vous )?proposons|ofrecemos
        |oferecemos|(?:vi )?offriamo|wij bieden|oferujemy|предлага(?:ем|ю)|коммерческое предложение|低价
        |优惠|格安|저렴한""",
    "rank": r"""
        \bseo\b|search engine optimi[sz]ation|(?:first|top|1st) page (?:of|on) google
        |page (?:one|1) of google|\brank(?:ing)?s? (?:higher|well|better|on google)|google rankings?
        |back ?links?\b|link[ -]?building|link insertions?|guest[ -]?posts?\b
        |sponsored (?:posts?|articles?|content)|do-?follow|domain authority
        |(?:more|increase|boost|targeted|website) (?:your )?(?:organic )?(?:web(?:site)? )?traffic
        |suchmaschinenoptimierung|ersten? seite (?:von|bei) google|google[ -]ranking|linkaufbau
        |gastbeitr[aä]ge? (?:mit|gegen|ver)|référencement|première page de google|articles? sponsorisés?
        |posicionamiento (?:seo|web|en google)|primera página de google|artículos? patrocinados?
        |otimização de sites?|primeira página do google|posizionamento sui motori|prima pagina di google
        |zoekmachine-?optimalisatie|eerste pagina van google|pozycjonowani[ea]
        |pierwsz\w+ stron\w+ google|продвижени[ею] (?:вашего )?сайт|раскрутк\w+ сайт
        |поисков\w+ оптимизаци|обратн\w+ ссыл|прогон\w* (?:по|сайт)|搜索引擎优化|排名优化|网站优化|外链
        |検索エンジン最適化|被リンク|검색엔진 ?최적화|백링크""",
    "gambling": r"""
        \bcasinos?\b|\bslots?\b(?! (?:is|are|was|on|at|in)\b)|jackpots?\b|sports? ?bett?ing
        |online (?:poker|betting)|free spins?|sportwetten|online-?casino|glücksspiel|paris sportifs
        |machines à sous|apuestas|tragaperras|apostas|scommesse|gokkast|kasyno|zakład\w+ bukmacher
        |казино|ставк[иа] на спорт|букмекер|игровые автоматы|博彩|赌场|娱乐城|彩票|カジノ|카지노|바카라
        |토토사이트""",
    "medicine": r"""
        viagra|cialis|levitra|kamagra|tadalafil|sildenafil|online pharmac|without (?:a )?prescription
        |weight loss|cbd (?:oil|gummies)|male enhancement|rezeptfrei|potenzmittel|abnehmpillen
        |sans ordonnance|sin receta|sem receita|senza ricetta|zonder recept|bez recepty|виагр|сиалис
        |без рецепта|похудени[ея]|伟哥|减肥药|バイアグラ|비아그라""",
    "money": r"""
        bitcoins? (?:invest|mining|profit|trading)|crypto(?:currency)? (?:invest|trading|profit|wallet)
        |\bforex\b|binary options|passive income|(?:make|earn) (?:money|cash|\$\s?\d|€\s?\d)
        |loan offers?|(?:personal|business|payday) loans?|apply now|working capital
        |guaranteed (?:profits?|returns?|income)|investment opportunit|next of kin
        |million (?:us |united states )?dollars|unclaimed (?:funds?|inheritance)|western union
        |lottery (?:win|prize)|you have won|transfer of funds|schnell geld verdienen|passives einkommen
        |kredit ohne schufa|sofortkredit|gagner de l.argent|revenus? passifs?|prêt entre particuliers
        |ganar dinero|ingresos pasivos|préstamos? (?:rápid|personal)|ganhar dinheiro|renda passiva
        |guadagnare (?:soldi|online)|geld verdienen (?:online|met)|zarabia\w+ (?:online|w internecie)
        |заработ\w+ (?:в интернете|онлайн|без вложений|от \d)|пассивн\w+ доход|без (?:отказа|вложений)
        |быстр\w+ (?:займ|кредит)|займ\w* онлайн|инвестици\w+ в крипто|贷款|投资(?:平台|机会)|副業|대출""",
    "sex": r"""
        \bporno?\b|\bxxx\b|\bescorts?\b (?:service|girls?|agenc)|sex (?:cams?|dating|chat|tonight)
        |nude (?:photos?|pics?)|hot (?:girls|singles|women)|sexy? (?:girls?|ladies)|adult dating
        |erotik(?:kontakte|chat)|sexkontakte|rencontres? (?:coquine|sexe)|citas sexuales
        |sexo (?:gratis|casual)|порно|интим[ -](?:услуг|знакомств)|секс[ -]знакомств|проститутк|色情
        |成人视频|出会い系|성인 ?사이트""",
    "bulk": r"""
        bulk (?:e-?mails?|sms)|(?:e-?mail|leads?) (?:lists?|databases?)
        |contact[ -]forms? (?:marketing|blast|submission|advertis)
        |(?:we|i) (?:can )?(?:send|deliver|sent) (?:this|your) (?:message|ad|offer)s? (?:to|through|via)
        |millions? of (?:websites?|contact forms|sites)
        |(?:buy|real|more) (?:instagram|tiktok|youtube|facebook|twitter )?\s?(?:followers|likes|subscribers)
        |replica (?:watches|bags|rolex)|(?:to|click) (?:opt[ -]?out|unsubscribe)|explainer videos?
        |(?:web ?site|web|app|software|mobile app) (?:re)?(?:design|development) (?:services?|compan|agenc)
        |redesign (?:of )?your (?:web ?)?site|adressen kaufen|newsletterversand|achat de fichiers
        |рассылк\w+ (?:по|через|писем|на)|баз[аы] (?:данных )?(?:компаний|организаций|сайтов|email)
        |накрутк|купить подписчик|formulários? de contato em massa|群发|代发|加微信|大量送信""",
}
SELLING = {"offer": (1.2, 2.2, 2.8)}  # the weights of those that are not like the others
LONG = 200  # words; in a longer text a phrase weighs less: somebody may write about such things


def seller(pattern: re.Pattern[str]) -> Callable[[Letter], Found | None]:
    def find(letter: Letter) -> Found | None:
        met = dict.fromkeys(found[0] for found in pattern.finditer(letter.read))
        return Found(len(met), next(iter(met)), min(1.0, LONG / len(letter.tokens))) if met else None

    return find


# -- the other rules


def links(letter: Letter) -> Found | None:
    """More than a letter of this length has: one in a hundred words is nobody's sin."""
    count = len(letter.hosts)
    excess = count - len(letter.tokens) // 100
    return Found(excess, str(count)) if excess > 0 else None


MARKUP = re.compile(r"\[url[=\]]|\[link[=\]]|<a\s[^>]{0,200}href\s*=\s*[\"']?\s*http", re.IGNORECASE)


def anchors(letter: Letter) -> Found | None:
    """Links as markup: no person types `[url=…]` into a form, many programs do."""
    found = MARKUP.findall(letter.said)
    return Found(len(found)) if found else None


def nothing_else(letter: Letter) -> Found | None:
    around = LINK.sub("", letter.normal).split()
    return Found(1) if letter.hosts and len(around) <= 5 else None


def mixed_scripts(letter: Letter) -> Found | None:
    mixed = [
        word for word in re.findall(r"\w+", letter.normal.casefold()) if is_mixed(word) and len(word) > 3
    ]
    return Found(len(mixed), mixed[0]) if mixed else None


def invisible(letter: Letter) -> Found | None:
    """Within Latin words; other scripts need joiners, and emoji do."""
    hidden = re.findall(rf"[a-z]{INVISIBLE.pattern}+[a-z]", letter.said, re.IGNORECASE)
    return Found(len(hidden)) if hidden else None


def disguised(letter: Letter) -> Found | None:
    """A word that sells, legible only once the tricks are undone."""
    plain = " ".join(letter.tokens)
    for pattern in SELLERS.values():
        for found in pattern.finditer(letter.read):
            if found[0] not in plain and found[0] not in " ".join(plain.split("-")):
                return Found(1, found[0])
    return None


def shouting(letter: Letter) -> Found | None:
    cased = [one for one in letter.text if one.isupper() or one.islower()]
    loud = sum(one.isupper() for one in cased)
    return Found(1) if len(cased) > 60 and loud > 0.6 * len(cased) else None


def name_is_link(letter: Letter) -> Found | None:
    return Found(1) if LINK.search(letter.name) or HOST.fullmatch(letter.name.strip()) else None


def random_letters(letter: Letter) -> Found | None:
    """`hYkPqZrTnM`: what programs put into a field that merely must not be empty."""
    for text in (letter.name, letter.title, letter.text):
        if re.fullmatch(r"[A-Za-z]{8,40}", text) and len(re.findall(r"[a-z][A-Z]", text)) >= 3:
            return Found(1, text[:20])
    return None


THROWAWAY = re.compile(
    r"@(?:[\w.-]*\.)?(?:mailinator|guerrillamail\w*|10minutemail|temp-?mail\w*|yopmail|trashmail|sharklasers|getnada"
    r"|maildrop|throwawaymail|dispostable|fakeinbox|mohmal|moakt|emailondeck|mintemail|spamgourmet|discard)\.[a-z.]+$"
    r"|^(?=\w*\d\w*\d)(?=(?:[^@]*[bcdfghjkmnpqrstvwxz\d]{7}))[^@]+@",
    re.IGNORECASE,
)


def throwaway(letter: Letter) -> Found | None:
    return Found(1) if THROWAWAY.search(letter.email) else None


# To the end of the word, which the desk shows.
SELLERS = {
    name: re.compile(f"(?:{re.sub(chr(10) + ' +', '', words)})[a-zß-ԯ]*") for name, words in SOLD.items()
}
SIGNS: tuple[Sign, ...] = (
    *(Sign(name, SELLING.get(name, (1.8, 3.4, 4.4)), seller(pattern)) for name, pattern in SELLERS.items()),
    Sign("links", (0.5, 1.0, 1.8, 2.6, 3.2, 3.6), links),
    Sign("anchors", (3.2, 4.2), anchors),
    Sign("nothing_else", (1.5,), nothing_else),
    Sign("mixed_scripts", (1.6, 2.8), mixed_scripts),
    Sign("invisible", (1.2, 2.4), invisible),
    Sign("disguised", (2.6,), disguised),
    Sign("shouting", (0.8,), shouting),
    Sign("name_is_link", (3.2,), name_is_link),
    Sign("random_letters", (3.0,), random_letters),
    Sign("throwaway", (1.2,), throwaway),
)
