"""SVG charts: well-formed whatever the names, true to the points, readable in both themes."""

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fidelity.catalogue import METRICS
from core.fidelity.charts.svg_chart import Level, Line, Palette, load_palette, render_chart
from core.fidelity.charts.svg_text import clean, shorten, text_width, wrap

SVG = "{http://www.w3.org/2000/svg}"
DARK, LIGHT = load_palette("dark"), load_palette("light")
HOSTILE = [
    "</svg><script>alert(1)</script>",
    "\"' onload='x",
    "&amp;&lt;]]>",
    "\x00\x1b\ud800\ufffe",
    "\u202egnp.exe",
    "<!--",
    "<![CDATA[",
    "%s {{char}} $x",
]

points = st.lists(st.tuples(st.integers(1, 10_000), st.none() | st.floats(-1e9, 1e9)), max_size=20)


def parse(svg: str) -> ET.Element:
    return ET.fromstring(svg.encode("utf-8"))


def paths(svg: str) -> list[list[tuple[float, float]]]:
    found = [element.attrib["d"] for element in parse(svg).iter(f"{SVG}path")]
    return [[(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", d)] for d in found]


def text_of(svg: str) -> str:
    return " ".join("".join(element.itertext()) for element in parse(svg).iter())


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_text(name: str):
    svg = render_chart(METRICS["echo"], [Line(name, [(1, 0.1), (2, 0.3)])], DARK, [Level(0.2, name)])
    root = parse(svg)
    allowed = {"svg", "title", "desc", "rect", "text", "tspan", "g", "path", "circle", "line", "polygon"}
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= allowed
    assert not any(key.startswith("on") or key.endswith("href") for element in root.iter() for key in element.attrib)
    assert clean(name) in text_of(svg)
    assert not set(svg) & set("\x00\x1b\ud800\ufffe\u202e")


@given(st.text(), points, st.sampled_from(list(METRICS)))
def test_any_name_and_any_points_are_well_formed(name: str, scores: list[tuple[int, float | None]], metric: str):
    svg = render_chart(METRICS[metric], [Line(name, scores)], LIGHT, [Level(0.5, name)])
    parse(svg)
    assert "nan" not in "".join(re.findall(r' (?:d|x|y|cx|cy)="([^"]*)"', svg))


def test_a_value_that_cannot_be_is_drawn_all_the_same():
    metric = METRICS["persona_gym.action"]
    parse(render_chart(metric, [Line("Mara", [(1, 0.0)])], LIGHT))
    parse(render_chart(metric, [Line("Mara", [(1, 9.0), (2, -9.0)])], LIGHT))


def test_a_missing_score_breaks_the_line():
    line = Line("Mara", [(1, 0.1), (2, 0.2), (4, None), (5, 0.3), (6, 0.1), (7, 0.2)])
    assert [len(piece) for piece in paths(render_chart(METRICS["echo"], [line], DARK))] == [2, 3]


def test_turns_between_a_characters_own_do_not_break_its_line():
    line = Line("Mara", [(1, 0.1), (4, 0.2), (9, 0.3)])
    assert [len(piece) for piece in paths(render_chart(METRICS["echo"], [line], DARK))] == [3]


def test_points_are_drawn_to_scale():
    [path] = paths(render_chart(METRICS["grounding"], [Line("Mara", [(1, -1.0), (2, 0.0), (5, 1.0)])], DARK))
    (x1, y1), (x2, y2), (x3, y3) = path
    assert (x2 - x1) / (x3 - x1) == pytest.approx(1 / 4, abs=1e-3)
    assert (y1 - y2) / (y1 - y3) == pytest.approx(1 / 2, abs=1e-3)
    assert y3 < y1


def test_says_what_it_shows():
    metric = METRICS["drift"]
    line = Line("Mara", [(1, 0.25), (2, None), (3, 0.5)])
    svg = render_chart(metric, [line], DARK, [Level(0.42, "settles at 0.42")])
    root = parse(svg)
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert desc is not None
    assert root.attrib["aria-labelledby"] == f"{title.attrib['id']} {desc.attrib['id']}"
    assert title.text == f"{metric.title}, {metric.unit}"
    told = "Mara: 2 turns scored, first 0.25, last 0.5, from 0.25 to 0.5, 1 not scored."
    assert told in (desc.text or "")
    for words in (metric.title, metric.unit, metric.how_to_read, "Mara", "settles at 0.42", "turn"):
        assert words in text_of(svg)


def test_two_charts_of_one_page_have_their_own_ids():
    ids = [
        parse(render_chart(METRICS["echo"], [Line("Mara", [(1, value)])], DARK)).attrib["aria-labelledby"]
        for value in (0.1, 0.2)
    ]
    assert len(set(ids)) == 2


def test_the_same_scores_draw_the_same_chart():
    lines = [Line("Mara", [(1, 0.1), (2, 0.2)])]
    assert render_chart(METRICS["echo"], lines, DARK) == render_chart(METRICS["echo"], lines, DARK)


@pytest.mark.parametrize("lines", [[], [Line("Mara", [])], [Line("Mara", [(3, None)])]])
def test_nothing_scored_is_said(lines: list[Line]):
    assert "No turn is scored yet." in text_of(render_chart(METRICS["voice.z"], lines, DARK, [Level(0.8, "human")]))


def test_lines_take_the_colours_of_the_palette_and_dashes_when_they_run_out():
    lines = [Line(str(place), [(1, 0.1), (2, 0.2)]) for place in range(len(DARK.characters) + 1)]
    drawn = list(parse(render_chart(METRICS["echo"], lines, DARK)).iter(f"{SVG}path"))
    assert [path.attrib["stroke"] for path in drawn] == [*DARK.characters, DARK.characters[0]]
    assert ["stroke-dasharray" in path.attrib for path in drawn] == [False] * len(DARK.characters) + [True]


@pytest.mark.parametrize("colour", ["red", '"/><x', "#12345", "#12345g", "#1234567", "#123456\n"])
def test_colours_are_checked(colour: str):
    with pytest.raises(ValueError, match="#rrggbb"):
        render_chart(METRICS["echo"], [Line("Mara", [(1, 0.1)], colour)], DARK)
    with pytest.raises(ValueError, match="#rrggbb"):
        render_chart(METRICS["echo"], [Line("Mara", [(1, 0.1)])], DARK, [Level(0.1, "x", colour)])


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
def test_contrast_is_enough(palette: Palette):
    """WCAG 2.2, success criterion 1.4.3: 4.5 to 1."""
    card = _luminance(palette.card)
    for colour in (palette.text, palette.dim, *palette.characters):
        light, dark = sorted((card, _luminance(colour)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, colour
    assert len(set(palette.characters)) == len(palette.characters) >= 4


def test_long_names_are_cut_in_the_legend_and_whole_in_the_description():
    name = "Archibald " * 20
    svg = render_chart(METRICS["echo"], [Line(name, [(1, 0.1)])], DARK)
    assert not any(name.strip() in (element.text or "") for element in parse(svg).iter(f"{SVG}text"))
    assert name.strip() in text_of(svg)


def test_everything_is_inside_the_picture():
    lines = [Line(f"Somebody with the number {n}", [(1, 0.1 * n), (40, 0.05 * n)]) for n in range(9)]
    root = parse(render_chart(METRICS["echo"], lines, DARK, [Level(0.5, "human mean")], width=400))
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for element in root.iter(f"{SVG}text"):
        assert 0 < float(element.attrib["y"]) < height
        assert 0 < float(element.attrib["x"]) < width


def test_wrap_keeps_words_and_width():
    text = "How far the conversation has pulled the character from its persona"
    rows = wrap(text, 12, 150)
    assert len(rows) > 1
    assert " ".join(rows) == text
    assert all(text_width(row, 12) <= 150 for row in rows)


def test_wide_letters_are_wide():
    assert text_width("李小龍", 10) > text_width("abc", 10) * 1.5


def test_shorten():
    assert (shorten("short", 5), shorten("longer", 5)) == ("short", "long…")
