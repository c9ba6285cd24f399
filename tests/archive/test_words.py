from mailer.archive.words import line, prose, words

NAME = f"{'a' * 32}-1072x603.jpg"


def test_prose_is_harmless_html() -> None:
    assert prose("One.\n\n<script>x</script> **Two**") == (
        "<p>One.</p>\n<p>&lt;script&gt;x&lt;/script&gt; <strong>Two</strong></p>"
    )
    assert line("A [page](https://a.example)") == 'A <a href="https://a.example">page</a>'


def test_pictures_are_found_where_they_are_kept() -> None:
    shown = 'alt="A dish" width="1072" height="603" loading="lazy">'
    assert prose(f"![A dish](picture:{NAME})") == f'<p><img src="/pictures/{NAME}" {shown}</p>'
    assert f'src="https://news.example/pictures/{NAME}"' in prose(
        f"![A dish](picture:{NAME})", "https://news.example"
    )
    assert prose("![A dish](https://elsewhere.example/a.jpg)") == "<p>A dish</p>"


def test_words_are_what_is_read() -> None:
    assert words("A [page](https://a.example) &\n**more**\n\n- one\n- two") == "A page & more one two"
    assert words("") == ""
