"""The page of a report: complete, self-contained, and dead whatever the words are."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UserError
from core.interchange.playtest_charts import make_charts
from core.interchange.report import Chart, format_report, write_report
from core.interchange.transcript import Member, Said, Transcript, read_transcript
from models.playtest import SpeakerKind
from models.score import Score
from tests.core.interchange.samples import SampleProject

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>Echo</title><path d="M0 0L9 9"/></svg>'
OWN_ELEMENTS = {
    *("html", "head", "meta", "title", "style", "body", "main", "header", "p", "h1", "h2", "dl", "div", "dt", "dd"),
    *("b", "span", "table", "thead", "tbody", "tr", "th", "td", "small", "figure", "figcaption", "ol", "ul", "li"),
    *("em", "footer", "svg", "path", "desc", "rect", "text", "tspan", "line", "g", "circle", "polygon"),
}


class Page(HTMLParser):
    """Notes every element, attribute and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def transcript_of(words: str) -> Transcript:
    scores = (
        Score(turn_id=1, metric="grounding", value=0.4321),
        Score(turn_id=1, metric="drift", value=None, reason=words),
        Score(turn_id=1, metric=words, value=1234.5),
    )
    said = Said(1, words, SpeakerKind.CHARACTER, words, words, "edited", scores)
    return Transcript(words, words, words, (Member(words, words, words),), ((words, words),), (said,))


@given(st.text(max_size=60) | st.text("<>&\"'={}%#*/ \nab", max_size=60))
def test_any_words_stay_words(words: str) -> None:
    page = Page(format_report(transcript_of(words), [(words, SVG, words)], [words]))
    assert page.elements <= OWN_ELEMENTS
    assert not {name for name in page.attributes if name.startswith("on") or name in {"href", "src", "action"}}


def test_hostile_words_of_a_playtest_are_shown_as_words(sample: SampleProject) -> None:
    transcript = read_transcript(sample.project, sample.playtest_id)
    page = Page(format_report(transcript, make_charts(transcript)))
    shown = "".join(page.texts)
    assert "<img src=x onerror=alert(1)> <script>alert(1)</script>" in shown
    assert page.elements <= OWN_ELEMENTS
    assert not set("\x00\x07\x1b\u202e") & set(shown)


def test_says_all_there_is_to_say(sample: SampleProject) -> None:
    transcript = read_transcript(sample.project, sample.playtest_id)
    page = format_report(transcript, [("Own title", SVG, "Own sentence."), ("Echo", SVG, "Echo")], ["One more limit."])
    for words in (
        "First try", "The lighthouse", "Night. *Rain.*", "Mara Quill", "keeper", "SHA-256 abababababababab…",
        "Line 8, take 0.", "<em>looks away</em>", "Nobody may know.", "Grounding <b>0.80</b>", "Drift <b>–</b>",
        'title="Too early."', "Own title", "Own sentence.", "8 of 16 scores have no value", "8 of them: Too early.",
        "One more limit.", "One run is one sample", SVG,
    ):  # fmt: skip
        assert words in page
    assert page.count("<b>Echo</b>") == 0
    assert "Nobody may know." not in format_report(transcript, thoughts=False)


def test_loads_and_runs_nothing() -> None:
    page = format_report(transcript_of("x"))
    assert "default-src 'none'; style-src 'unsafe-inline'" in page
    for trace in ("<script", "<link", "<img", "<iframe", "@import", "url(", "http:", "https:"):
        assert trace not in page


def test_charts_may_have_a_twin_for_dark_ground() -> None:
    page = format_report(transcript_of("x"), [Chart("A", SVG, "", SVG.replace("Echo", "Night"))])
    assert page.index('class="on-light"') < page.index("Echo</title>") < page.index('class="on-dark"')
    assert "Night</title>" in page


@pytest.mark.parametrize(
    "svg",
    [
        "no svg",
        "<svg>",
        "<svg></svg>",
        SVG.replace("<path", "<script>alert(1)</script><path"),
        SVG.replace("<path", '<path onclick="alert(1)"'),
        SVG.replace("<path", '<image href="http://evil.example"/><path'),
        SVG.replace("<path", '<a href="javascript:alert(1)"/><path'),
        SVG.replace("<path", '<text style="background:url(//evil)"/><path'),
        SVG.replace("<path", "<foreignObject/><path"),
        '<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG,
        SVG.replace("<path", "<!-- --><path"),
    ],
)
def test_drawings_that_could_do_more_than_draw_are_refused(svg: str) -> None:
    with pytest.raises(ValueError, match="chart"):
        format_report(transcript_of("x"), [("A", svg, "B")])


def test_an_empty_playtest_has_a_page_too() -> None:
    page = format_report(Transcript("Empty", "", "", (), (), ()))
    assert "Nothing has been said yet." in page
    assert "Means over the branch" not in page


def test_writing_never_overwrites(tmp_path: Path) -> None:
    write_report(tmp_path / "r.html", transcript_of("ü"))
    assert "ü" in (tmp_path / "r.html").read_text(encoding="utf-8")
    with pytest.raises(UserError, match="exists already"):
        write_report(tmp_path / "r.html", transcript_of("ü"))
