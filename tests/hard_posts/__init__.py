"""Posts that pages break on, made rather than kept: for the pipeline, axe-core, the Nu checker, screenshots.

from hard_posts import POSTS            # name → HardPost
python -m hard_posts FOLDER             # from tests/: as Markdown files for `manage.py import markdown`
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

WORDS = [
    "the",
    "tide",
    "waits",
    "for",
    "nobody",
    "and",
    "the",
    "harbour",
    "master",
    "knows",
    "it",
    "so",
    "she",
    "counts",
    "boats",
    "ropes",
    "gulls",
    "and",
    "hours",
    "while",
    "rain",
    "falls",
    "on",
    "slate",
    "roofs",
    "and",
    "somebody",
    "far",
    "out",
    "rings",
    "a",
    "bell",
    "that",
    "no",
    "chart",
    "has",
]


@dataclass(frozen=True)
class HardPost:
    title: str
    body: str
    language: str = ""
    summary: str = ""


def prose(count: int, seed: int = 0) -> str:
    """So many words, in sentences; other ones for another seed."""
    said = [WORDS[(at * 7 + at // 11 + seed) % len(WORDS)] for at in range(count)]
    return " ".join(f"{word.capitalize() if at % 13 == 0 else word}{'.' if at % 13 == 12 else ''}"
                    for at, word in enumerate(said))  # fmt: skip


def notes(count: int) -> str:
    text = "\n\n".join(f"{prose(12, at)}[^{at}] and again.[^{at}]" for at in range(1, count + 1))
    return text + "\n\n" + "\n".join(f"[^{at}]: Note {at}, *{prose(6, at)}*." for at in range(1, count + 1))


def nested_list(levels: int) -> str:
    marks = [f"{'  ' * at}- level {at + 1}, {prose(5, at)}" for at in range(levels)]
    numbered = [f"{'   ' * at}1. step {at + 1}" for at in range(levels)]
    return "\n".join(marks) + "\n\nAnd numbered:\n\n" + "\n".join(numbered)


def table(columns: int, rows: int) -> str:
    head = "| " + " | ".join(f"Column {at}" for at in range(columns)) + " |"
    rule = "|" + " --: |" * columns
    lines = ["| " + " | ".join(str(row * at) for at in range(columns)) + " |" for row in range(rows)]
    return "\n".join((head, rule, *lines))


def long_text(size: int) -> str:
    parts: list[str] = []
    length = 0
    for at in _forever():
        part = f"## Chapter {at}\n\n{prose(180, at)}\n\n{prose(120, at)} [A link](/about), `code`."
        parts.append(part)
        length += len(part) + 2
        if length >= size:
            return "\n\n".join(parts)
    raise AssertionError


def _forever() -> Iterator[int]:
    at = 0
    while True:
        at += 1
        yield at


ARABIC = """
أعلن **الميناء** عن جدول جديد للعبّارات، [اقرأ المزيد](/about). السعر 4.20 يورو عند الساعة `07:10`.

> [!NOTE]
> لا تعمل العبّارة يوم الاثنين.

1. الشمال
2. الجنوب

| العبّارة | السعر |
|:---|---:|
| الشمال | 4.20 |

```python
print("من اليسار إلى اليمين")
```

```chart bar title="المطر في الميناء" y="مليمتر"
الشهر,المطر
يناير,40
فبراير,-12
```

ملاحظة.[^1]

[^1]: من سجلات الميناء.
"""

EMOJI = """
👩‍👩‍👧‍👦 A family, a flag 🇦🇹, a hand 👋🏿, a keycap 1️⃣, a ❤️ and a ❤, and 🏴󠁧󠁢󠁳󠁣󠁴󠁿.

## 🎉 A heading with 👩🏽‍💻 in it

- 🐙
- Zalgo: T̷̡͉̈́h̸̢̛̗e̵̗̓ ̶̱̈́t̸͓̕i̷͎̿d̶̥̀e̵̼͐

