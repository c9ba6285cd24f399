"""One edition that trips each rule, and one that comes near it and does not."""

import dataclasses
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

from mailer.fetching.values import Fetched, Hop, Outcome, Question, Refusal
from mailer.preflight import Earlier, Letter, Matter
from mailer.rendering.palette import COLOURS, Shade
from mailer.rendering.values import InterestLook
from tests.preflight.cast import NAMES, NOW, SOUND, a_look, a_matter, with_html

PROSE = "The committee in Vienna meets in spring."
LINK = "https://a.example/wenchang"
SUBJECT = "subject: A launch, a dish, and a pad that waits"
TITLE = "title: Space, seen from elsewhere"
STORY = "## [Vostochny waits](https://c.example/vostochny) {russia, africa}"
SUMMARY = "The pad stood empty for a third winter."


@dataclass(frozen=True)
class Pair:
    """What a rule must find, and what it must leave alone."""

    trips: Callable[[], Matter]
    passes: Callable[[], Matter]


def text(*changes: tuple[str, str], **matter: object) -> Callable[[], Matter]:
    """Return a maker of the sound edition with words replaced, and with other surroundings."""

    def make() -> Matter:
        changed = SOUND
        for old, new in changes:
            assert old in changed
            changed = changed.replace(old, new, 1)
        return a_matter(changed, **matter)  # type: ignore[arg-type]  # each by its name

    return make


def prose(words: str, **matter: object) -> Callable[[], Matter]:
    return text((PROSE, f"{words} {PROSE}"), **matter)


def template(old: str, new: str, *, of: str | None = None) -> Callable[[], Matter]:
    return lambda: with_html(old, new, text=of)


def sized(size: int, links: int = 0, *, tracked: bool = True) -> Callable[[], Matter]:
    """Return a maker of letters of so many bytes, with so many links of 30 bytes each in them."""

    def make() -> Matter:
        matter = a_matter()
        first = matter.letters[0]
        bare = first.rendered.html.replace("https:", "mailto:")
        linked = '<a href="https://source.example/some">x</a>' * links
        html = bare + linked
        html += "x" * (size - len(html.encode()))
        return a_matter(letters=(Letter(("everything",), replace(first.rendered, html=html), tracked),))

    return make


def coloured(**shades: Shade) -> Callable[[], Matter]:
    return lambda: a_matter(colours=COLOURS | shades)


def after(title: str, url: str) -> Callable[[], Matter]:
    return lambda: a_matter(earlier=(Earlier(7, dt.date(2026, 11, 24), title, url),))


def retired(slug: str) -> Callable[[], Matter]:
    """Return a maker of the edition after the list gave an interest up: the text still names it."""

    def make() -> Matter:
        kept = tuple(InterestLook(one, name, n) for n, (one, name) in enumerate(NAMES.items()) if one != slug)
        return dataclasses.replace(a_matter(), look=a_look(interests=kept))

    return make


def asked(*hops: Hop, status: int = 200, **came: object) -> Callable[[], Matter]:
    """Return a maker of the sound edition of which the first story's link was asked."""
    fetched = Fetched(Outcome.ANSWERED, status, hops)
    return lambda: a_matter(online={Question(LINK): replace(fetched, **came)})  # type: ignore[arg-type]  # by name


def shown(
    status: int = 200, kind: str = "image/png", size: int = 500_000, **came: object
) -> Callable[[], Matter]:
    """Return a maker of the sound edition with an image that was asked."""
    fetched = Fetched(Outcome.ANSWERED, status, kind=kind, size=size)
    told = {Question(IMAGE, image=True): replace(fetched, **came)}  # type: ignore[arg-type]  # by name
    return lambda: dataclasses.replace(with_html("<h1", f'<img alt="" src="{IMAGE}"><h1'), online=told)


