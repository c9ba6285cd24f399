"""Lists, people and a past of any size, all invented: for benchmarks, demonstrations and staging.

A seed decides everything by arithmetic: the same wish at the same moment makes the same rows in any database.
Nobody in it can be reached: every address is at a domain that is reserved for examples.
"""

from mailer.seeding.errors import SeedError
from mailer.seeding.plan import Plan, Wish
from mailer.seeding.sowing import Sown, has_begun, is_empty, refuse_outside, sow

__all__ = ["Plan", "SeedError", "Sown", "Wish", "has_begun", "is_empty", "refuse_outside", "sow"]
