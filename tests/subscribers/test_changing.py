import datetime as dt

import pytest

from subscribers import changing, list_fields
from subscribers.changing import Difference
from subscribers.list_fields import ListError, Sender
from subscribers.models import Change, List
from subscribers.vocabulary import NoStory, UnchosenStories, WhenUnknown

pytestmark = pytest.mark.database

FIELDS = [
    ("name", "Moon Digest", "name"),
    ("sender", Sender("Moon", "moon@example.org"), "from"),
    ("reply_to", "desk@example.org", "reply_to"),
    ("postal_address", "2 Other Road\nLusaka", "postal_address"),
    ("description", "News of the moon", "description"),
    ("language", "pt-BR", "language"),
    ("zone", "Africa/Nairobi", "zone"),
    ("owner", "ed@example.org", "owner"),
    ("unchosen_stories", UnchosenStories.HIDDEN, "unchosen_stories"),
    ("no_story", NoStory.TOP_STORIES, "no_story"),
    ("when_unknown", WhenUnknown.RESEND, "when_unknown"),
    ("second_approval", True, "second_approval"),
    ("tracked", False, "tracked"),
    ("public", False, "public"),
    ("keep_pending_days", None, "keep_pending_days"),
    ("keep_inactive_days", 730, "keep_inactive_days"),
]


@pytest.mark.parametrize(("field", "value", "shown"), FIELDS, ids=lambda value: str(value)[:20])
def test_a_field_is_changed_and_who_did_it_is_written_down(
    digest: List, noon: dt.datetime, field: str, value: object, shown: str
) -> None:
    before = list_fields.stated(digest)[shown]
    [difference] = changing.change(digest, by="ada", at=noon, **{field: value})
    digest.refresh_from_db()
    after = list_fields.stated(digest)[shown]
    assert difference == Difference(shown, before, after)
    assert before != after
    line = Change.objects.latest("pk")
    assert (line.who, line.at, line.what, line.list) == ("ada", noon, "lists set", digest)
    assert (line.before, line.after) == ({shown: before}, {shown: after})


def test_every_field_that_is_shown_can_be_changed(digest: List) -> None:
    assert {shown for _, _, shown in FIELDS} == set(list_fields.stated(digest))


def test_what_was_so_already_is_no_change(digest: List, noon: dt.datetime) -> None:
    lines = Change.objects.count()
    assert changing.change(digest, by="ada", at=noon, name=" Space Digest ", tracked=True) == ()
    assert Change.objects.count() == lines


def test_only_what_differs_is_told(digest: List, noon: dt.datetime) -> None:
    differences = changing.change(digest, by="ada", at=noon, name="Space Digest", public=False)
    assert differences == (Difference("public", before=True, after=False),)
    assert Change.objects.latest("pk").before == {"public": True}


def test_answers_and_the_owner_may_be_emptied(digest: List, noon: dt.datetime) -> None:
    changing.change(digest, by="ada", at=noon, reply_to="desk@example.org", owner="ed@example.org")
    changing.change(digest, by="ada", at=noon, reply_to="", owner=" ")
    assert (digest.reply_to, digest.owner_address) == ("", "")


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("name", "", "name is empty"),
        ("postal_address", " ", "needs a postal address"),
        ("reply_to", "nobody", "reply-to"),
        ("owner", "nobody", "owner"),
        ("zone", "Mars/Olympus", "IANA"),
        ("language", "english please", "BCP 47"),
    ],
)
def test_one_wrong_value_changes_nothing(
    digest: List, noon: dt.datetime, field: str, value: str, reason: str
) -> None:
    lines = Change.objects.count()
    with pytest.raises(ListError, match=reason):
        changing.change(digest, by="ada", at=noon, **{"public": False, field: value})
    digest.refresh_from_db()
    assert digest.public
    assert Change.objects.count() == lines


def test_what_another_changed_meanwhile_stays(digest: List, noon: dt.datetime) -> None:
    mine = List.objects.get(pk=digest.pk)
    changing.change(digest, by="ada", at=noon, name="Moon Digest")
    changing.change(mine, by="eve", at=noon, zone="Africa/Nairobi")
    assert (mine.name, mine.zone) == ("Moon Digest", "Africa/Nairobi")
    assert Change.objects.latest("pk").before == {"zone": "UTC"}


def test_a_list_that_was_removed_meanwhile_is_told(second: List, noon: dt.datetime) -> None:
    List.objects.filter(pk=second.pk).delete()
    with pytest.raises(ListError, match="The list second is gone"):
        changing.change(second, by="ada", at=noon, name="Third")
