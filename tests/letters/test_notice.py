"""What the owner of a list is told, in words, in type, and in figures that add up."""

import re

import pytest

from mailer.letters import setting
from mailer.letters.notice import Facts, News, write
from mailer.rendering.columns import COLUMNS
from mailer.reports import OUTCOME_ORDER

NOBODY = dict.fromkeys(OUTCOME_ORDER, 0)


def facts(news: News, **others: object) -> Facts:
    said = {
        "list_name": "Space Digest",
        "list_slug": "space-digest",
        "send": 7,
        "edition": 3,
        "title": "Space, seen from elsewhere",
        "due": "2026-12-01 09:00 Africa/Nairobi",
        "candidates": 1000,
        "outcomes": NOBODY | {"accepted": 979, "excluded": 20, "rejected": 1},
        "reasons": {"suppressed": 14, "no_story": 6},
    }
    return Facts(news, **{**said, **others})  # type: ignore[arg-type]  # each by its name, as a row holds them


def letter(news: News, **others: object) -> tuple[str, str, str]:
    said = vars(facts(news, **others)) | {"news": news.value}
    made = setting.notice(said)
    return made.subject, made.html, made.text


@pytest.mark.parametrize(
    ("news", "subject"),
    [
        (News.PAUSED, "Space Digest: sending paused"),
        (News.MISSED, "Space Digest: not sent, its hour has passed"),
        (News.DONE, "Space Digest: done, 979 of 1,000 accepted"),
        (News.DONE_WITH_GAPS, "Space Digest: done with gaps, 979 of 1,000 accepted"),
        (News.CANCELLED, "Space Digest: sending cancelled, 979 of 1,000 accepted"),
        (News.UNKNOWN, "Space Digest: 0 readers in doubt"),
    ],
)
def test_the_subject_says_what_happened(news: News, subject: str) -> None:
    assert letter(news)[0] == subject


@pytest.mark.parametrize("news", list(News))
def test_a_notice_says_the_same_in_both_parts_and_fits_its_columns(news: News) -> None:
    notice = write(facts(news, words="401 the key was revoked"))
    _, html, text = letter(news, words="401 the key was revoked")
    for part in (html, text):
        for step in (*notice.steps, notice.because):
            assert step.command.replace(">", "&gt;" if part is html else ">") in part
        assert notice.heading in part
        assert "401 the key was revoked" in part
    assert max(map(len, text.splitlines())) <= COLUMNS


def test_the_ledger_in_a_notice_adds_up() -> None:
    _, html, text = letter(News.DONE)
    figures = [int(figure.replace(",", "")) for figure in re.findall(r"<td[^>]*>([\d,]+)</td>", html)]
    assert figures == [979, 20, 1, 1000]
    assert sum(figures[:-1]) == figures[-1]
    assert "14 suppressed · 6 no story" in html
    assert (
        "accepted      979\n"
        "excluded       20\n"
        "  14 suppressed · 6 no story\n"
        "rejected        1\n"
        "-----------------\n"
        "candidates  1,000\n"
    ) in text


def test_before_the_freeze_there_is_no_ledger_to_show() -> None:
    _, html, text = letter(News.PAUSED, candidates=None)
    assert "Nothing of it has left." in text
    assert "Where each reader stands" not in html + text


@pytest.mark.parametrize(
    ("rule", "consequence"),
    [
        ("hold", "called not confirmed"),
        ("resend", "the list's rule is to send to them again"),
        ("leave_out", "the list's rule is to leave them out"),
    ],
)
def test_of_what_is_unknown_it_says_what_comes_if_nobody_decides(rule: str, consequence: str) -> None:
    said = {
        "outcomes": NOBODY | {"unknown": 1},
        "when_unknown": rule,
        "undecided_until": "2026-12-02 09:00 UTC",
    }
    subject, _, text = letter(News.UNKNOWN, **said)
    assert subject == "Space Digest: 1 reader in doubt"
    assert consequence in " ".join(text.split())
    assert "by 2026-12-02 09:00 UTC" in " ".join(text.split())
    assert "mailer sends resolve 7 --status" in text


def test_who_may_have_it_twice_and_that_the_sandbox_took_it_are_said() -> None:
    text = letter(News.DONE, possibly_twice=10, sandboxed=True)[2]
    assert "10 readers may have it twice" in text
    assert "nothing has left this machine" in text


def test_of_complaints_it_says_how_many_of_whom_and_leads_to_the_report() -> None:
    report = "https://news.example.org/desk/sends/7/report"
    said = {"complained": 9, "arrived": 4_950, "accepted": 5_000, "report": report}
    subject, html, text = letter(News.COMPLAINTS, **said)
    assert subject == "Space Digest: 9 readers marked it as spam"
    plain = " ".join(text.replace("\u00a0", " ").split())
    assert "9 readers of the 4,950 who got “Space, seen from elsewhere” marked it as spam: 0.18 %." in plain
    assert "stay below 0.1 %; from 0.3 % on" in plain
    assert f'<a href="{report}"' in html
    assert f"\n    {report}\n" in text
    assert "sends pause" not in text, "nobody waits for it any more"


def test_of_bounces_it_says_how_many_of_how_many() -> None:
    subject, _, text = letter(News.BOUNCES, bounced=120, accepted=5_000)
    assert subject == "Space Digest: 120 addresses refused for good"
    plain = " ".join(text.replace("\u00a0", " ").split())
    assert "Of the 5,000 copies of “Space, seen from elsewhere” that were accepted, those to 120" in plain
    assert "mail servers: 2.4 %. Above 2 %, " in plain


def test_nothing_from_outside_breaks_the_letter() -> None:
    subject, html, text = letter(
        News.PAUSED,
        list_name="Space\r\nBcc: all",
        title="<b>a & b</b> -leave_url- \x00\x0b\ufffe",
        words="said <script> {{ x }} \ud800",
    )
    assert subject == "Space Bcc: all: sending paused"
    assert "<script>" not in html
    assert "&lt;script&gt; {{ x }}" in html
    assert "-leave_url-" not in html + text
    text.encode()
    html.encode()


def test_nothing_in_a_notice_is_fetched_or_personal() -> None:
    html = letter(News.DONE)[1]
    assert not re.findall(r'(?:src|href)="http', html)
    assert len(html) < 20_000
