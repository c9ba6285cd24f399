"""`/preferences/<token>`: a reader says what they want; who holds the letter may, and no more than that.

What a forwarded letter must not be enough for (a copy of one's data, being forgotten, another address) is
only asked for here: a letter to the reader brings the link that does it.
"""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from markupsafe import escape

from mailer import doorbell
from mailer.languages import current, isolated, languages, listed, spoken
from mailer.web import errors, parting, saving
from mailer.web.languages import speak
from mailer.web.origins import origin_of
from mailer.web.pages import page
from mailer.web.saving import AS_IT_IS, NO_PAUSE, OutdatedError, Wish
from subscribers import asking, standings, tokens
from subscribers.addresses import masked
from subscribers.interests import UnknownInterestError
from subscribers.standings import Standing
from subscribers.vocabulary import RequestKind, Status, UnchosenStories

# The form's last field: a body that we cannot read, or that was cut off, must not pass for "tick nothing".
LAST_FIELD = "whole"
HOW = "preferences page"
ASKED = {kind.value: kind for kind in (RequestKind.DATA, RequestKind.FORGET, RequestKind.READDRESS)}


@dataclass(frozen=True)
class Pause:
    """One choice of a pause: what the form sends, what it is called, and the day that letters come again."""

    value: str
    name: str
    back: dt.date | None = None


@dataclass(frozen=True)
class Language:
    """One choice of a language; `tag` is that of its name."""

    value: str
    name: str
    tag: str = ""


@csrf_exempt  # the token is the proof; a cookie would prove less
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a reader gets; save what they choose, or write the letter that they ask for."""
    claim = tokens.read("preferences", token)
    if claim is None:
        return errors.unknown_link(request)
    standing = standings.of(claim.subscription)
    if standing is None:
        return parting.gone(request)
    speak(request, reader=standing.locale, newsletter=standing.list.language)
    posted = request.method == "POST"
    if posted and "ask" in request.POST:
        return _ask(request, standing)
    leave = f"/u/{tokens.make('leave', standing.subscription, claim.delivery)}"
    visit = _Visit(request, standing, leave, _now())
    if standing.status == Status.UNSUBSCRIBED:
        return visit.left()
    return visit.saved() if posted else visit.shown()


@dataclass(frozen=True)
class _Visit:
    """One request about a subscription that stands."""

    request: HttpRequest
    standing: Standing
    leave: str
    now: dt.datetime

    def left(self) -> HttpResponse:
        """Say that they have left, with what they may still ask for."""
        return parting.left(self.request, self.standing, ask=self.request.path)

    def saved(self) -> HttpResponse:
        """Save what was chosen, and show what holds now; nothing is saved of a page that is outdated."""
        if LAST_FIELD not in self.request.POST:
            raise BadRequest("the form did not arrive whole")
        stored = saving.as_stored(self.standing)
        locales = [language.value for language in _languages(stored.locale)]
        counts = self.standing.list.tracked
        wish = saving.read(self.request.POST, stored, locales, counts=counts)
        origin = origin_of(self.request, "preferences.html")
        try:
            saving.save(self.standing, wish, stored, how=HOW, at=self.now, origin=origin)
        except (UnknownInterestError, OutdatedError):
            return self._page(wish, status=409, outdated=True)
        fresh = standings.of(self.standing.subscription)
        if fresh is None:
            return parting.gone(self.request)
        speak(self.request, chosen=wish.locale, newsletter=fresh.list.language)
        after = _Visit(self.request, fresh, self.leave, self.now)
        return after.left() if fresh.status == Status.UNSUBSCRIBED else after.shown(saved=True)

    def shown(self, *, saved: bool = False) -> HttpResponse:
        """Show the form as things stand."""
        return self._page(saving.as_stored(self.standing), saved=saved)

    def _page(
        self, wish: Wish, *, status: int = 200, saved: bool = False, outdated: bool = False
    ) -> HttpResponse:
        standing, newsletter = self.standing, self.standing.list
        zone = ZoneInfo(newsletter.zone)
        back = standing.paused_until.astimezone(zone).date() if standing.paused_until else None
        return page(
            self.request,
            "preferences.html",
            status=status,
            list=newsletter,
            address=masked(standing.address),
            standing=standing.status,
            back=back,
            held_back=standing.held_back,
            editors=newsletter.reply_to or newsletter.sender_address,
            gets=_gets(standing),
            interests=standing.offer.offered,
            wish=wish,
            pauses=_pauses(standing.status, back, self.now.astimezone(zone).date()),
            locales=_languages(standing.locale),
            saved=saved,
            outdated=outdated,
            last_field=LAST_FIELD,
            leave=self.leave,
            ask=self.request.path,
        )


def _ask(request: HttpRequest, standing: Standing) -> HttpResponse:
    """Ask for the letter whose link does what this page must not."""
    kind = ASKED.get(request.POST["ask"])
    if kind is None:
        raise BadRequest("the form asks for what it does not offer")
    origin = origin_of(request, "preferences.html")
    number = asking.ask(kind, standing.subscription, language=current().tag, origin=origin, at=_now())
    if number is None:
        return parting.gone(request)
    doorbell.ring("mailer.answer", number)
    return page(
        request,
        "asked_for.html",
        list=standing.list,
        kind=kind.value,
        address=masked(standing.address),
        editors=standing.list.reply_to or standing.list.sender_address,
        back=request.path,
    )


def _pauses(standing: str, back: dt.date | None, today: dt.date) -> list[Pause]:
    """Return the pauses to choose from; who has not confirmed has nothing to pause."""
    if standing == Status.PENDING:
        return []
    offered = [
        (today + dt.timedelta(weeks=2), _("Two weeks")),
        (saving.months_later(today, 1), _("One month")),
        (saving.months_later(today, 3), _("Three months")),
    ]
    pauses = [Pause(day.isoformat(), name, day) for day, name in offered if day != back]
    if standing == Status.PAUSED:
        return [Pause(NO_PAUSE, _("End the pause")), Pause(AS_IT_IS, _("The pause as it is"), back), *pauses]
    return [Pause(NO_PAUSE, _("No pause")), *pauses]


def _languages(stored: str) -> list[Language]:
    """Return the languages to choose from; what is stored is among them, however exactly it was said."""
    ours = spoken(stored)
    offered = [Language("", _("The newsletter’s own"))]
    offered += [Language(stored if one.code == ours else one.tag, one.name, one.tag) for one in languages()]
    if stored and not ours:
        offered.append(Language(stored, _name_of(stored), stored))
    return offered


def _name_of(tag: str) -> str:
    try:
        return str(get_language_info(tag.lower())["name_local"])
    except KeyError:
        return tag


def _gets(standing: Standing) -> str:
    """Return in a sentence what the next letter brings."""
    newsletter = standing.list
    rest = newsletter.unchosen_stories
    if standing.everything or rest == UnchosenStories.FULL:
        return _("You get every story in full.")
    names = [one.name for one in standing.offer.offered if standing.interests >> one.number & 1]
    headlines = rest == UnchosenStories.HEADLINES
    if not names:  # the only interest of a reader may have been retired
        if headlines:
            return _("You get the stories meant for everyone in full, and the others as headlines.")
        return _("You get the stories meant for everyone, and no others.")
    sentence = (
        _("You get %(chosen)s in full, and the other stories as headlines.")
        if headlines
        else _("You get %(chosen)s in full, and no other stories.")
    )
    return escape(sentence) % {"chosen": listed(isolated(name, newsletter.language) for name in names)}


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
