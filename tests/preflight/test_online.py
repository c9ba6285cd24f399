"""What is said of links that were asked; `test_rules` has the pair of each rule."""

import pytest

from mailer.fetching.values import Fetched, Hop, Outcome, Question, Refusal
from mailer.preflight import Severity
from mailer.preflight.online import wanted
from mailer.rendering.theme import Theme
from mailer.rendering.values import House
from tests.preflight.cast import SOUND, a_look, a_matter, said, with_html
from tests.preflight.pairs import LINK, PROSE

WELL = Fetched(Outcome.ANSWERED, 200)
PAGES = tuple(
    Question(url)
    for url in (
        LINK,
        "https://b.example/nairobi",
        "https://c.example/vostochny",
        "https://d.example/chandrayaan",
    )
)


def told(fetched: Fetched, url: str = LINK) -> list[tuple[str, str]]:
    """Return the rules that the first story's link breaks, and what is said."""
    matter = a_matter(SOUND.replace(LINK, url), online={Question(url): fetched})
    assert all(finding.line == 20 for finding in said(matter))
    return [(finding.rule, finding.message) for finding in said(matter)]


def test_each_address_is_asked_once_and_without_its_place_in_the_page() -> None:
    text = SOUND.replace(
        PROSE, f"<{LINK}#top> and [a](https://e.example/?a=1&amp;b=\\_2), <mailto:ed@a.example>. {PROSE}"
    )
    assert wanted(a_matter(text)) == (
        Question(LINK),
        Question("https://e.example/?a=1&b=_2"),
        *PAGES[1:],
    )


@pytest.mark.parametrize(
    "url", ["http://10.0.0.7/", "http://localhost/", "https://ed:pw@a.example/", "javascript:alert(1)", "/a"]
)
def test_what_is_wrong_offline_already_is_not_asked(url: str) -> None:
    assert wanted(a_matter(SOUND.replace(PROSE, f"[a]({url}) {PROSE}"))) == PAGES


def test_images_of_letters_are_asked_with_their_content() -> None:
    matter = with_html("<h1", '<img alt="" src="https://v.example/l.png?a=1&amp;b=2"><img src="cid:x"><h1')
    assert wanted(matter)[-1] == Question("https://v.example/l.png?a=1&b=2", image=True)
    assert len(wanted(matter)) == 5


def test_offline_nothing_is_found() -> None:
    assert said(a_matter(online={})) == []


def test_all_well_is_nothing_said() -> None:
    assert said(a_matter(online=dict.fromkeys(PAGES, WELL))) == []


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_is_an_error(status: int) -> None:
    (finding,) = said(a_matter(online={Question(LINK): Fetched(Outcome.ANSWERED, status)}))
    assert (finding.rule, finding.severity) == ("link-dead", Severity.ERROR)
    assert f"“{LINK}” answers {status}, " in finding.message


@pytest.mark.parametrize("outcome", [Outcome.UNKNOWN_HOST, Outcome.CLOSED, Outcome.CERTIFICATE])
def test_who_is_not_there_or_not_who_they_say_is_an_error(outcome: Outcome) -> None:
    assert [rule for rule, _ in told(Fetched(outcome))] == ["link-dead"]


@pytest.mark.parametrize("status", [100, 302, 400, 401, 403, 429, 451, 500, 503, 999])
def test_what_may_dislike_robots_or_pass_is_a_warning(status: int) -> None:
    (finding,) = said(a_matter(online={Question(LINK): Fetched(Outcome.ANSWERED, status)}))
    assert (finding.rule, finding.severity) == ("link-failing", Severity.WARNING)


def test_every_outcome_but_an_answer_is_told_once() -> None:
    for outcome in set(Outcome) - {Outcome.ANSWERED, Outcome.REFUSED}:
        assert len(told(Fetched(outcome))) == 1, outcome


def test_every_refusal_is_told_once() -> None:
    rules = {refusal: told(Fetched(Outcome.REFUSED, refusal=refusal)) for refusal in Refusal}
    assert {len(found) for found in rules.values()} == {1}
    assert {refusal for refusal, [(rule, _)] in rules.items() if rule == "link-unchecked"} == {
        Refusal.PORT,
        Refusal.LENGTH,
        Refusal.CHARACTERS,
        Refusal.HOST,
    }


def test_where_a_redirect_ended_is_told_with_what_is_wrong_there() -> None:
    hops = (Hop(302, "https://a.example/new"),)
    [(rule, message)] = told(Fetched(Outcome.ANSWERED, 404, hops))
    assert rule == "link-dead"
    assert "redirects to “https://a.example/new”, which answers 404" in message
    [(rule, message)] = told(Fetched(Outcome.REFUSED, hops=(Hop(302, ""),), refusal=Refusal.SCHEME))
    assert (rule, "leads to what is no web page: link to a public page" in message) == ("link-refused", True)
    [(rule, message)] = told(Fetched(Outcome.REFUSED, hops=(Hop(302, ""),), refusal=Refusal.PORT))
    assert "redirects to an address that has a port of its own, so it was not asked" in message


