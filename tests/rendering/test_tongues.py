"""What language a text is in, as far as its letters tell."""

import pytest

from mailer.rendering.tongues import tongue

SAID = {
    "zh": "天宫空间站迎来首位外国访客",
    "ru": "Вести с космодрома Восточный",
    "be": "Навіны з касмічнага цэнтра: запуск быў учора",
    "kk": "Ғарыш орталығынан жаңалықтар",
    "sr": "Вести из свемирског центра: наредни циљ је Месец",
    "uk": "Новини з космічного центру",
    "ar": "أخبار من المحطة الفضائية",
    "ur": "خلائی مرکز سے خبریں",
    "ps": "د فضايي مرکز خبرونه: د سپوږمۍ ډله چمتو ده",
    "ckb": "هەواڵی ناوەندی بۆشایی ئاسمان و گەڕان بەدوای مانگدا",
    "fa": "خبرهایی از پایگاه فضایی و گزارش پرتاب",
    "hi": "अंतरिक्ष केंद्र से समाचार",
    "am": "ከጠፈር ማዕከሉ የመጡ ዜናዎች",
    "ja": "宇宙ステーションからのニュース",
    "ko": "우주 센터 소식",
    "he": "חדשות מהחלל",
    "el": "Νέα από το διάστημα",
    "bn": "মহাকাশ কেন্দ্রের খবর",
    "ta": "விண்வெளி மையச் செய்திகள்",
    "th": "ข่าวจากศูนย์อวกาศ",
    "ka": "ამბები კოსმოსიდან",
    "hy": "Լուրեր տիեզերքից",
}
ENGLISH = "News from the space centre"


@pytest.mark.parametrize("language", SAID)
def test_another_script_in_an_english_letter_has_its_language(language: str) -> None:
    assert tongue(SAID[language], "en") == language
    assert tongue(SAID[language], "fr-CA") == language


@pytest.mark.parametrize("language", SAID)
def test_a_letters_own_script_is_nothing_other_and_english_in_it_is(language: str) -> None:
    assert tongue(SAID[language], language) == ""
    assert tongue(ENGLISH, language) == "en"


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("", "en", ""),
        ("2026 · 12 / 7!", "ar", ""),
        ("Tiangong (天宫) opens to Pakistan", "en", ""),
        ("天宫 Tiangong", "en", "en-is-more"),
        ("Orbite à 500 km, déjà", "en", ""),
        ("ILRS اور Artemis Accords کے الگ الگ خلائی گروہ اور بہت سے منصوبے", "en", "ur"),
        ("Srpski текст на ћирилици", "en", "sr"),
        ("Urdu خبریں", "ur-PK", ""),
        ("宇宙ニュース 発射場 打上げ 成功", "zh", "ja"),
        ("发射场", "ja", ""),
    ],
)
def test_most_of_the_letters_decide(text: str, language: str, said: str) -> None:
    assert tongue(text, language) == said.replace("en-is-more", "")


def test_a_word_of_another_script_in_a_text_is_no_other_language() -> None:
    assert tongue("Сегодня стартовала ракета Falcon 9", "ru") == ""
    assert tongue("SpaceX و Falcon في خبر طويل عن الفضاء والأقمار", "ar") == ""


def test_an_address_says_nothing_of_the_language_of_its_text() -> None:
    linked = "天宫[空间站](https://english.example/a-very-long-english-headline-in-the-address)，见 https://english.example/another"
    assert tongue(linked, "en") == "zh"


def test_a_letter_in_a_name_does_not_make_a_text_another_language() -> None:
    arabic = "أعلنت الوكالة عن إطلاق القمر الصناعي الجديد من قاعدة تشوكوتكا بمشاركة العالم گريگور"
    assert tongue(arabic, "en") == "ar"


def test_an_arabic_letter_tells_urdu_and_persian_apart_and_an_urdu_one_takes_its_script_for_its_own() -> None:
    assert tongue(SAID["ur"], "ar") == "ur"
    assert tongue(SAID["fa"], "ar") == "fa"
    assert tongue("جنوبی", "ur") == tongue(SAID["ar"], "ur") == ""


def test_words_that_fit_more_in_a_letter_count_for_more() -> None:
    assert tongue("SpaceX 发射二十四颗卫星", "en") == "zh"


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("埃隆・马斯克谈火星计划与星舰的下一次试飞", "en", "zh"),
        ("埃隆・马斯克谈火星计划与星舰的下一次试飞", "zh", ""),
        ("宇宙ステーションの新しい実験", "zh", "ja"),
        ("أطلقت شركة گوگل قمرها الأول", "en", "ar"),
        ("أطلقت شركة گوگل قمرها الأول", "ar", ""),
        ("هەواڵەکانی بۆشایی ئاسمان ھەفتانە", "en", "ckb"),
        ("ڪراچي ۾ خلائي تحقيق جو نئون مرڪز ٺاهيو ويندو", "en", "sd"),
        ("Novosti iz kosmičkog centra", "sr-Latn", ""),
    ],
)
def test_a_name_with_a_letter_of_another_language_decides_nothing(
    text: str, language: str, said: str
) -> None:
    assert tongue(text, language) == said
