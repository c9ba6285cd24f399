"""Who is a machine: the rules as data, each with where it is from.

They judge one request by what it says of itself. What a program gives away by following too much is judged
from all clicks of a copy (mailer.tallies.judging).
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from mailer.vocabulary import EventKind

GENERAL = "general knowledge: no page of its maker was found"
BOTH = frozenset({EventKind.OPENED, EventKind.CLICKED})
OPENS, CLICKS = frozenset({EventKind.OPENED}), frozenset({EventKind.CLICKED})
# In which a browser says that it loads a page before anybody asks for it.
PURPOSE_HEADERS = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")


class Verdict(StrEnum):
    """What a rule says of whoever it is true of."""

    MACHINE = "machine"
    # a program that fetches when, and because, a person opens the letter
    PERSON = "person"


@dataclass(frozen=True)
class Rule:
    """One rule; it is true where all that it names is: '' names nothing.

    `agent` is a pattern in the user agent, whatever its case; one that fits only '' is of a program that says
    nothing. `purpose` is a word in one of PURPOSE_HEADERS. `what` says who that is, `source` where that is
    documented.
    """

    slug: str
    what: str
    source: str
    about: frozenset[EventKind] = BOTH
    verdict: Verdict = Verdict.MACHINE
    agent: str = ""
    method: str = ""
    purpose: str = ""

    def fits(self, kind: EventKind, agent: str | None, method: str, purpose: str) -> bool:
        """Return whether it is true of this request."""
        return (
            kind in self.about
            and (not self.method or self.method == method)
            and (not self.purpose or self.purpose in purpose.lower())
            and (not self.agent or (agent is not None and _finds(self.agent, agent)))
        )


APPLE = Rule(
    slug="apple-privacy-proxy",
    about=OPENS,
    agent=r"\AMozilla/5\.0\Z",
    what="Apple's Mail Privacy Protection loads pictures by itself, whether the letter is read or not",
    source="https://github.com/ua-parser/uap-core/issues/509,"
    " https://help.socketlabs.com/docs/identifying-apple-mpp-opens-in-notification-api-events",
)

# The first that fits decides.
RULES = (
    Rule(
        slug="asks-for-the-head",
        method="HEAD",
        what="Link checkers ask for an answer without its content, which no reader sees",
        source="https://github.com/civicrm/civicrm-core/pull/35328",
    ),
    Rule(
        slug="loads-beforehand",
        purpose="prefetch",
        what="A browser loads a page that its reader may ask for later, and says so",
        source="https://developer.mozilla.org/en-US/docs/Web/HTTP/Headers/Sec-Purpose",
    ),
    Rule(
        slug="shows-beforehand",
        purpose="preview",
        what="Safari draws a small picture of a page, and says so",
        source=GENERAL,
    ),
    APPLE,
    Rule(
        slug="gmail-beforehand",
        agent=r"Edge/12\.246 Mozilla/5\.0\Z|Gmail-content-sampling",
        what="Gmail fetches pictures and follows links as a letter arrives",
        source="https://github.com/mautic/mautic/pull/10245, https://github.com/mssola/user_agent/issues/71",
    ),
    Rule(
        slug="gmail-picture-proxy",
        about=OPENS,
        verdict=Verdict.PERSON,
        agent=r"GoogleImageProxy|ggpht\.com",
        what="Gmail fetches pictures for its readers, when they open the letter",
        source="https://github.com/browscap/browscap/issues/1108,"
        " https://github.com/matomo-org/device-detector/issues/5359",
    ),
    Rule(
        slug="yahoo-picture-proxy",
        about=OPENS,
        verdict=Verdict.PERSON,
        agent=r"YahooMailProxy",
        what="Yahoo fetches pictures for its readers, when they open the letter",
        source="https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html,"
        " https://www.validity.com/how-yahoos-image-caching-will-impact-your-email-marketing-metrics/",
    ),
    Rule(
        slug="seznam-picture-proxy",
        about=OPENS,
        verdict=Verdict.PERSON,
        agent=r"SeznamEmailProxy",
        what="Seznam fetches pictures for its readers, when they open the letter",
        source="https://github.com/matomo-org/device-detector/issues/5668",
    ),
    Rule(
        slug="microsoft-preview",
        agent=r"BingPreview",
        what="Outlook.com opens links by itself within minutes of a letter's arrival",
        source="https://github.com/phpList/phplist3/issues/415",
    ),
    Rule(
        slug="mail-gateway",
        agent=r"barracuda|proofpoint|mimecast|safelinks|ciscosecureemail|\bTMES\b",
        what="Security gateways that name themselves: Barracuda, Proofpoint, Mimecast, Safe Links, Cisco,"
        " Trend Micro",
        source="https://check.live-direct-marketing.online/blog/bot-clicks-security-scanners-detect",
    ),
    Rule(
        slug="says-it-is-a-robot",
        # Cubot makes telephones.
        agent=r"(?<!\bcu)bot\b|crawl|spider|scanner|slurp",
        what="Programs that call themselves robots, crawlers, spiders or scanners",
        source="https://github.com/jdavidbakr/mail-tracker/issues/255",
    ),
    Rule(
        slug="browser-without-a-screen",
        agent=r"HeadlessChrome",
        what="A browser that a program drives, and that nobody looks at",
        source="https://github.com/matomo-org/plugin-TrackingSpamPrevention/issues/8",
    ),
    Rule(
        slug="fetching-program",
        agent=r"\A(?:curl|wget)/",
        what="Programs that fetch what they are told to",
        source="https://github.com/jdavidbakr/mail-tracker/issues/255",
    ),
    Rule(
        slug="go-program",
        agent=r"\AGo-http-client/",
        what="A program in Go that does not say which",
        source="https://github.com/traefik/traefik/pull/6030 (net/http: defaultUserAgent)",
    ),
    Rule(
        slug="program-of-a-library",
        agent=r"\A(?:python-requests|python-urllib|python-httpx|aiohttp|java|apache-httpclient|libwww-perl"
        r"|node-fetch|axios|ruby|phantomjs)\b|PhantomJS/",
        what="Programs that say no more than which library they ask with",
        source=GENERAL,
    ),
    Rule(
        slug="says-nothing",
        about=CLICKS,
        agent=r"\A\Z",
        what="Every browser says what it is; scanners often do not",
        source="https://check.live-direct-marketing.online/blog/bot-clicks-security-scanners-detect,"
        " https://github.com/jdavidbakr/mail-tracker/issues/255",
    ),
)


# The agents of a newsletter's readers are few, and its events many.
@lru_cache(maxsize=4096)
def verdict(kind: EventKind, agent: str | None, *, method: str = "GET", purpose: str = "") -> Rule | None:
    """Return the rule that decides about one opening or click, None where no rule does: it is a person's.

    `agent` is None where nobody told it, '' where the program itself left it out.
    """
    return next((rule for rule in RULES if rule.fits(kind, agent, method, purpose)), None)


def by_machine(rule: Rule | None) -> bool:
    """Return whether what a rule decided about counts as a machine's."""
    return rule is not None and rule.verdict is Verdict.MACHINE


def _finds(pattern: str, agent: str) -> bool:
    return re.search(pattern, agent, re.IGNORECASE) is not None
