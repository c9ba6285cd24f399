"""Ask every rule, of an edition or of a theme's footer alone."""

import datetime as dt

from mailer.manuscript.document import Document
from mailer.preflight.rules import RULES
from mailer.preflight.values import Finding, Found, Matter, Rule, Severity
from mailer.rendering.values import Look


def check(matter: Matter) -> tuple[Finding, ...]:
    """Return all that is wrong with an edition: errors first, then by their place in the text."""
    found = [_finding(rule, each) for rule in RULES for each in rule.finds(matter)]
    return tuple(sorted(dict.fromkeys(found)))


def check_footer(look: Look, now: dt.datetime) -> tuple[tuple[int, str], ...]:
    """Return what is an error in the footer of a look's theme, in any edition: its line there, and what."""
    bare = Matter("", Document(look.list_slug, "", ()), look, letters=(), now=now, sends_on=now.date())
    errors = (rule for rule in RULES if rule.severity is Severity.ERROR)
    found = (each for rule in errors for each in rule.finds(bare) if each.place.in_footer)
    return tuple(sorted({(each.place.line, each.message) for each in found}))


def _finding(rule: Rule, found: Found) -> Finding:
    line, column, message = found.place.line, found.place.column, found.message
    if found.place.in_footer:
        message, line, column = f"Theme footer, line {line}: {message}", 1, 1
    return Finding(rule.severity, line, column, rule.name, message, found.variants)
