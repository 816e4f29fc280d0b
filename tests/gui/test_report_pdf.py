"""A report on paper has pages, pictures and real text, whatever the words are."""

import re
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.interchange.playtest_charts import make_charts
from core.interchange.report import format_print
from core.interchange.transcript import Said, Transcript
from gui.widgets.report_pdf import make_pdf, write_pdf
from models.playtest import SpeakerKind
from models.score import Score

HOSTILE = "<img src='file:///etc/passwd'><script>x</script> & *waves*"


def transcript(n_turns: int, words: str = "I have kept the light for eleven winters.") -> Transcript:
    turns = tuple(
        Said(
            number,
            "Mara",
            SpeakerKind.CHARACTER,
            words,
            None,
            "weights",
            (Score(turn_id=number, metric="echo", value=0.1),),
        )
        for number in range(1, n_turns + 1)
    )
    return Transcript("The inquest", "The inquest", "It is March.", (), (("Seed", "3"),), turns)


def test_more_turns_take_more_pages(qtbot: QtBot, tmp_path: Path) -> None:
    assert qtbot is not None
    pages = []
    for n_turns in (3, 90):
        found = transcript(n_turns)
        data = make_pdf(found, make_charts(found))
        assert data.startswith(b"%PDF-1.")
        pages.append(len(re.findall(rb"/Type\s*/Page\b", data)))
    assert pages[0] >= 2
    assert pages[1] > pages[0]
    write_pdf(tmp_path / "report.pdf", found, ())
    write_pdf(tmp_path / "report.pdf", found, ())
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-1.")


@pytest.mark.parametrize("thoughts", [True, False])
def test_words_stay_words(thoughts: bool) -> None:
    page = format_print(transcript(1, HOSTILE), (), 400, thoughts=thoughts)
    assert "<script" not in page
    assert "&lt;img src" in page
    assert "<em>waves</em>" in page
