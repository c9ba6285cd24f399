"""Rules of words: what was to be replaced, what shouts, what speaks of something that is not there."""

import re
from collections.abc import Iterator
from html import unescape

from mailer.manuscript.faults import quoted
from mailer.preflight.addresses import links
from mailer.preflight.drafts import ELSEWHERE
from mailer.preflight.page import HEADINGS, PLAIN, Line
from mailer.preflight.values import Found, Matter

# What a program was to fill in, as Jinja, Django, Handlebars, Salesforce, Mailchimp, ERB and shells write it.
_TAG = re.compile(
    r"\{\{[^{}]*\}\}"
    r"|\{%.{0,200}?%\}|%%[\w.: -]{1,60}%%|\*\|[\w:.,= -]{1,60}\|\*|<%.{0,200}?%>|\$\{[\w.]{1,60}\}"
)
_EXAMPLES = frozenset({"example.com", "example.net", "example.org"})  # RFC 2606 §3
_FILLER = re.compile(r"\blorem ipsum\b|\bdolor sit amet\b", re.IGNORECASE)
# Newsrooms' "to come"; the others are written so that no search of ours for what is left to do finds them.
_MARK = rf"(?:TK|{'TO'}DO|{'FIX'}ME|{'X' * 3})"
_SURE_MARK = re.compile(
    rf"\b(?:TK){{2,}}\b|[\[(<]\s*{_MARK}\b[^\])>]{{0,60}}[\])>]|\b{_MARK}:|\b(?:TK|{'TO'}DO)[.!…]?\s*(?:$|\]\()"
)
# What programs call the fields of a reader, and drafts what is to come.
_FIELD = (
    r"(?:(?:first|last|full|your|user|sur)[ _-]?name|[fl]_?name|name|e-?mail(?:[ _-]address)?"
    r"|company|city|month|day|year"
    r"|link|url|title|headline|date|quote|text)"
)
_PERHAPS_MARK = re.compile(
    rf"(?<![\w-])(?:TK(?!\s?\d)|{'TO'}DO|{'FIX'}ME|X{{3,}}|TB[ACD])(?![\w-])"
    r"|\[(?:insert|your|add|replace|name|link|title|date|source|city|company)\b[^\[\]]{0,40}\](?![(\[:])"
    r"|\[(?i:insert|your|add|replace)\s[^\[\]]{1,40}\](?![(\[:])"
    rf"|(?i:(?<!!)\[{_FIELD}\](?![(\[:])|(?<![\\{{$])\{{{_FIELD}\}}|<<\s?{_FIELD}\s?>>|(?<![\d%])%{_FIELD}%|#{_FIELD}#)"
    r"|\b(?i:(?:headline|title|text|summary|link|quote) goes here)\b"
)
_ENTITY = re.compile(r"&(?:[a-z]{2,8}|#\d{2,6}|#x[0-9a-f]{2,6});", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*")
_ATTACHED = re.compile(
    r"\b(?:see|find|view|open)(?:\s+\w+){0,2}\s+(?:attached|enclosed)\b(?!\s+(?:to|by|at|on)\b)"
    r"|\battached\s+(?:is|are|please|you(?:[’']ll|\s+will)\s+find|file|pdf|document|spreadsheet|invitation)\b"
    r"|\b(?:see|in|open)\s+(?:the\s+)?attachments?\b(?!\s+(?:to|of|with|between|point|points|theory|style))"
    r"|\bas\s+an\s+attachment\b",
    re.IGNORECASE,
)
_LOUD_RUN, _LONG_WORD, _LOUD_LETTERS = 3, 6, 16


def placeholders(matter: Matter) -> Iterator[Found]:
    """Find what nobody can mean to send: tags of a template, filler, a mark that says "to come"."""
    for line in matter.page.lines:
        for found in _sure(line):
            said = "was to be replaced before the edition leaves: write what belongs there"
            yield Found(f"{quoted(found[0].strip())} {said}", line.place(found.start()))


def perhaps_placeholders(matter: Matter) -> Iterator[Found]:
    """Find what may be left from a draft, and may be meant."""
    for line in matter.page.lines:
        sure = [found.span() for found in _sure(line)]
        for found in (*_PERHAPS_MARK.finditer(line.words), *ELSEWHERE.finditer(line.words)):
            if not any(start <= found.start() < end for start, end in sure):
                said = "may be left from a draft: replace it, or leave it if it is meant"
                yield Found(f"{quoted(found[0])} {said}", line.place(found.start()))
    for link in links(matter.page):
        if link.host.removeprefix("www.") in _EXAMPLES:
            yield Found(
                f"{quoted(link.url)} leads to a host of examples: write the page's address", link.place
            )


def _sure(line: Line) -> list[re.Match[str]]:
    return [found for pattern in (_TAG, _FILLER, _SURE_MARK) for found in pattern.finditer(line.words)]


def entities(matter: Matter) -> Iterator[Found]:
    """Find HTML in plain text: titles, subject and preheader are shown letter by letter."""
    for line in matter.page.lines:
        if line.kind in PLAIN | HEADINGS:
            for found in _ENTITY.finditer(line.words):
                if (meant := unescape(found[0])) != found[0]:
                    said = f"is shown as it stands here, letter by letter: write “{meant}”"
                    yield Found(f"{quoted(found[0])} {said}", line.place(found.start()))


def shouting(matter: Matter) -> Iterator[Found]:
    """Find runs of words in capitals, and exclamation marks in a row."""
    for line in matter.page.lines:
        if line.kind not in PLAIN | {"story", "section"}:
            continue
        if run := _loud_run(line.words):
            said = "shouts, which filters and readers take for spam: write it in small letters"
            yield Found(f"{quoted(run[0])} {said}", line.place(run[1]))
        elif found := re.search(r"[!?]*!\s?[!?]+", line.words):
            said = "shouts, which filters and readers take for spam: one sign is enough"
            yield Found(f"{quoted(found[0])} {said}", line.place(found.start()))


def _loud_run(text: str) -> tuple[str, int] | None:
    """Return the first run of capitals that is no row of acronyms, and where it begins."""
    run: list[re.Match[str]] = []
    for word in [*_WORD.finditer(text), None]:
        if word and word[0] == word[0].upper() != word[0].lower() and (len(word[0]) > 1 or run):
            run.append(word)
            continue
        long = any(len(each[0]) >= _LONG_WORD for each in run)
        letters = sum(len(each[0]) for each in run)
        if long and letters >= _LOUD_LETTERS and len(run) >= _LOUD_RUN:
            return text[run[0].start() : run[-1].end()], run[0].start()
        run.clear()
    return None


def attachments(matter: Matter) -> Iterator[Found]:
    """Find words (English) that promise an attachment, which no letter has."""
    for line in matter.page.lines:
        for found in _ATTACHED.finditer(line.words):
            said = "promises an attachment, and letters have none: link to the file instead"
            yield Found(f"{quoted(found[0])} {said}", line.place(found.start()))
