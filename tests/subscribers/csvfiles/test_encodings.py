from pathlib import Path

import pytest

from subscribers.csvfiles import encodings
from subscribers.csvfiles.errors import CsvError
from tests.subscribers.csvfiles.cast import written

HEAD = "email,name\n"


@pytest.mark.parametrize(
    ("text", "encoding", "codec"),
    [
        ("nina@example.org,Nina", "ascii", "utf-8"),
        ("zoe@example.org,Zoë", "utf-8", "utf-8"),
        ("zoe@example.org,Zoë", "utf-8-sig", "utf-8-sig"),
        ("li@example.org,李伟", "utf-16", "utf-16"),
        ("li@example.org,李伟", "utf-16-le", "utf-16-le"),
        ("li@example.org,李伟", "utf-16-be", "utf-16-be"),
        ("li@example.org,李伟", "utf-32", "utf-32"),
        ("ivan@example.org,Иван Петров", "windows-1251", "windows-1251"),
        ("ivan@example.org,ИВАН", "windows-1251", "windows-1251"),
        ("o@example.org,Олександр Ґудзь", "windows-1251", "windows-1251"),
        ("zoe@example.org,Zoë", "windows-1252", "windows-1252"),
        ("m@example.org,Jürgen Groß\na@example.org,Åke Ärn", "windows-1252", "windows-1252"),
        ("e@example.org,Éloïse D’Été", "windows-1252", "windows-1252"),
        ("j@example.org,João Camões", "windows-1252", "windows-1252"),
        ("o@example.org,O’Brien", "windows-1252", "windows-1252"),
        ("li@example.org,李伟", "gb18030", "gb18030"),
        ("o@example.org,欧阳娜娜\nw@example.org,王小明", "gb18030", "gb18030"),
    ],
)
def test_what_is_certain_is_found(tmp_path: Path, text: str, encoding: str, codec: str) -> None:
    found = encodings.find(written(tmp_path, HEAD + text + "\n", encoding))
    assert (found.codec, found.certain, found.others) == (codec, True, ())


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("m@example.org,慕容雪", "gb18030"),  # neither name is one of the frequent
        ("c@example.org,陳大文", "big5"),
        ("k@example.org,김철수\ni@example.org,이영희", "euc-kr"),
        ("y@example.org,山田太郎", "shift_jis"),
        ("y@example.org,山田太郎\ns@example.org,佐藤花子", "euc-jp"),
        ("w@example.org,Wałęsa", "windows-1250"),
        ("n@example.org,Jiří Novák", "windows-1250"),
        ("e@example.org,Erdős Pál", "windows-1250"),
        ("y@example.org,Yıldız Şahin", "windows-1254"),
        ("n@example.org,Νίκος Παπαδόπουλος", "windows-1253"),
        ("i@example.org,Иван Петров", "koi8-r"),
        ("i@example.org,Иван Петров", "iso8859-5"),
        ("s@example.org,שלום", "windows-1255"),
        ("m@example.org,محمد", "windows-1256"),
        ("j@example.org,José Müller", "mac-roman"),
    ],
)
def test_what_is_not_certain_is_said_to_be_so(tmp_path: Path, text: str, encoding: str) -> None:
    found = encodings.find(written(tmp_path, HEAD + text + "\n", encoding))
    assert not found.certain
    assert found.others


def test_one_broken_line_makes_no_other_encoding_of_a_file(tmp_path: Path) -> None:
    sound = "".join(f"reader{n}@example.org,Zoë\n" for n in range(5)).encode()
    file = written(tmp_path, HEAD.encode() + sound + b"zoe@example.org,Zo\xeb\n")
    with pytest.raises(CsvError, match=r"people\.csv:7: this line is not UTF-8, though others are"):
        encodings.find(file)


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CsvError, match="is no text: it holds octets of zero"):
        encodings.find(written(tmp_path, b"email\n\0\0\0\1\0\0"))
    with pytest.raises(CsvError, match="is no text"):
        encodings.find(written(tmp_path, "neither an address nor a line", "utf-16-le"))


def test_octets_of_no_encoding_are_refused(tmp_path: Path) -> None:
    file = written(tmp_path, b"email\nn\x98\x81\x8d @example.org\n")
    with pytest.raises(CsvError, match=r":2: this is not UTF-8, nor GB18030, windows-1251, windows-1252"):
        encodings.find(file)


def test_the_end_of_a_file_is_looked_at_as_well_as_its_beginning(tmp_path: Path) -> None:
    plain = "".join(f"reader{n:06}@example.org,Reader\n" for n in range(60_000))
    file = written(tmp_path, HEAD + plain + "ivan@example.org,Иван Петров\n", "windows-1251")
    assert file.stat().st_size > 1 << 20
    assert encodings.find(file).codec == "windows-1251"


def test_a_person_may_name_the_encoding(tmp_path: Path) -> None:
    assert encodings.named("windows-1251").codec == "cp1251"
    assert encodings.named(" UTF8 ").codec == "utf-8-sig"  # with a mark or without
    assert encodings.named("latin-1").certain
    assert encodings.first_line_not("utf-8", written(tmp_path, b"a\nb\n\xff\n")) == 3


@pytest.mark.parametrize(
    "name", ["klingon", "", "rot13", "hex", "utf-7", "unicode_escape", "idna", "undefined"]
)
def test_what_is_no_encoding_of_a_file_is_refused(name: str) -> None:
    with pytest.raises(CsvError, match="There is no encoding"):
        encodings.named(name)
