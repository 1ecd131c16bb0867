"""Markdown becomes HTML that may stand in our pages, whoever wrote it."""

import pytest

from knowledge.markdown import plain, render, render_line


def test_headings_begin_below_the_pages_own_whichever_mark_the_writer_begins_with():
    shown = render("### One\n\n#### Two\n\n### Three\n\n###### Deep")
    assert [(one.level, one.words) for one in shown.headings] == [(2, "One"), (3, "Two"), (2, "Three")]
    assert "<h5>Deep</h5>" in shown.html


def test_headings_stand_below_the_pages_own_and_have_anchors():
    shown = render("# Börja här\n\n## Steg\n\ntext\n\n## Steg\n")

    assert [(one.level, one.anchor) for one in shown.headings] == [
        (2, "part-borja-har"),
        (3, "part-steg"),
        (3, "part-steg-2"),
    ]
    assert '<h2 id="part-borja-har">Börja här</h2>' in shown.html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,hi)",
        "[x](//evil.example)",
        "[x](/\\evil.example)",
        "![x](https://evil.example/pixel.gif)",
        '<img src=x onerror="alert(1)">',
        "[x](file:99)",
    ],
)
def test_nothing_runs_or_loads_from_elsewhere(text: str):
    html = render(text, {12: "/help/a/files/12/"}).html

    assert "<script" not in html
    assert "<img src" not in html
    assert 'href="javascript' not in html
    assert "evil.example/pixel" not in html or "src=" not in html
    assert not any(f'href="{start}' in html for start in ("javascript", "data", "//", "/\\", "file"))


def test_a_line_has_links_and_no_other_marks():
    html = render_line("1. *Se* C:\\_x & [mer](/help/mer/), <b>[nej](javascript:alert(1))</b>").html

    assert html == (
        '1. *Se* C:\\_x &amp; <a href="/help/mer/" rel="noopener noreferrer">mer</a>, '
        "&lt;b&gt;[nej](javascript:alert(1))&lt;/b&gt;"
    )


def test_a_texts_own_files_are_shown_in_their_places():
    html = render("![Plan](file:12) and [the list](file:13)", {12: "/f/12/", 13: "/f/13/"}).html

    assert 'src="/f/12/"' in html
    assert 'alt="Plan"' in html
    assert 'href="/f/13/"' in html


def test_the_words_alone_have_no_marks():
    assert (
        plain("# Börja\n\nTryck på **Spara** i\n`menyn`.\n\n* ett\n* två") == "Börja\nTryck på Spara i menyn.\nett\ntvå"
    )
