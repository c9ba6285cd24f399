"""How likely a text is what a decoder made of it: 1 where every word reads as a word, 0 where none does.

Only words with a letter outside ASCII count, since ASCII reads the same in all of these.
"""

import re
from collections.abc import Callable, Iterator

SURE = 0.9
NOT = 0.4

_BETWEEN = re.compile(r"[\s,;|@.()/\\\[\]{}<>:=&+!?#*_0-9-]+")
# What may stand around a word, or in it: quotation marks, dashes, a currency.
_AROUND = "\"'`´“”„‘’‚«»‹›…–—•·€£№§©®™¡¿ª°º×"
_CYRILLIC = re.compile(r"[Ѐ-џҐґ]+(?:['’][Ѐ-џҐґ]+)?")
_LATIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿŠšŽžŒœŸ]+(?:['’´·][A-Za-zÀ-ÖØ-öø-ÿŠšŽžŒœŸ]+)*")
# Letters that windows-1250 and 1254 have in these places: what they make of Czech, Hungarian and Turkish.
_OF_OTHERS = re.compile(r"[ðþýÐÞÝ]|õ(?!e)|Õ(?!E)|ø\w*[íýìùšžáè]|[íýìùšžáè]\w*ø")
_HAN = re.compile(r"[㐀-鿿豈-﫿]+")
# What names, cities and companies are mostly written with. Korean and Japanese files decode as GB18030 too,
# into characters that nobody uses.
_FREQUENT = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
    "范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超"
    "霞平刚桂华建国玉红小晓春海云天志永新安成东生子光辉欣怡佳雨宇浩然思梦婷雪慧琳琪颖博鑫凯峰飞龙鹏波斌中大学人公司北京上海广州"
    "深圳市省区路的是在有我不了一二三四五和美月星辰家心乐阳爱民福清德庆兴长春城南西山河"
)


def of_gb18030(text: str) -> float:
    """Return how likely the text is Chinese: characters of everyday use, and not within Latin words."""
    words = list(_words(text))
    han = "".join(run for word in words for run in _HAN.findall(word))
    if not han:
        return 0 if words else 0.5
    everyday = sum(_of_level_1(character) for character in han) / len(han)
    frequent = sum(character in _FREQUENT for character in han) / len(han)
    alone = sum(bool(_HAN.fullmatch(word)) for word in words) / len(words)
    likely = min(alone, everyday * 1.4, frequent * 4)
    return min(1, likely)


def of_windows_1251(text: str) -> float:
    """Return how likely the text is Cyrillic: whole words of it, in upper or lower case as words are."""
    likely = _share(text, lambda word: bool(_CYRILLIC.fullmatch(word)) and _cased(word))
    # Hebrew decodes too, into small letters only; among names some begin with a capital.
    return likely if any(map(_has_capital, _words(text))) else min(likely, 0.8)


def of_windows_1252(text: str) -> float:
    """Return how likely the text is of Western Europe: accents within Latin words."""
    likely = _share(text, lambda word: bool(_LATIN.fullmatch(word)) and _cased(word) and _has_ascii(word))
    return min(likely, 0.8) if any(_OF_OTHERS.search(word) for word in _words(text)) else likely


def of_utf16(head: bytes, codec: str) -> bool:
    """Return whether the beginning of a file is a table of addresses in this order of octets."""
    try:
        text = head[: len(head) // 2 * 2].decode(codec, errors="strict")
    except UnicodeDecodeError as error:
        if error.end < len(head) - 2:  # a pair cut in two at the end is no fault
            return False
        text = head[: error.start].decode(codec)
    return "\0" not in text and ("\n" in text or "\r" in text) and "@" in text


OF: dict[str, Callable[[str], float]] = {
    "gb18030": of_gb18030,
    "windows-1251": of_windows_1251,
    "windows-1252": of_windows_1252,
}


def _words(text: str) -> Iterator[str]:
    for part in _BETWEEN.split(text):
        word = part.strip(_AROUND)
        if not word.isascii():
            yield word


def _share(text: str, reads: Callable[[str], bool]) -> float:
    """Return how many words read as such, of all; 0.5 where there is nothing to go by."""
    words = list(_words(text))
    return sum(map(reads, words)) / len(words) if words else 0.5


def _cased(word: str) -> bool:
    """Return whether the word is written as words are: small, with a capital, or in capitals throughout."""
    return all(
        part.islower() or part.isupper() or part[1:].islower()
        for part in re.split(r"['’´·]|(?<=Mc)|(?<=Mac)", word)
        if part
    )


def _has_capital(word: str) -> bool:
    return any(letter.isupper() and not letter.isascii() for letter in word)


def _has_ascii(word: str) -> bool:
    return len(word) <= 2 or any(letter.isascii() for letter in word)  # noqa: PLR2004 - “Öl” has one; “Åå” need not


def _of_level_1(character: str) -> bool:
    """Return whether it is of the 3,755 characters that GB 2312 puts first, by their sound."""
    octets = character.encode("gb18030")
    return len(octets) == 2 and 0xB0 <= octets[0] <= 0xD7 and octets[1] >= 0xA1  # noqa: PLR2004 - GB 2312, rows 16 to 55
