import datetime as dt

import pytest

from mailer import editions
from mailer.models import Edition
from subscribers.models import Change, List, Subscriber, Subscription
from subscribers.vocabulary import Status
from tests.commands.conftest import Mailer
from tests.stage import EDITION, NOW, a_list, a_reader, a_send, an_edition

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("db")]

SET = ("lists", "set", "space-digest")
RM = ("lists", "rm", "space-digest")

# Option, value, field, what it is afterwards.
CHANGES = [
    ("--name", "Moon Digest", "name", "Moon Digest"),
    ("--from", "Moon <moon@example.org>", "from", "Moon <moon@example.org>"),
    ("--reply-to", "desk@example.org", "reply_to", "desk@example.org"),
    ("--postal-address", "2 Other Road", "postal_address", "2 Other Road"),
    ("--description", "News of the moon", "description", "News of the moon"),
    ("--language", "pt-BR", "language", "pt-BR"),
    ("--zone", "Africa/Nairobi", "zone", "Africa/Nairobi"),
    ("--owner", "ed@news.example", "owner", "ed@news.example"),
    ("--unchosen-stories", "full", "unchosen_stories", "full"),
    ("--no-story", "top_stories", "no_story", "top_stories"),
    ("--when-unknown", "leave_out", "when_unknown", "leave_out"),
    ("--second-approval", None, "second_approval", True),
    ("--no-tracked", None, "tracked", False),
    ("--no-public", None, "public", False),
    ("--keep-pending-days", "never", "keep_pending_days", None),
    ("--keep-inactive-days", "730", "keep_inactive_days", 730),
]


@pytest.mark.parametrize(("option", "value", "field", "after"), CHANGES, ids=[row[0] for row in CHANGES])
def test_every_field_can_be_set(
    mailer: Mailer, option: str, value: str | None, field: str, after: object
) -> None:
    a_list()
    words = (option,) if value is None else (option, value)
    changed = mailer(*SET, *words, "--json")
    assert (changed.status, changed.err) == (0, "")
    assert changed.json[field] == after
    assert list(changed.json["changed"]) == [field]
    assert changed.json["changed"][field]["after"] == after
    assert mailer("lists", "show", "space-digest", "--json").json[field] == after
    assert mailer(*SET, *words).out == "space-digest was so already; nothing was changed.\n"
    assert Change.objects.filter(what="lists set").count() == 1


def test_all_that_lists_show_has_can_be_set(mailer: Mailer) -> None:
    a_list()
    shown = mailer("lists", "show", "space-digest", "--json").json
    fixed = {"slug", "created_at", "interests", "subscribers"}
    assert set(shown) - fixed == {field for _, _, field, _ in CHANGES}


def test_what_changed_is_shown_before_and_after(mailer: Mailer) -> None:
    a_list()
    changed = mailer(*SET, "--name", "Moon Digest", "--no-public", "--owner", "ed@news.example")
    assert changed.out == (
        "name: Space Digest -> Moon Digest\nowner: nothing -> ed@news.example\npublic: yes -> no\n"
    )


def test_an_empty_text_empties_what_may_be_empty(mailer: Mailer) -> None:
    a_list()
    mailer(*SET, "--reply-to", "desk@example.org", "--keep-inactive-days", "30")
    emptied = mailer(*SET, "--reply-to", "", "--keep-inactive-days", "never")
    assert emptied.out == "reply to: desk@example.org -> nothing\nkeep inactive days: 30 -> none\n"
    assert mailer(*SET, "--name", "").err == "mailer: The list's name is empty\n"


def test_to_set_nothing_is_wrong_usage(mailer: Mailer) -> None:
    a_list()
    nothing = mailer(*SET)
    assert nothing.status == 2
    assert "say what to change" in nothing.err


