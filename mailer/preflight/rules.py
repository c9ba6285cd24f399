"""The table of rules, and `check`, which asks them all."""

from mailer.preflight import (
    characters,
    clients,
    colours,
    dates,
    embargo,
    envelope,
    footer,
    headings,
    images,
    interests,
    links,
    parts,
    scripts,
    size,
    stories,
    words,
)
from mailer.preflight.values import Finding, Matter, Rule, Severity

_E, _W = Severity.ERROR, Severity.WARNING

RULES = (
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
    Rule(
        "link-unsafe",
        _E,
        "javascript:, data:, file: and their like are taken out of letters, so nothing is linked",
        "what letters carry: http, https, mailto",
        links.unsafe,
    ),
    Rule(
        "link-relative",
        _E,
        "a letter has no page that an address could begin at",
        "RFC 3986 §4.2",
        links.relative,
    ),
    Rule(
        "link-user",
        _E,
        "a name or password in an address goes to every reader, and forged links look so",
        "RFC 3986 §7.5",
        links.with_user,
    ),
    Rule(
        "link-private",
        _E,
        "readers cannot reach a host of your own network",
        "RFC 1918, RFC 6761, RFC 6762",
        links.private,
    ),
    Rule(
        "link-disguised",
        _E,
        "a host that mixes letters of two scripts is made to deceive",
        "UTS #39 §5",
        links.disguised,
    ),
    Rule(
        "link-foreign",
        _W,
        "readers cannot judge a host in punycode, or one whose letters pass for others",
        "RFC 3492; UTS #39 §4",
        links.foreign,
    ),
    Rule(
        "link-shortened",
        _W,
        "a shortened link hides its page, dies with its service, and filters distrust it",
        "MISP warning lists, redirectors.toml",
        links.shortened,
    ),
    Rule("link-twice", _W, "two stories with one link: one of them was pasted wrongly", "ours", links.twice),
    Rule(
        "link-bare",
        _W,
        "an address that is not linked cannot be clicked in every program",
        "CommonMark §6.5",
        links.bare,
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
        "image-left-out",
        _W,
        "letters carry no image from the text yet, only its words",
        "this version",
        images.left_out,
    ),
    Rule(
        "image-without-alt",
        _W,
        "images are off in many programs, and some readers listen",
        "WCAG 2.2, 1.1.1",
        images.without_alt,
    ),
    Rule(
        "image-insecure",
        _W,
        "programs that fetch through https alone do not show it",
        "Gmail and Apple Mail proxies",
        images.insecure,
    ),
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


def check(matter: Matter) -> tuple[Finding, ...]:
    """Return all that is wrong with an edition: errors first, then by their place in the text."""
    found = [
        Finding(rule.severity, each.place.line, each.place.column, rule.name, each.message, each.variants)
        for rule in RULES
        for each in rule.finds(matter)
    ]
    return tuple(sorted(dict.fromkeys(found)))
