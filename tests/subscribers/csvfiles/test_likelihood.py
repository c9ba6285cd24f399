import pytest

from subscribers.csvfiles import likelihood


@pytest.mark.parametrize("text", ["Иван", "ПЕТРОВ-ВОДКИН", "Анна д’Артаньян", "«Космос», № 5"])
def test_words_of_one_script_read_as_such(text: str) -> None:
    assert likelihood.of_windows_1251(text) == 1


@pytest.mark.parametrize("text", ["иВАН", "НЯкот", "Zoл", "щлен"])
def test_words_that_nobody_writes_so_do_not(text: str) -> None:
    assert likelihood.of_windows_1251(text) < likelihood.SURE


def test_without_letters_there_is_nothing_to_go_by() -> None:
    assert likelihood.of_windows_1252("“quoted”, 5 €") == likelihood.of_windows_1251("“quoted”, 5 €") == 0.5


def test_frequent_characters_are_chinese_and_rare_ones_may_be_anything() -> None:
    assert likelihood.of_gb18030("王小明,北京") == 1
    assert likelihood.of_gb18030("辫枚荐") < likelihood.SURE
    assert likelihood.of_gb18030("M黮ler") < likelihood.NOT
