"""`/preferences/<token>`: a reader says what they want; who holds the letter may, and no more than that.

What a forwarded letter must not be enough for (a copy of one's data, being forgotten, another address) is
only asked for here: a letter to the reader brings the link that does it.
"""

import datetime as dt
from collections.abc import Sequence
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
from subscribers import asking, suppressions, tokens
from subscribers.addresses import masked
from subscribers.interests import UnknownInterestError
from subscribers.models import Interest, Subscription
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
    subscription = _find(claim.subscription)
    if subscription is None:
        return parting.gone(request)
    speak(request, reader=subscription.subscriber.locale, newsletter=subscription.list.language)
    posted = request.method == "POST"
    if posted and "ask" in request.POST:
        return _ask(request, subscription)
    leave = f"/u/{tokens.make('leave', subscription.pk, claim.delivery)}"
    visit = _Visit(request, subscription, leave, _now())
    if subscription.status == Status.UNSUBSCRIBED:
        return visit.left()
    return visit.saved() if posted else visit.shown()


@dataclass(frozen=True)
class _Visit:
    """One request about a subscription that stands."""

    request: HttpRequest
    subscription: Subscription
    leave: str
    now: dt.datetime

    def left(self) -> HttpResponse:
        """Say that they have left, with what they may still ask for."""
        return parting.left(self.request, self.subscription, ask=self.request.path)

    def saved(self) -> HttpResponse:
        """Save what was chosen, and show what holds now; nothing is saved of a page that is outdated."""
        if LAST_FIELD not in self.request.POST:
            raise BadRequest("the form did not arrive whole")
        offered, stored = self._stored()
        locales = [language.value for language in _languages(stored.locale)]
        counts = self.subscription.list.tracked
        wish = saving.read(self.request.POST, stored, locales, counts=counts)
        origin = origin_of(self.request, "preferences.html")
        try:
            saving.save(self.subscription, wish, stored, how=HOW, at=self.now, origin=origin)
        except (UnknownInterestError, OutdatedError):
            return self._page(offered, wish, status=409, outdated=True)
        fresh = _find(self.subscription.pk)
        if fresh is None:
            return parting.gone(self.request)
        speak(self.request, chosen=wish.locale, newsletter=fresh.list.language)
        after = _Visit(self.request, fresh, self.leave, self.now)
        return after.left() if fresh.status == Status.UNSUBSCRIBED else after.shown(saved=True)

    def shown(self, *, saved: bool = False) -> HttpResponse:
        """Show the form as things stand."""
        offered, stored = self._stored()
        return self._page(offered, stored, saved=saved)

    def _stored(self) -> tuple[Sequence[Interest], Wish]:
        offered = list(self.subscription.list.interests.filter(retired_at=None))
        return offered, saving.as_stored(self.subscription, [(one.slug, one.number) for one in offered])

    def _page(
        self,
        offered: Sequence[Interest],
        wish: Wish,
        *,
        status: int = 200,
        saved: bool = False,
        outdated: bool = False,
    ) -> HttpResponse:
        subscription, newsletter = self.subscription, self.subscription.list
        zone = ZoneInfo(newsletter.zone)
        until = subscription.paused_until
        back = until.astimezone(zone).date() if until else None
        return page(
            self.request,
            "preferences.html",
            status=status,
            list=newsletter,
            address=masked(subscription.subscriber.address),
            standing=subscription.status,
            back=back,
            held_back=self._held_back(),
            editors=newsletter.reply_to or newsletter.sender_address,
            gets=_gets(subscription, offered),
            interests=offered,
            wish=wish,
            pauses=_pauses(subscription.status, back, self.now.astimezone(zone).date()),
            locales=_languages(subscription.subscriber.locale),
            saved=saved,
            outdated=outdated,
            last_field=LAST_FIELD,
            leave=self.leave,
            ask=self.request.path,
        )

    def _held_back(self) -> bool:
        """Return whether the address is suppressed here, so that nothing comes whatever is chosen."""
        standing = suppressions.of_address(self.subscription.subscriber.address_key)
        return any(row.list_id in (None, self.subscription.list_id) for row in standing)


def _find(number: int) -> Subscription | None:
    return Subscription.objects.select_related("subscriber", "list").filter(pk=number).first()


def _ask(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    """Ask for the letter whose link does what this page must not."""
    kind = ASKED.get(request.POST["ask"])
    if kind is None:
        raise BadRequest("the form asks for what it does not offer")
    origin = origin_of(request, "preferences.html")
    number = asking.ask(kind, subscription.pk, language=current().tag, origin=origin, at=_now())
    if number is None:
        return parting.gone(request)
    doorbell.ring("mailer.answer", number)
    return page(
        request,
        "asked_for.html",
        list=subscription.list,
        kind=kind.value,
        address=masked(subscription.subscriber.address),
        editors=subscription.list.reply_to or subscription.list.sender_address,
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


def _gets(subscription: Subscription, offered: Sequence[Interest]) -> str:
    """Return in a sentence what the next letter brings."""
    newsletter = subscription.list
    rest = newsletter.unchosen_stories
    if subscription.everything or rest == UnchosenStories.FULL:
        return _("You get every story in full.")
    names = [one.name for one in offered if subscription.interests >> one.number & 1]
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
