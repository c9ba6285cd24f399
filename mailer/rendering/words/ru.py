"""Russian."""

from mailer.rendering.words.shape import Words


def _form(number: int) -> int:
    """Return one, few or many (CLDR): 1, 21; 2 to 4, 22; 5 to 20, 25."""
    tens, ones = number % 100, number % 10
    if ones == 1 and tens != 11:  # noqa: PLR2004 - the language's own figures
        return 0
    return 1 if 2 <= ones <= 4 and not 12 <= tens <= 14 else 2  # noqa: PLR2004 - the same


WORDS = Words(
    form=_form,
    stories=("{n} материал", "{n} материала", "{n} материалов"),
    stories_for_you=("{n} материал для вас", "{n} материала для вас", "{n} материалов для вас"),
    more_in_brief=("ещё {n} кратко", "ещё {n} кратко", "ещё {n} кратко"),
    more_in_full=("ещё {n} из других тем", "ещё {n} из других тем", "ещё {n} из других тем"),
    after_sections="Сначала {sections}, затем {stories}.",
    with_sections="{stories}, а также {sections}.",
    only_sections="{sections}.",
    comma=", ",
    last_comma=" и ",
    colon=": ",
    for_you="Для вас",
    elsewhere="Ещё в этом выпуске",
    in_brief_because="Только заголовки: эти материалы не относятся к выбранным вами темам.",
    why="Вы получили это письмо, потому что подписаны на рассылку «{list}».",
    change="Сменить темы",
    leave="Отписаться",
    online="Читать на сайте",
    months=(
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ),
    date="{day}\u00a0{month} {year}\u00a0г.",
)
