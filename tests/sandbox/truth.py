"""What a report of a send must say, read off the seed of the sandbox that it went through."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from mailer.reporting.values import SendReport
from mailer.sandbox.deliverer import Manner, lives
from mailer.sandbox.letters import recipients
from mailer.sandbox.life import SCANNER_AGENT, Fate, Outcome, fate
from tests.tallies.by_hand import reason

FIGURES = (
    *("accepted", "counted", "delivered", "deferred", "bounced", "blocked", "dropped"),
    *("opened", "machine_opened", "clicked", "machine_clicked", "complained", "unsubscribed"),
)
AT_DOMAINS = ("deferred", "bounced", "blocked", "complained")


@dataclass
class Truth:
    """Figures by name, clicks by address and who it was, reasons by how, and troubles by domain."""

    figures: Counter[str] = field(default_factory=Counter)
    links: Counter[tuple[str, str]] = field(default_factory=Counter)
    reasons: Counter[tuple[str, int]] = field(default_factory=Counter)
    domains: Counter[tuple[str, str]] = field(default_factory=Counter)


def of_requests(requests: Iterable[dict[str, Any]], manner: Manner) -> Truth:
    """Return what the seed says of all copies of these requests, as they were accepted."""
    found = Truth()
    for body in requests:
        tracked = body["tracking_settings"]["open_tracking"]["enable"]
        html = any(part["type"] == "text/html" for part in body["content"])
        for reader, life in zip(recipients(body), lives(body, 0, manner), strict=True):
            lot = fate(manner.seed, reader.address)
            _add(found, lot, reader.address, counted=tracked and html)
            # Told twice it is one all the same; and a bounce without our ids is of no copy.
            refused = {
                (str(lot.outcome), reason(str(event.details["reason"])))
                for event in life
                if event.kind in {"bounce", "dropped"} and not event.bare
            }
            found.reasons.update(refused)
            clicked = {
                (str(event.details["url"]), "machines" if _scanned(event.details) else "people")
                for event in life
                if event.kind == "click" and not str(event.details["url"]).endswith("/c/unseen")
            }
            found.links.update(clicked)
    return found


def _add(found: Truth, lot: Fate, address: str, *, counted: bool) -> None:
    """Add what is decided for one reader."""
    figures = {
        "accepted": True,
        "counted": counted,
        "delivered": lot.outcome is Outcome.DELIVERED,
        "deferred": lot.deferred,
        "bounced": lot.outcome is Outcome.BOUNCED,
        "blocked": lot.outcome is Outcome.BLOCKED,
        "dropped": lot.outcome is Outcome.DROPPED,
        "opened": counted and lot.opened,
        "machine_opened": counted and lot.machine_opened,
        "clicked": counted and lot.clicks > 0,
        "machine_clicked": counted and lot.scanned,
        "complained": lot.complained,
        "unsubscribed": lot.leaves or lot.unsubscribes,
    }
    found.figures.update(name for name, so in figures.items() if so)
    domain = address.partition("@")[2]
    found.domains.update((domain, name) for name in AT_DOMAINS if figures[name])


def _scanned(details: dict[str, Any]) -> bool:
    return bool(details["useragent"] == SCANNER_AGENT)


def of_report(report: SendReport) -> Truth:
    """Return the same figures as a report has them."""
    whole = {"accepted": report.ledger.outcomes["accepted"], "counted": report.counted}
    for name in ("delivered", *AT_DOMAINS[:3], "dropped", "complained", "unsubscribed"):
        whole[name] = getattr(report, name)
    for name in ("opened", "clicked"):
        count = getattr(report, name)
        whole |= {name: count.people, f"machine_{name}": count.machines}
    links = {
        (link.url or "another", who): getattr(link.clicked, who)
        for link in report.links
        for who in ("people", "machines")
    }
    domains = {
        (each.domain or "others", name): getattr(each, name)
        for each in report.domains or ()
        for name in AT_DOMAINS
    }
    return Truth(
        Counter(whole),
        +Counter(links),
        Counter({(each.how, each.code): each.copies for each in report.refusals or ()}),
        +Counter(domains),
    )


def small_together(truth: Truth, fewest: int) -> Truth:
    """Return the truth with domains that have fewer troubles than `fewest` as one, as reports show them."""
    sizes: Counter[str] = Counter()
    for (domain, _), n in truth.domains.items():
        sizes[domain] += n
    shown: Counter[tuple[str, str]] = Counter()
    for (domain, name), n in truth.domains.items():
        shown[domain if sizes[domain] >= fewest else "others", name] += n
    return Truth(truth.figures, truth.links, truth.reasons, shown)
