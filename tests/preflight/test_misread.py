"""Text in a wrong encoding is found in every script, and real sentences are left alone."""

import gettext
from pathlib import Path

import django
import pytest

from mailer.preflight.misread import misread
from tests.preflight.cast import SOUND, a_look, a_matter, said

SENTENCES = {
    "ru": "Китай запустил спутник, а Роскосмос и «Газпром» — нет. В феврале функции центра изменят.",
    "uk": "Україна вивела на орбіту їхній супутник; Єгипет і Ємен — об’єднані.",
    "sr": "Љубљана и Њујорк: џак ђумбира, ћуприја, Борџија.",
    "ar": "أطلقت الصين صاروخها الجديد يوم الخميس ٢٧ نوفمبر ٢٠٢٦ بنجاح؛ انظر: «النشرة».",
    "fa": "چین ماهواره‌ای پرتاب کرد؛ ژاپن و گرجستان می‌گویند: «نه».",
    "ur": "خلائی ادارے نے لکھا کہ ڈاکٹر سنگھ اور ڈھاکہ کے لڑکے پڑھتے ہیں، ٹھیک ہے؟",
    "zh": "长征十号首飞成功,烫烫的咖啡馆“café”开业,第(3)号卫星入轨。屯屯住。",
    "ja": "日本の新しい衛星が軌道に乗った。「はやぶさ」は?",
    "fr": "« Là-bas, où l’été naît : des œuvres, ça c’est sûr ! » À Îles Éparses, on s’étonne… Quoi ??? Non.",
    "hi": "भारत ने चंद्रयान छोड़ा, और ‘इसरो’ ने कहा: “ठीक है।”",
    "am": "ኢትዮጵያ ሳተላይት አመጠቀች፤ «እንኳን ደስ አላችሁ» አለ።",
    "el": "Η Κίνα εκτόξευσε πύραυλο· «ΌΧΙ», είπε ο Άρης. ΠΎΡΑΥΛΟΣ",
    "he": "סין שיגרה לוויין חדש, ו״נאס״א״ מחכה.",
    "vi": "Trung Quốc đã phóng vệ tinh; Ủy ban Vũ trụ ở Hà Nội nói “không”.",
    "is": "Ísland: þæð, æði, ÁÆÐÍ og öðrum þóttu Ýmir góður.",
    "sv": "Bokstäverna åäö och ÅÄÖ, æøå och ÆØÅ; ÀÉ, 5 µm, 130 M€, €5–€10, x² + y² = r², Å, ½.",
}  # fmt: skip
PAGES = ("cp1251", "cp1256", "cp866", "koi8-r", "mac_roman")


def misreading(text: str, page: str) -> str:
    """Return text as it looks where its UTF-8 was read in a page; holes are filled as browsers fill them."""
    read = []
    for byte in text.encode():
        try:
            read.append(bytes([byte]).decode(page))
        except UnicodeDecodeError:
            read.append(bytes([byte]).decode("latin-1"))
    return "".join(read)


@pytest.mark.parametrize("language", SENTENCES)
def test_a_real_sentence_is_left_alone(language: str) -> None:
    assert list(misread(SENTENCES[language])) == []


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["ru", "uk", "ar", "ur", "zh", "hi", "am", "el", "he"])
def test_utf_8_read_in_any_page_is_found_and_what_it_was(language: str, page: str) -> None:
    (found,) = misread(misreading(SENTENCES[language], page))
    assert found.meant[:3] in SENTENCES[language]
    assert len(found.meant) > 10


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("cp1251", "Космос без границ, сказал директор."),
        ("cp1251", "Космос"),
        ("cp1256", "الصين تطلق صاروخا جديدا"),
        ("cp1253", "Η Κίνα εκτόξευσε πύραυλο"),
    ],
)
def test_an_encoding_of_one_byte_read_as_latin_is_found(page: str, text: str) -> None:
    (found,) = misread(text.encode(page).decode("cp1252"))
    assert text.strip(".").endswith(found.meant.strip("."))


@pytest.mark.parametrize(
    "text",
    [
        "锟斤拷锟斤拷",
        "烫烫烫烫 屯屯屯 火箭",
        "ç«箭于昨日å‘射",
        "Пуск прошёл. ??????? ???? ??????? запущена.",
        "## [??????? ????](https://a.example/b)",
        "涓\ue15e浗鍙戝皠鐏\ue0a4\ue184",
        "рџљЂ: РїСѓСЃРє",
    ],
)
def test_what_is_left_of_lost_letters_is_found(text: str) -> None:
    assert list(misread(text))


@pytest.mark.parametrize(
    "language", ["ru", "uk", "sr", "bg", "ar", "fa", "ur", "zh_Hans", "ja", "fr", "hi", "el", "vi"]
)
def test_thousands_of_real_lines_are_left_alone(language: str) -> None:
    """Django's own translations: sentences and words that people wrote."""
    root = Path(django.__file__).parent
    found, lines = [], 0
    for file in sorted(root.glob(f"**/locale/{language}/LC_MESSAGES/django.mo")):
        with file.open("rb") as stream:
            texts = gettext.GNUTranslations(stream)._catalog.values()  # type: ignore[attr-defined]  # all of it
        for text in map(str, texts):
            for line in text.split("\n"):
                lines += 1
                found += [(line, each) for each in misread(line)]
    assert lines > 100
    assert found == []


def test_a_list_in_cyrillic_hears_of_it_too_and_what_to_write() -> None:
    text = SOUND.replace("Vostochny waits", "РљРёС‚Р°Р№ Р¶РґС‘С‚").replace(
        "The pad stood", "Êîñìîñ áåç ãðàíèö stood"
    )
    found = said(a_matter(text, a_look(language="ru")), "broken-letters")
    assert [finding.line for finding in found] == [26, 27]
    assert "is most likely “Китай ждёт”, read in a wrong encoding: write it anew" in found[0].message
    assert "“Космос без границ”" in found[1].message