PICTURE = "ab" * 16 + "-1072x603.jpg"
IMAGE = "https://v.example/l.png?a=1&b=2"
ODD = "Vostochny waits & “sees” <what> -leave_url- is, and 发射 an entire winter longer than anybody thought"
EMBARGO = "Embargoed until 5 December 2026, 14:00 UTC."
BEFORE, AFTER = dt.datetime(2026, 12, 5, 13, tzinfo=dt.UTC), dt.datetime(2026, 12, 5, 14, tzinfo=dt.UTC)
NO_LINE = ("preheader: Four stories for you, and a short list of what is on the rise.\n", "")

PAIRS = {
    "size-cut": Pair(sized(91_000, 40), sized(99_000, 40, tracked=False)),
    "size-large": Pair(sized(70_000, 25), sized(70_000, 20)),
    "link-unsafe": Pair(
        prose("[Go](javascript:alert)"), prose("[Write](mailto:ed@news.example), `javascript:`")
    ),
    "link-relative": Pair(prose("[Go](/agenda)"), prose("[then](former) as [1](a) says")),
    "link-malformed": Pair(
        prose("[Go](https://exa mple.org/a) and [there](https://www.example..org/b)."),
        prose("Array[i](x y), `[a](https://b c)`, [a](<https://b.example/c d>)."),
    ),
    "link-lost": Pair(
        prose("[The agenda][agenda] is out."),
        prose("As shown [1][2], a[i][row], and `[a][nope]`; \\[so\\][named]."),
    ),
    "link-user": Pair(text((LINK, "https://ed:pw@a.example/")), text((LINK, "https://a.example/@ed"))),
    "link-private": Pair(text((LINK, "http://10.0.0.7/a")), text((LINK, "http://8.8.8.8/a"))),
    "link-disguised": Pair(
        text((LINK, "https://wеnchang.example/")), text((LINK, "https://роскосмос.рф/пуск"))
    ),
    "link-foreign": Pair(
        text((LINK, "https://xn--e1afmkfd.example/")), text((LINK, "https://bücher.example/пример"))
    ),
    "link-shortened": Pair(text((LINK, "https://bit.ly/x")), text((LINK, "https://orbit.ly/bit.ly/x"))),
    "link-twice": Pair(
        text(("https://b.example/nairobi", "http://www.a.example/wenchang/#top")),
        text(
            ("https://b.example/nairobi", "https://a.example/wenchang?page=2"), (PROSE, f"<{LINK}> {PROSE}")
        ),
    ),
    "link-bare": Pair(
        prose("See https://vienna.example/a."),
        prose("See <https://vienna.example/a>, [https://b.example](https://b.example/), `https://c.example`"),
    ),
    "link-dead": Pair(asked(status=404), asked(status=403)),
    "link-refused": Pair(
        asked(outcome=Outcome.REFUSED, refusal=Refusal.NETWORK),
        asked(outcome=Outcome.REFUSED, refusal=Refusal.PORT),
    ),
    "link-failing": Pair(asked(status=503), asked(status=204)),
    "link-unchecked": Pair(
        asked(outcome=Outcome.REFUSED, refusal=Refusal.PORT),
        asked(outcome=Outcome.REFUSED, refusal=Refusal.NETWORK),
    ),
    "link-redirects": Pair(
        asked(Hop(301, "https://a.example/launches/wenchang")),
        asked(Hop(302, "https://a.example/en/wenchang"), Hop(301, "https://a.example/en/wenchang.html")),
    ),
    "link-slow": Pair(asked(seconds=5.1), asked(seconds=5)),
    "story-without-link": Pair(
        text((STORY, "## Vostochny waits {russia, africa}")),
        text((STORY, "## [Vostochny (waits)](https://c.example/vostochny_(pad)) {russia, africa}")),
    ),
    "story-without-summary": Pair(text((f"{SUMMARY}\n", "")), text((SUMMARY, "待つ。"))),
    "story-without-interest": Pair(
        text((" {russia, africa}", "")),
        text((" {russia, africa}", ""), look=a_look(interests=())),
    ),
    "story-twice": Pair(
        lambda: a_matter(
            f"{SOUND}\n# Also\n\n## [Vostochny Waits!](https://e.example/) {{china}}\nOnce more.\n"
        ),
        lambda: a_matter(f"{SOUND}\n# Also\n\n## [Vostochny acts](https://e.example/) {{china}}\nAt last.\n"),
    ),
    "story-again": Pair(
        after("Other words", "http://www.a.example/wenchang/?utm_medium=mail"),
        after("A launch from Jiuquan", "https://a.example/jiuquan"),
    ),
    "interest-without-story": Pair(
        text(("{china, russia}", "{china}"), ("{russia, africa}", "{africa, china}")),
        text(("{china, russia}", "{china}"), ("{russia, africa}", "{africa, china}"), readers={}),
    ),
    "interest-with-one-story": Pair(
        text(("{china, russia}", "{china}")),
        text(("{china, russia}", "{china}"), readers={frozenset({"china", "africa"}): 9}),
    ),
    "interest-retired": Pair(retired("russia"), a_matter),
    "placeholder": Pair(
        prose("Dear {{ name }},"), prose("Write `{{ name }}`, \\{so\\}, 5 % to 7 %, or TK 1951 to Istanbul.")
    ),
    "placeholder-perhaps": Pair(
        prose("It weighs TK grams."), prose("It weighs TKX-9 grams, TK 1951 carried it.")
    ),
    "entity": Pair(text((SUBJECT, "subject: Launch &amp; dish")), text((SUBJECT, "subject: R&D; AT&T & co"))),
    "shouting": Pair(
        text((SUBJECT, "subject: REGISTER NOW FOR SPRING")),
        text((SUBJECT, "subject: NASA, ESA, JAXA and UNOOSA meet!")),
    ),
    "attachment": Pair(
        prose("The agenda: see attached."),
        prose(
            "Money with strings attached; see the dish attached to the mast, and the attachment of the panel."
        ),
    ),
    "broken-letters": Pair(
        lambda: dataclasses.replace(a_matter(), text=SOUND.replace("for a third", "for aâ€” third")),
        prose("Caña “dry”, naïve – 10 °C, Ž, `â€™`."),
    ),
    "disguised-letters": Pair(
        prose("The Сhina module."),
        prose("A Δv of 3 km/s, 5 μm, iPhone-ы, α-Centauri; Роскосмос (Roscosmos)."),
    ),
    "invisible-character": Pair(
        prose("A third\u200bwinter."), prose("می\u200cخواهم, 👩\u200d🚀, क\u094d\u200dष.")
    ),
    "stray-space": Pair(
        prose("A third , winter."),
        prose(
            "Costs .5 $, `code`, [a](https://b.example), <https://c.example>, ... and  more, from .example."
        ),
    ),
    "script-unexpected": Pair(
        text(("Vostochny waits", "Восточный ждёт"), (SUMMARY, "Третья зима.")),
        text(("Vostochny waits", "Восточный ждёт")),
    ),
    "subject-long": Pair(
        text((SUBJECT, f"subject: {'word ' * 13}")), text((SUBJECT, f"subject: {'word ' * 12}"))
    ),
    "subject-empty": Pair(text((SUBJECT, "subject: 🚀 …")), text((SUBJECT, "subject: 发射"))),
    "subject-reply": Pair(
        text((SUBJECT, "subject: FW: a launch")), text((SUBJECT, "subject: Return: a launch"))
    ),
    "preheader-long": Pair(
        text(("preheader: Four", f"preheader: {'word ' * 22}Four")), text(("preheader: Four", "preheader: 4"))
    ),
    "preheader-repeats": Pair(
        text((NO_LINE[0], "preheader: A LAUNCH, a dish – and a pad that waits\n")), text(NO_LINE)
    ),
    "sender-missing": Pair(lambda: a_matter(sender_address=""), a_matter),
    "sender-nameless": Pair(lambda: a_matter(sender_name=" "), lambda: a_matter(sender_name="编辑")),
    "image-left-out": Pair(
        prose("![Hall](https://v.example/h.jpg)"), prose("\\![Hall] and `![a](https://b.example/c.png)`")
    ),
    "picture-unknown": Pair(
        prose(f"![Hall](picture:{PICTURE})", lost_pictures=frozenset({PICTURE})),
        prose(f"![Hall](picture:{PICTURE})"),
    ),
    "picture-without-words": Pair(
        prose(f"![ ](picture:{PICTURE})"), prose(f'![Hall](picture:{PICTURE} "The hall")')
    ),
    "image-without-alt": Pair(
        template("<h1", '<img src="https://v.example/l.png"><h1'),
        template("<h1", '<img alt="" src="https://v.example/l.png"><h1'),
    ),
    "image-insecure": Pair(
        template("<h1", '<img alt="" src="http://v.example/l.png"><h1'),
        template("<h1", '<img alt="" src="https://v.example/l.png"><h1'),
    ),
    "image-dead": Pair(shown(404), shown(503)),
    "image-failing": Pair(shown(outcome=Outcome.SILENT), shown()),
    "image-not-image": Pair(shown(kind="text/html"), shown(404, kind="text/html")),
    "image-heavy": Pair(shown(size=500_001), shown()),
    "contrast": Pair(
        coloured(accent=Shade("#0b4f8a", "#0b4f8a")), coloured(accent=Shade("#0a4a80", "#8bc0ee"))
    ),
    "heading-order": Pair(template("<h2", "<h4"), template("<h2", '<h2 id="x"')),
    "heading-of-nothing": Pair(
        text(("# Outlook", "# Letters\n\n# Outlook")), text(("# Outlook", "# Letters\n> “Yes.”\n\n# Outlook"))
    ),
    "date-off": Pair(text(("2026-12-01", "2026-11-23")), text(("2026-12-01", "2026-11-24"))),
    "date-contradiction": Pair(
        text((TITLE, f"{TITLE}, 2 December 2026")),
        text((TITLE, f"{TITLE}, December 1st, 2026"), (SUBJECT, "subject: The launch of 5 May 2027")),
    ),
    "weekday-wrong": Pair(
        prose("On Monday, 1 December 2026."),
        prose(
            "On Tuesday, 1 December 2026, Fri 4 December, and sat 12 May delegates down; May 5 (Wednesday)."
        ),
    ),
    "date-impossible": Pair(
        prose("On 31 November 2026, and 30.02.2027."),
        prose("On 29 February, 30 November 2026, 31/12/2026, 12/31/2026; build 2026-77-01, part 45.99.2026."),
    ),
    "year-old": Pair(
        text((SUBJECT, "subject: Digest 2024")),
        text(
            (SUBJECT, "subject: The plan 2023-2027, and what came since 2021"),
            (PROSE, f"In 2019 too. {PROSE}"),
        ),
    ),
    "embargo": Pair(
        prose(EMBARGO, sends_at=BEFORE, sends_on=BEFORE.date()),
        prose(EMBARGO, sends_at=AFTER, sends_on=AFTER.date()),
    ),
    "embargo-ahead": Pair(
        prose(EMBARGO),
        prose("The arms embargo until 31 December 2027 holds; Moscow calls the embargo: unjust.", now=NOW),
    ),
    "postal-address-missing": Pair(
        template("14 Observatory Road", "", of="text"),
        lambda: a_matter(look=a_look(postal_address="1 A & B\nX")),
    ),
    "unsubscribe-missing": Pair(template("-leave_url-", "#"), a_matter),
    "preferences-missing": Pair(template("-preferences_url-", "", of="text"), a_matter),
    "parts-differ": Pair(
        template("Vostochny waits", "Vostochny", of="text"),
        text(("Vostochny waits]", f"{ODD}]")),
    ),
    "client-unsupported": Pair(
        template("<h1", '<div style="display:flex"></div><h1'),
        template("<h1", '<!--[if mso]><v:rect style="position:absolute"></v:rect><![endif]--><h1'),
    ),
    "style-dropped": Pair(
        template("</head>", f"<style>{'a{}' * 2_731}</style></head>"),
        template("</head>", f"<style>{'a{}' * 2_730}</style></head>"),
    ),
}
