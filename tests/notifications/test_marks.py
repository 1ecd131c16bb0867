from notifications.mail.marks import is_mark, mark


def test_our_mark_is_known_again_in_every_language_quoted_or_not():
    for language in ("en", "sv", "sv-se", "de"):
        for before in ("", "> ", ">> ", "| "):
            assert is_mark(before + mark(language))
    assert mark("sv") != mark("en")


def test_other_lines_are_no_marks():
    for line in ("", "-----", "----- Original Message -----", "Write your answer above this line", "x" * 10_000):
        assert not is_mark(line)
