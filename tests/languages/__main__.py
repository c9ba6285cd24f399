"""`python -m tests.languages`, or `make messages`: bring the catalogues up to date, and compile them."""

from tests.languages.catalogues import FORMS, compiled, file, gathered, lacking, refreshed, written


def main() -> None:
    """Write both files of every language, and say what there is to do."""
    said = gathered()
    for language in FORMS:
        catalogue = refreshed(language, said)
        file(language, "po").parent.mkdir(parents=True, exist_ok=True)
        file(language, "po").write_bytes(written(catalogue))
        file(language, "mo").write_bytes(compiled(catalogue))
        left = len(list(lacking(catalogue)))
        print(f"{language:<8} {len(catalogue.texts):>4} texts, {left:>4} to translate")  # noqa: T201 - to its caller


if __name__ == "__main__":
    main()