MOVED = {
    (
        "http://a.example/w",
        "https://a.example/w",
    ): "written a little differently by now: link to “https://a.example/w”",
    ("https://a.example/w", "https://a.example/w/"): "differently",
    ("https://a.example/w", "https://www.a.example/w"): "differently",
    (
        "https://a.example/",
        "https://b.example/",
    ): "has moved for good: link to “https://b.example/”, if it is",
    (
        "https://a.example/w",
        "https://a.example/x",
    ): "has moved for good: link to “https://a.example/x”, if it is",
    (
        "https://a.example/w",
        "https://a.example/",
    ): "leads to the front page “https://a.example/”, as pages do that are",
}


@pytest.mark.parametrize(("was", "now"), MOVED)
def test_where_a_page_moved_is_told(was: str, now: str) -> None:
    [(rule, message)] = told(Fetched(Outcome.ANSWERED, 200, (Hop(301, now),)), was)
    assert rule == "link-redirects"
    assert MOVED[was, now] in message


def test_a_page_that_moved_for_a_while_is_where_it_is() -> None:
    assert told(Fetched(Outcome.ANSWERED, 200, (Hop(302, "https://a.example/today"),))) == []
    front = (Hop(302, "https://a.example/"),)
    assert [rule for rule, _ in told(Fetched(Outcome.ANSWERED, 200, front))] == ["link-redirects"]


def test_of_several_redirects_those_for_good_count_up_to_the_first_that_is_not() -> None:
    hops = [
        Hop(308, "https://a.example/x"),
        Hop(301, "https://b.example/x"),
        Hop(302, "https://b.example/login"),
    ]
    [(_, message)] = told(Fetched(Outcome.ANSWERED, 200, tuple(hops)))
    assert "link to “https://b.example/x”" in message


def test_a_shortened_link_is_told_with_the_page_it_hides() -> None:
    hops = (Hop(301, "https://a.example/launches"),)
    [(rule, message)] = told(Fetched(Outcome.ANSWERED, 200, hops), "https://bit.ly/x")
    assert rule == "link-shortened"
    assert message.endswith("which hides the page: link to “https://a.example/launches”")
    assert told(WELL, "https://bit.ly/x")[0][1].endswith("link to the page itself")


def test_where_nothing_was_reached_it_is_said_once_and_of_this_machine() -> None:
    nobody = [Outcome.UNKNOWN_HOST, Outcome.CLOSED, Outcome.SILENT, Outcome.NO_LOOKUP]
    came = {page: Fetched(outcome) for page, outcome in zip(PAGES, nobody, strict=True)}
    (finding,) = said(a_matter(online=came))
    assert (finding.rule, finding.line, finding.severity) == ("link-failing", 1, Severity.WARNING)
    assert finding.message.startswith("None of the 4 addresses could be reached")
    assert len(said(a_matter(online=came | {PAGES[0]: WELL}))) == 3
    assert len(said(a_matter(online=dict(list(came.items())[:2])))) == 2


def test_the_longest_addresses_leave_a_message_that_can_be_read() -> None:
    long = f"https://a.example/{'a' * 1_000}"
    for fetched in (
        Fetched(Outcome.ANSWERED, 200, (Hop(301, f"{long}b"),)),
        Fetched(Outcome.ANSWERED, 503, (Hop(302, f"{long}b"),)),
        Fetched(Outcome.ANSWERED, 404, (Hop(302, f"{long}b"),)),
    ):
        [(_, message)] = told(fetched, long)
        assert len(message) < 300


def test_who_is_refused_unasked_or_was_asked_before_says_nothing_of_this_machine() -> None:
    nobody = dict.fromkeys(PAGES[1:], Fetched(Outcome.UNKNOWN_HOST))
    for other in (
        Fetched(Outcome.REFUSED, refusal=Refusal.PORT),
        Fetched(Outcome.ANSWERED, 200, recalled=True),
        Fetched(Outcome.ANSWERED, 404, recalled=True),
    ):
        found = said(a_matter(online={PAGES[0]: other} | nobody))
        (summary,) = [each for each in found if each.line == 1]
        assert summary.message.startswith("None of the 3 addresses could be reached")
        assert {each.rule for each in found if each.line != 1} <= {"link-unchecked", "link-dead"}
        assert sum(each.line != 1 for each in found) == (not other.is_well)


def test_a_status_that_is_none_is_no_trouble_of_the_server() -> None:
    [(_, message)] = told(Fetched(Outcome.ANSWERED, 999))
    assert "answers 999, which may be dislike of programs that look" in message


def test_pictures_kept_here_are_not_asked_for_on_the_net() -> None:
    look = a_look(house=House("https://news.internal"))
    picture = "ab" * 16 + "-1072x603.jpg"
    matter = a_matter(SOUND.replace(PROSE, f"![Hall](picture:{picture})\n\n{PROSE}"), look)
    assert f"https://news.internal/pictures/{picture}" in matter.letters[0].rendered.html
    assert wanted(matter) == PAGES


def test_links_of_the_themes_footer_are_asked_and_told_by_their_line() -> None:
    foot = Question("https://foot.example/about")
    look = a_look(theme=Theme(footer=("By us.", f"[About]({foot.url})")))
    assert wanted(a_matter(look=look)) == (*PAGES, foot)
    (finding,) = said(a_matter(look=look, online={foot: Fetched(Outcome.ANSWERED, 404)}))
    assert (finding.rule, finding.line, finding.column) == ("link-dead", 1, 1)
    assert finding.message.startswith(f"Theme footer, line 2: “{foot.url}” answers 404")
