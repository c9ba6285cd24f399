"""A corpus of faulty editions, each named for the one rule it must trip: `RULE--what.md`."""

from pathlib import Path

import pytest

from tests.preflight.cast import a_matter, rules, said

CORPUS = sorted((Path(__file__).parent / "faulty").glob("*.md"))


def test_the_corpus_is_no_smaller_than_it_was() -> None:
    assert len(CORPUS) >= 60
    assert {path.name.partition("--")[0] for path in CORPUS} <= set(rules())


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_a_faulty_edition_is_found_and_nothing_else_is_said_of_it(path: Path) -> None:
    found = said(a_matter(path.read_bytes()))
    assert {finding.rule for finding in found} == {path.name.partition("--")[0]}
