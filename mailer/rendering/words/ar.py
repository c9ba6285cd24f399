"""Arabic, with the digits that the public pages write too."""

from mailer.rendering.words.shape import Words


def _form(number: int) -> int:
    """Return zero, one, two, few, many or other (CLDR): 0; 1; 2; 3 to 10, 103; 11 to 99; 100 to 102."""
    if number <= 2:  # noqa: PLR2004 - the language's own figures
        return number
    tens = number % 100
    if 3 <= tens <= 10:  # noqa: PLR2004 - the same
        return 3
    return 4 if tens >= 11 else 5  # noqa: PLR2004 - the same


WORDS = Words(
    form=_form,
    stories=("لا أخبار", "خبر واحد", "خبران", "{n} أخبار", "{n} خبراً", "{n} خبر"),
    stories_for_you=(
        "لا أخبار ضمن اهتماماتك",
        "خبر واحد ضمن اهتماماتك",
        "خبران ضمن اهتماماتك",
        "{n} أخبار ضمن اهتماماتك",
        "{n} خبراً ضمن اهتماماتك",
        "{n} خبر ضمن اهتماماتك",
    ),
    more_in_brief=(
        "لا عناوين أخرى",
        "عنوان آخر",
        "عنوانان آخران",
        "{n} عناوين أخرى",
        "{n} عنواناً آخر",
        "{n} عنوان آخر",
    ),
    more_in_full=(
        "لا أخبار أخرى",
        "خبر آخر",
        "خبران آخران",
        "{n} أخبار أخرى",
        "{n} خبراً آخر",
        "{n} خبر آخر",
    ),
    after_sections="أولاً {sections}، ثم {stories}.",
    with_sections="{stories}، إضافة إلى {sections}.",
    only_sections="{sections}.",
    comma="، ",
    last_comma=" و",
    colon=": ",
    for_you="اهتماماتك",
    elsewhere="أخبار أخرى في هذا العدد",
    in_brief_because="العناوين فقط، لأنها خارج الاهتمامات التي اخترتها.",
    why="تصلك هذه الرسالة بسبب اشتراكك في {list}.",
    change="تغيير الاهتمامات",
    leave="إلغاء الاشتراك",
    online="القراءة على الموقع",
    months=(
        "يناير",
        "فبراير",
        "مارس",
        "أبريل",
        "مايو",
        "يونيو",
        "يوليو",
        "أغسطس",
        "سبتمبر",
        "أكتوبر",
        "نوفمبر",
        "ديسمبر",
    ),
    date="{day} {month} {year}",
)
