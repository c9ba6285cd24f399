"""How each list and each of its interests grows: a row a day, counted when the day is over, kept as it was.

What a day was is walked back to from how people stand now, by the evidence of consent and by suppressions
(stories, walking); who lapses is asked of their letters (lapsing). See docs/growth.md.
"""

from mailer.reckoning.counting import recount
from mailer.reckoning.course import Day, course, courses, today
from mailer.reckoning.keeping import reckon

__all__ = ["Day", "course", "courses", "reckon", "recount", "today"]
