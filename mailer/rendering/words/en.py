"""English."""

from mailer.rendering.words.shape import Words

WORDS = Words(
    form=lambda number: int(number != 1),
    stories=("{n} story", "{n} stories"),
    stories_for_you=("{n} story for you", "{n} stories for you"),
    more_in_brief=("{n} more in brief", "{n} more in brief"),
    more_in_full=("{n} more from elsewhere", "{n} more from elsewhere"),
    after_sections="{stories}, after {sections}.",
    with_sections="{stories}, with {sections}.",
    only_sections="{sections}.",
    comma=", ",
    last_comma=" and ",
    colon=": ",
    for_you="For you",
    elsewhere="Elsewhere in this edition",
    in_brief_because="In brief, as they are outside the interests you chose.",
    why="You get this letter because you subscribed to {list}.",
    change="Change your interests",
    leave="Unsubscribe",
    online="Read online",
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    date="{day} {month} {year}",
)
