"""A letter in a frame."""

from mailer.desk.editions.letter import shown

LETTER = (
    '<html><head><meta name="color-scheme" content="light dark"><style>:root {color-scheme: light dark}'
    "@media screen and (prefers-color-scheme: dark) {body {color: white}}</style></head>"
    '<body><a href="-leave_url-">Leave</a><p>(prefers-color-scheme: dark)</p></body></html>'
)


def test_dark_is_dark_in_every_browser() -> None:
    html = shown(LETTER, dark=True)
    assert "@media screen and (min-width: 0) {body" in html
    assert ":root {color-scheme: dark}" in html
    assert 'content="dark"' in html


def test_light_is_light_in_every_browser() -> None:
    html = shown(LETTER, dark=False)
    assert "@media not all {body" in html
    assert ":root {color-scheme: light}" in html


def test_what_the_letter_says_stays_as_it_is_and_its_links_open_beside_the_desk() -> None:
    html = shown(LETTER, dark=True)
    assert "<p>(prefers-color-scheme: dark)</p>" in html
    assert '<base target="_blank"></head>' in html
    assert '<a href="#">Leave</a>' in html
