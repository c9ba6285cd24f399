import pytest

from mailer.archive.passages import passages
from tests.archive.passages import said

WENCHANG = (
    "The rocket flew from Wenchang on Monday, and the crew of three reached the station after six hours."
    " Nobody outside the control room saw the second stage fail to relight."
)
HAINAN = (
    "Officials in Hainan postponed the launch until spring. A leak in the fuel line, found by two engineers"
    " during the last check, would have ended the mission."
)


def test_a_long_text_is_cut_around_what_changed() -> None:
    words = [f"w{number}" for number in range(40)]
    [passage] = passages(" ".join(words), " ".join([*words[:20], "new", *words[21:]]))
    assert said(passage) == (
        "… w14 w15 w16 w17 w18 w19 [w20] w21 w22 w23 w24 w25 w26 …",
        "… w14 w15 w16 w17 w18 w19 [new] w21 w22 w23 w24 w25 w26 …",
    )


def test_scripts_without_spaces_are_compared_by_the_character() -> None:
    [passage] = passages("月球上的电站将在二〇三五年建成", "月球上的电站将在二〇三六年建成")
    assert said(passage) == ("… 站将在二〇三[五]年建成 ", "… 站将在二〇三[六]年建成 ")


def test_what_is_endless_is_not_compared() -> None:
    assert passages("a " * 2_000, "b " * 2_000) == ()


def test_what_has_little_in_common_is_not_quoted_whole() -> None:
    assert passages(WENCHANG, HAINAN) == ()
    assert (
        passages(
            "月球上的电站将在二〇三五年建成并开始供电" * 2, "火箭升空后不久坠入大海无人受伤调查已经开始" * 2
        )
        == ()
    )


def test_what_is_short_is_quoted_though_all_of_it_is_new() -> None:
    assert [said(each) for each in passages("The dish turned.", "It fell.")] == [
        ("[The dish turned.] ", "[It fell.] ")
    ]


@pytest.mark.parametrize(("count", "quoted"), [(40, 1), (41, 0)])
def test_a_passage_is_short_enough_to_read(count: int, quoted: int) -> None:
    stays = " ".join(f"w{number}" for number in range(100))
    assert len(passages(stays, f"{stays} {' '.join(['new'] * count)}")) == quoted


def test_one_word_in_a_long_text_is_quoted() -> None:
    [passage] = passages(WENCHANG, WENCHANG.replace("Wenchang", "Jiuquan"))
    assert said(passage)[1].startswith("The rocket flew from [Jiuquan] on Monday,")
