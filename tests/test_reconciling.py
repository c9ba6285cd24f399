"""Two ledgers, compared address by address."""

from mailer.reconciling import compare


def test_equal_ledgers_are_equal_in_any_order() -> None:
    assert compare(
        [(1, "ada@x.example"), (2, "bo@x.example")], [(2, "bo@x.example"), (1, "ada@x.example")]
    ).equal


def test_a_copy_the_transport_never_saw_is_named() -> None:
    assert compare([(1, "ada@x.example")], []).only_ours == ((1, "ada@x.example"),)


def test_a_copy_we_do_not_know_of_is_named() -> None:
    assert compare([], [(7, "bo@x.example")]).only_theirs == ((7, "bo@x.example"),)


def test_an_address_given_twice_is_named_even_under_one_delivery() -> None:
    comparison = compare([(1, "ada@x.example")], [(1, "ada@x.example"), (1, "Ada@x.example")])
    assert comparison.twice == ("ada@x.example",)
    assert not comparison.equal


def test_the_right_delivery_at_the_wrong_address_is_no_match() -> None:
    assert not compare([(1, "ada@x.example")], [(1, "bo@x.example")]).equal
