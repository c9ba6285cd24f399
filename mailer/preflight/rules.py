"""The table of rules; those of links and images are in `address_rules`."""

from mailer.preflight import (
    characters,
    clients,
    colours,
    dates,
    embargo,
    envelope,
    footer,
    headings,
    interests,
    parts,
    scripts,
    size,
    stories,
    words,
)
from mailer.preflight.address_rules import ADDRESSES
from mailer.preflight.values import Rule, Severity

_E, _W = Severity.ERROR, Severity.WARNING

RULES = (
    *ADDRESSES,
    Rule(
        "size-cut",
        _E,
        "Gmail cuts HTML beyond 102,400 bytes, and the way to leave with it; links count as they leave",
        "Gmail; SendGrid's click tracking, 300 bytes a link at least",
        size.cut,
    ),
    Rule(
        "size-large",
        _W,
        "near that size a longer summary or longer tracked links cut it",
        "the same, 500 bytes a link at most; from 80 kB",
        size.large,
    ),
    Rule("story-without-link", _W, "a headline is there to be followed", "ours", stories.without_link),
    Rule(
        "story-without-summary",
        _W,
        "a headline alone is not what readers came for",
        "ours",
        stories.without_summary,
    ),
    Rule(
        "story-without-interest",
        _W,
        "everyone gets it, which may be forgotten rather than meant",
        "ours",
        stories.without_interest,
    ),
    Rule("story-twice", _W, "the same headline in two sections", "ours", stories.twice),
    Rule("story-again", _W, "the list's last five sent editions had it", "ours", stories.again),
    Rule(
        "interest-without-story",
        _W,
        "readers who chose it get nothing for it, perhaps no letter",
        "ours",
        interests.without_story,
    ),
    Rule(
        "interest-with-one-story",
        _W,
        "readers who chose it get a thin letter",
        "ours",
        interests.with_one_story,
    ),
    Rule("interest-retired", _W, "nobody can choose it any more", "ours", interests.retired),
    Rule(
        "placeholder",
        _E,
        "template tags, filler and marks of a draft are never meant",
        "Jinja, Handlebars, SendGrid, Mailchimp, ERB; newsrooms' marks",
        words.placeholders,
    ),
    Rule(
        "placeholder-perhaps",
        _W,
        "the same marks in the midst of words may be a name",
        "ours",
        words.perhaps_placeholders,
    ),
    Rule(
        "entity",
        _W,
        "titles, subject and preheader are plain text, in which HTML is shown as typed",
        "HTML §13.5",
        words.entities,
    ),
    Rule(
        "shouting",
        _W,
        "capitals and rows of exclamation marks cost trust, with readers and filters",
        "ours",
        words.shouting,
    ),
    Rule("attachment", _W, "letters have no attachments", "ours; English", words.attachments),
    Rule(
        "broken-letters",
        _E,
        "text read in the wrong encoding",
        "Unicode §3.9; the repair that import makes",
        characters.broken,
    ),
    Rule(
        "disguised-letters",
        _W,
        "a word with a letter of another script is not found, and read aloud wrongly",
        "UTS #39 §5",
        characters.disguised,
    ),
    Rule(
        "invisible-character",
        _W,
        "nobody sees it, and it splits words and turns text around",
        "Unicode §23.2",
        characters.invisible,
    ),
    Rule("stray-space", _W, "a slip of the keyboard", "ours", characters.spaces),
    Rule(
        "script-unexpected",
        _W,
        "a part without a word that the list's readers can read",
        "UAX #24; the list's language",
        scripts.unexpected,
    ),
    Rule(
        "subject-long",
        _W,
        "inboxes cut it: about 60 characters in a window, 40 on a phone; emoji count twice",
        "UAX #11, UAX #29",
        envelope.long_subject,
    ),
    Rule(
        "subject-empty",
        _W,
        "a subject of signs says nothing, aloud or in print",
        "ours",
        envelope.empty_subject,
    ),
    Rule(
        "subject-reply",
        _W,
        "a subject must not mislead",
        "CAN-SPAM, 15 USC 7704(a)(2)",
        envelope.reply_subject,
    ),
    Rule("preheader-long", _W, "inboxes cut it at about 110 characters", "ours", envelope.long_preheader),
    Rule(
        "preheader-repeats",
        _W,
        "the second line of an inbox is wasted on the first",
        "ours",
        envelope.repeated_preheader,
    ),
    Rule(
        "sender-missing", _E, "nobody can be written to from nowhere", "RFC 5322 §3.6.2", envelope.no_sender
    ),
    Rule("sender-nameless", _W, "inboxes show the bare address", "RFC 5322 §3.4", envelope.nameless_sender),
    Rule(
        "contrast", _W, "text nearer to its ground cannot be read by many", "WCAG 2.2, 1.4.3", colours.faint
    ),
    Rule("heading-order", _W, "screen readers step through the ranks", "WCAG 2.2, 1.3.1", headings.order),
    Rule(
        "heading-of-nothing",
        _W,
        "letters leave it out, and its author expects it there",
        "ours",
        headings.of_nothing,
    ),
    Rule(
        "date-off", _W, "more than a week between the edition's date and the day it leaves", "ours", dates.off
    ),
    Rule(
        "date-contradiction",
        _W,
        "title and front matter name different days",
        "ours; English, and figures",
        dates.contradict,
    ),
    Rule(
        "weekday-wrong",
        _W,
        "one of weekday and date is wrong",
        "Gregorian calendar; English",
        dates.wrong_weekday,
    ),
    Rule(
        "date-impossible", _W, "nobody knows which day is meant", "Gregorian calendar", dates.impossible_days
    ),
    Rule("year-old", _W, "last year's title, or a copyright nobody renewed", "ours", dates.old_year),
    Rule(
        "embargo", _E, "the edition would leave before it may", "newsrooms' custom; English", embargo.broken
    ),
    Rule(
        "embargo-ahead",
        _W,
        "it may leave, but not yet; or it cannot be read until when",
        "the same",
        embargo.ahead,
    ),
    Rule(
        "postal-address-missing",
        _E,
        "the law asks for it in every letter",
        "CAN-SPAM, 15 USC 7704(a)(5)",
        footer.no_postal_address,
    ),
    Rule(
        "unsubscribe-missing",
        _E,
        "the law and every mailbox provider ask for it in every letter",
        "15 USC 7704(a)(3); GDPR art. 7(3)",
        footer.no_way_to_leave,
    ),
    Rule(
        "preferences-missing", _W, "who cannot change their interests leaves", "ours", footer.no_preferences
    ),
    Rule(
        "parts-differ",
        _E,
        "readers of plain text must get what the others get",
        "RFC 2046 §5.1.4",
        parts.differ,
    ),
    Rule(
        "client-unsupported",
        _W,
        "some mail programs do not show it",
        "Can I email (MIT), clients.toml",
        clients.unsupported,
    ),
    Rule(
        "style-dropped",
        _W,
        "Gmail drops a style of more than 8,192 characters",
        "Gmail",
        clients.dropped_style,
    ),
)