| 🐟 | 🦀 |
|---|---|
| 1 | ✅ |

```chart dot title="🐟 by 🌙"
🌙,🐟,🦀
🌑,1,4
🌕,9,2
```
"""

EVERYTHING = """
Some *text* with a [link](/about), `code` and a note.[^1] H<sub>2</sub>O, <kbd>Ctrl</kbd>,
<mark>marked</mark>, ~~gone~~.

> A quotation
>
> > in a quotation.

> [!NOTE]
> Something to know.

> [!TIP]
> Something to try.

> [!IMPORTANT]
> Something to keep.

> [!WARNING] Mind the gap
> Something to fear.

> [!CAUTION]
> Something to leave.

## Code

```rust {2} linenos title="src/main.rs"
fn main() {
    println!("Good morning, {}", std::env::args().nth(1).unwrap_or_else(|| "harbour".to_string()));
}
```

## Math

$$\\int_0^\\infty e^{-x^2}\\,dx = \\frac{\\sqrt{\\pi}}{2} + \\sum_{n=1}^{\\infty} \\frac{1}{n^2}
+ \\prod_{k=1}^{n} \\left(1 + \\frac{a_k}{b_k}\\right)
+ \\lim_{x \\to 0} \\frac{\\sin x}{x}$$

## Data

```chart line title="Warmth" y="°C"
Day,Oslo,Madrid,Reykjavík
2026-01-01,-4,9,0
2026-02-01,-3,,1
2026-06-01,16,27,11
```

```chart stacked title="What came in" x="Year"
Year,Coal,Grain,Wood
2024,30,40,20
2025,-5,38,26
```

```csv title="Ferries"
Ferry,Departs,Price
North,07:10,4.20
South,06:40,"1,003.90"
```

## Elsewhere

https://www.youtube.com/watch?v=aqz-KE-bpKQ

https://example.org/averyveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryverylongaddress

- [x] done
- [ ] open

Spring tide
: The highest.

<details><summary>More</summary>

Hidden *until it is opened*.

</details>

[^1]: The note itself.
"""

POSTS = {
    "very-long-title": HardPost(
        f"{prose(45).removesuffix('.')} Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbau"[:300],
        prose(200),
        summary=prose(150)[:1000],
    ),
    "no-title": HardPost("", prose(60)),
    "no-text": HardPost("A title and nothing else", ""),
    "one-word": HardPost("Pneumonoultramicroscopicsilicovolcanoconiosis" * 5, "x" * 3_000),
    "200-footnotes": HardPost("Two hundred notes", notes(200)),
    "12-levels": HardPost("Twelve levels of list", nested_list(12)),
    "right-to-left": HardPost("جدول العبّارات الجديد", ARABIC, language="ar"),
    "emoji": HardPost("👩‍👩‍👧‍👦🏴󠁧󠁢󠁳󠁣󠁴󠁿 <b>& “every” sign</b>", EMOJI),
    "huge-table": HardPost("A table of 40 columns and 250 rows", table(40, 250)),
    "300-kb": HardPost("Three hundred kilobytes", long_text(300_000)),
    "many-headings": HardPost(
        "A heading a line", "\n\n".join(f"{'#' * (1 + at % 6)} Heading {at}" for at in range(150))
    ),
    "everything": HardPost("One of each", EVERYTHING),
}


def write(folder: Path) -> None:
    """As files with front matter, which the importer of Markdown reads."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, (name, post) in enumerate(POSTS.items(), 1):
        title = post.title.replace("\\", "\\\\").replace('"', '\\"')
        head = f'---\ntitle: "{title}"\ndate: 2026-02-{number:02}\n'
        head += f"lang: {post.language}\n" if post.language else ""
        (folder / f"2026-02-{number:02}-{name}.md").write_text(f"{head}---\n{post.body}\n", encoding="utf-8")
