"""What a letter to one person says that they asked for on a page, or that welcomes them.

Nothing that a visitor typed is in it: whoever asks in somebody else's name must not write to them through us.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _
from markupsafe import escape

from mailer.languages import date, listed


class About(StrEnum):
    """What a letter is about."""

    # is it you, and do you want it
    CONFIRM = "confirm"
    # the same was asked for somebody who has it
    ALREADY = "already"
    DATA = "data"
    FORGET = "forget"
    READDRESS = "readdress"
    # to the new address
    MOVE = "move"
    WELCOME = "welcome"


@dataclass(frozen=True)
class Facts:
    """What a letter is written from; `list_name` and `interests` may be markup, for HTML.

    `url` is where its button leads; the other addresses stand at its foot, '' for none. `interests` None is
    everything.
    """

    about: About
    list_name: str
    url: str
    asked_on: dt.date
    interests: tuple[str, ...] | None = None
    current: bool = False
    leave_url: str = ""


@dataclass(frozen=True)
class Way:
    """A link and what it says."""

    label: str
    url: str


@dataclass(frozen=True)
class Personal:
    """A letter in words: `said` before the button, `small` after it, `ways` at the foot."""

    subject: str
    heading: str
    said: tuple[str, ...]
    button: Way
    small: str
    because: str
    ways: tuple[Way, ...] = ()


def write(facts: Facts) -> Personal:
    """Return the letter in the language that is spoken at present."""
    return _WRITERS[facts.about](facts)


def _confirm(facts: Facts) -> Personal:
    return Personal(
        subject=_put(_("Please confirm: %(list)s"), facts),
        heading=_put(_("Would you like to read %(list)s?"), facts),
        said=(
            _put(
                _(
                    "On %(date)s somebody, probably you, asked for %(list)s to come to this address."
                    " It comes only if you confirm it."
                ),
                facts,
            ),
            _("The link leads to a page with one button. It is good for seven days."),
        ),
        button=Way(_("Look and confirm"), facts.url),
        small=_(
            "If it was not you, do nothing: no letters come, and what was asked for is forgotten in a few"
            " days."
        ),
        because=_asked_here(facts),
    )


def _already(facts: Facts) -> Personal:
    return Personal(
        subject=_put(_("You already get %(list)s"), facts),
        heading=_put(_("You already get %(list)s"), facts),
        said=(
            _put(
                _(
                    "On %(date)s somebody, probably you, asked for %(list)s to come to this address."
                    " It comes already, and nothing was changed."
                ),
                facts,
            ),
            _("If you would like other subjects, a pause or another language, choose here."),
        ),
        button=Way(_("Your preferences"), facts.url),
        small=_("If it was not you, do nothing: everything stays as it is."),
        because=_asked_here(facts),
    )


def _data(facts: Facts) -> Personal:
    return Personal(
        subject=_("Your data: a link that is good for one hour"),
        heading=_("Your data"),
        said=(
            _put(
                _(
                    "On %(date)s somebody with one of your letters of %(list)s, probably you, asked for a"
                    " copy of all that is stored about you."
                ),
                facts,
            ),
            _("The link is good for one hour, and once."),
        ),
        button=Way(_("Get my data"), facts.url),
        small=_("If it was not you, do nothing: without this link nobody gets anything."),
        because=_asked_here(facts),
    )


def _forget(facts: Facts) -> Personal:
    return Personal(
        subject=_("To be forgotten: a link that is good for one hour"),
        heading=_("Shall we forget you?"),
        said=(
            _put(
                _(
                    "On %(date)s somebody with one of your letters of %(list)s, probably you, asked for"
                    " everything to be erased that is stored about you."
                ),
                facts,
            ),
            _(
                "The link leads to a page that says what goes and what stays, with one button. It is good for"
                " one hour."
            ),
        ),
        button=Way(_("Look and decide"), facts.url),
        small=_("If it was not you, do nothing: everything stays as it is."),
        because=_asked_here(facts),
    )


def _readdress(facts: Facts) -> Personal:
    return Personal(
        subject=_("Another address: a link that is good for one hour"),
        heading=_("Shall your letters go elsewhere?"),
        said=(
            _put(
                _(
                    "On %(date)s somebody with one of your letters of %(list)s, probably you, asked for them"
                    " to go to another address."
                ),
                facts,
            ),
            _("The link leads to a page that asks for it. It is good for one hour, and once."),
        ),
        button=Way(_("Name the new address"), facts.url),
        small=_("If it was not you, do nothing: your letters come here as before."),
        because=_asked_here(facts),
    )


def _move(facts: Facts) -> Personal:
    return Personal(
        subject=_put(_("Please confirm your new address: %(list)s"), facts),
        heading=_("Is this your new address?"),
        said=(
            _put(
                _(
                    "On %(date)s a reader of %(list)s asked for the letters to come to this address from now"
                    " on. They do so only if you confirm it."
                ),
                facts,
            ),
            _("The link leads to a page with one button. It is good for one hour."),
        ),
        button=Way(_("Look and confirm"), facts.url),
        small=_("If it was not you, do nothing: no letters come to this address."),
        because=_asked_here(facts),
    )


def _welcome(facts: Facts) -> Personal:
    if facts.interests is None:
        follows = _("You get every story in full.")
    elif facts.interests:
        follows = _put(_("You follow %(interests)s."), facts)
    else:
        follows = _("You get what is meant for everyone.")
    coming = _("The current edition follows in a letter of its own.") if facts.current else ""
    return Personal(
        subject=_put(_("Welcome to %(list)s"), facts),
        heading=_put(_("Welcome to %(list)s"), facts),
        said=tuple(
            filter(
                None,
                (
                    _put(_("You have confirmed it: %(list)s comes to you from the next edition on."), facts),
                    follows,
                    coming,
                ),
            )
        ),
        button=Way(_("Your preferences"), facts.url),
        small=_("Interests, pauses, another address, another language: all of it stands there."),
        because=_put(_("You get this letter because you subscribed to %(list)s."), facts),
        ways=(Way(_("Unsubscribe"), facts.leave_url),),
    )


def _asked_here(facts: Facts) -> str:
    return _put(_("You get this letter because it was asked for on the page of %(list)s."), facts)


def _put(sentence: str, facts: Facts) -> str:
    """Fill the named places of a sentence; as markup where the list's name is."""
    places = {
        "list": facts.list_name,
        "date": date(facts.asked_on),
        "interests": listed(facts.interests or ()),
    }
    if hasattr(facts.list_name, "__html__"):
        return escape(sentence) % places
    return sentence % places


_WRITERS: dict[About, Callable[[Facts], Personal]] = {
    About.CONFIRM: _confirm,
    About.ALREADY: _already,
    About.DATA: _data,
    About.FORGET: _forget,
    About.READDRESS: _readdress,
    About.MOVE: _move,
    About.WELCOME: _welcome,
}
