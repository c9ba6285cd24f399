"""What is wrong with an edition before it leaves: values in, findings out.

`check` asks every rule of `rules.RULES`. What a rule needs it takes from `Matter`; none reads a row, a clock
or the network, so that whatever is fetched (are links alive, how heavy are images) comes in as values too.
"""

from mailer.preflight.finding import check, check_footer
from mailer.preflight.values import Earlier, Finding, Letter, Matter, Severity

__all__ = ["Earlier", "Finding", "Letter", "Matter", "Severity", "check", "check_footer"]