@pytest.mark.parametrize(
    ("words", "status", "reason"),
    [
        (("--owner", "nobody"), 1, "owner"),
        (("--from", "news@example.org"), 1, "must be written as Name <address>"),
        (("--zone", "Mars/Olympus"), 1, "IANA"),
        (("--keep-pending-days", "-1"), 1, "from 1 to 36,500, or never"),
        (("--keep-pending-days", "soon"), 1, "from 1 to 36,500, or never"),
        (("--when-unknown", "perhaps"), 2, "perhaps"),
        (("--no-story", "skip", "--unchosen-stories", "some"), 2, "some"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_nonsense_changes_nothing(mailer: Mailer, words: tuple[str, ...], status: int, reason: str) -> None:
    a_list()
    wrong = mailer(*SET, "--name", "Moon Digest", *words)
    assert (wrong.status, wrong.out) == (status, "")
    assert reason in wrong.err
    assert List.objects.get().name == "Space Digest"


def test_a_list_that_is_not_there_cannot_be_set(mailer: Mailer) -> None:
    missing = mailer(*SET, "--name", "Moon Digest")
    assert missing.status == 1
    assert missing.err == "mailer: There is no list 'space-digest'; make one with `mailer lists add`\n"


def test_what_was_approved_is_to_be_approved_anew_where_readers_would_see_another_letter(
    mailer: Mailer,
) -> None:
    owner = a_list()
    first, second = an_edition(owner), an_edition(owner, EDITION.replace(b"Vostochny", b"Plesetsk"))
    editions.approve(first, by="ed", now=NOW)
    send = a_send(second, NOW + dt.timedelta(days=1))
    changed = mailer(*SET, "--postal-address", "2 Other Road")
    assert changed.status == 0
    assert changed.err == (
        f"Approved before this change, and to be approved anew: edition {first.pk}; edition {second.pk},"
        f" whose send {send.pk} would stop at its hour: cancel it, and schedule the edition again\n"
    )
    assert mailer(*SET, "--name", "Moon Digest").err == ""
    assert mailer(*SET, "--zone", "Africa/Nairobi").err == ""


def test_an_empty_list_is_removed_when_somebody_means_it(mailer: Mailer) -> None:
    a_list()
    asked = mailer(*RM)
    assert (asked.status, asked.out) == (1, "")
    assert "Remove space-digest for good, with 0 subscriptions? Nobody is here to answer" in asked.err
    assert List.objects.exists()
    gone = mailer(*RM, "--yes")
    assert (gone.status, gone.err) == (0, "")
    assert gone.out == "space-digest is gone, with 0 subscriptions.\n"
    again = mailer(*RM, "--yes")
    assert again.status == 1
    assert again.err.startswith("mailer: There is no list 'space-digest'")


def test_what_goes_and_who_stays_is_said_before_and_after(mailer: Mailer) -> None:
    owner, other = a_list(), a_list("second")
    a_reader(owner, "nina@example.org")
    a_reader(owner, "omar@example.org", (), Status.UNSUBSCRIBED)
    a_reader(owner, "zoe@example.org")
    a_reader(other, "zoe@example.org")
    mailer("segments", "add", "space-digest", "africans", "interest in (africa)")
    would = mailer(*RM, "--dry-run")
    assert would.out.startswith(
        "space-digest would go, with 3 subscriptions (2 active) and the evidence of consent to it,"
        " 1 segment.\n"
    )
    assert "2 subscribers would stay and be on no list any more" in would.out
    assert List.objects.count() == 2
    planned, done = mailer(*RM, "--dry-run", "--json").json, mailer(*RM, "--yes", "--json").json
    assert (planned.pop("removed"), done.pop("removed")) == (False, True)
    assert planned == done
    assert (done["subscriptions"], done["active"], done["on_no_list"]) == (3, 2, 2)
    assert done["segments"] == 1
    assert Subscriber.objects.count() == 3
    assert Subscription.objects.count() == 1
    assert "lists rm" in mailer("changes", "ls").out


def test_one_person_who_stays_is_one(mailer: Mailer) -> None:
    a_reader(a_list(), "nina@example.org")
    assert "\n1 subscriber stays and is on no list any more;" in mailer(*RM, "--yes").out


def test_a_list_with_editions_is_kept_and_one_is_told_what_to_do(mailer: Mailer) -> None:
    an_edition(a_list())
    for words in (("--yes",), ("--dry-run",), ()):
        kept = mailer(*RM, *words)
        assert (kept.status, kept.out) == (1, "")
        assert kept.err == (
            "mailer: space-digest has 1 edition, and what became of each copy must stay accounted for, so it"
            " cannot be removed; `mailer lists set space-digest --no-public` lets nobody new come\n"
        )
    assert Edition.objects.count() == 1


def test_a_list_that_is_not_there_cannot_be_removed(mailer: Mailer) -> None:
    a_list("second")
    missing = mailer(*RM, "--dry-run")
    assert missing.status == 1
    assert missing.err == "mailer: There is no list 'space-digest'; there is second\n"


@pytest.mark.parametrize("command", ["set", "rm"])
def test_every_command_shows_an_example(mailer: Mailer, command: str) -> None:
    assert f"Example: mailer lists {command}" in mailer("lists", command, "--help").out
