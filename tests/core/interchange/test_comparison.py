"""Two branches side by side as a page and as a table."""

import csv
import io
from pathlib import Path

import pytest

from core.errors import UserError
from core.interchange.comparison import format_csv, format_html, write_comparison
from core.playtest.looking_back.side_by_side import Comparison, Side, SideTurn, compare_sides
from models.playtest import SpeakerKind


def make() -> Comparison:
    def turn(number: int, text: str, value: float) -> SideTurn:
        scores = {"grounding": value}
        return SideTurn(number, "r", "Mara <b>Voss</b>", SpeakerKind.CHARACTER, text, scores=scores)

    left = Side("First & run", [turn(1, "The lamp.", 0.1), turn(2, "It was <dark> at nine.", 0.2)])
    right = Side("Ilse lies", [turn(1, "The lamp.", 0.1), turn(2, "It was light at nine.", 0.4), turn(3, "=1+1", 0.5)])
    return compare_sides(left, right)


def test_the_page_marks_what_differs_and_takes_all_text_for_text() -> None:
    page = format_html(make(), "Grounding is better.\nSo it is.")
    assert "<del>&lt;dark&gt;</del>" in page
    assert "<ins>light</ins>" in page
    assert "<b>Voss" not in page
    assert "First &amp; run" in page
    assert "<p>So it is.</p>" in page
    assert page.count("<svg") == 1
    assert "<script" not in page


def test_the_table_has_a_line_for_each_number_and_no_formulas() -> None:
    rows = list(csv.reader(io.StringIO(format_csv(make()))))
    heads = [f"{side} {what}" for side in ("left", "right") for what in ("speaker", "text", "grounding")]
    assert rows[0] == ["turn", "same", *heads]
    assert [row[:2] for row in rows[1:]] == [["1", "yes"], ["2", "no"], ["3", "no"]]
    assert rows[3][3] == ""
    assert rows[3][6] == "'=1+1"
    assert rows[2][7] == "0.4"


def test_the_ending_of_the_name_says_which(tmp_path: Path) -> None:
    for name in ("one.html", "one.csv"):
        write_comparison(tmp_path / name, make(), "")
        assert (tmp_path / name).stat().st_size > 100
    with pytest.raises(UserError):
        write_comparison(tmp_path / "one.docx", make(), "")
