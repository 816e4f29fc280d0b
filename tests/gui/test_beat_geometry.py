"""The arithmetic of the canvas, without a canvas: layouts, snapping, alignment, the clipboard."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QApplication

from core.errors import UserError
from gui.scenarios.beats.arranging import Line, align, distribute
from gui.scenarios.beats.clipboard import MIME, Parts, format_parts, parse_parts
from gui.scenarios.beats.graph import make_graph
from gui.scenarios.beats.snapping import GRID_PX, Snapper
from gui.scenarios.beats.tidying import tidy
from gui.scenarios.beats.walking import Way, step_from
from models.beat import Beat, BeatBase, BeatKind, BeatLink, BeatLinkBase

KEYS = [f"b{number}" for number in range(12)]
places = st.floats(-2000, 2000, allow_nan=False)
boxes = st.dictionaries(
    st.sampled_from(KEYS), st.tuples(places, places, st.just(200.0), st.sampled_from([56.0, 96.0, 120.0])), min_size=1
)
edges = st.lists(st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS)), max_size=30)
texts = st.text(max_size=30)
beats = st.builds(
    BeatBase,
    name=texts,
    kind=st.sampled_from(BeatKind),
    condition=texts,
    goals=st.dictionaries(texts, texts, max_size=3),
    x=places,
    y=places,
)


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return abs(one[0] - other[0]) < 200 and one[1] < other[1] + other[3] and other[1] < one[1] + one[3]


@settings(max_examples=80, deadline=None)
@given(boxes, edges)
def test_a_tidy_layout_has_every_card_once_on_the_grid_without_overlaps(
    found: dict[str, tuple[float, float, float, float]], links: list[tuple[str, str]]
) -> None:
    laid = tidy(found, links, list(found)[:1])
    assert laid.keys() == found.keys()
    cards = {key: (*place, *found[key][2:]) for key, place in laid.items()}
    assert all(x % GRID_PX == 0 and y % GRID_PX == 0 for x, y in laid.values())
    assert not [(one, other) for one in cards for other in cards if one < other and overlap(cards[one], cards[other])]


def test_a_chain_goes_from_left_to_right_and_a_way_back_does_not_turn_it() -> None:
    found = dict.fromkeys(("a", "b", "c"), (0.0, 0.0, 200.0, 56.0))
    laid = tidy(found, [("a", "b"), ("b", "c"), ("c", "a")], ["a"])
    assert laid["a"][0] < laid["b"][0] < laid["c"][0]


@given(boxes, st.sampled_from(Line))
def test_aligned_cards_have_one_edge_in_common(found: dict[str, tuple[float, float, float, float]], line: Line) -> None:
    axis, share = line.value
    laid = align(found, line)
    edges_now = [laid[key][axis] + share * box[axis + 2] for key, box in found.items()]
    assert max(edges_now) - min(edges_now) <= 1
    assert all(laid[key][1 - axis] == box[1 - axis] for key, box in found.items())


def test_distributed_cards_have_equal_gaps() -> None:
    found = {"a": (0.0, 0.0, 200.0, 56.0), "b": (210.0, 8.0, 200.0, 56.0), "c": (900.0, 0.0, 200.0, 56.0)}
    laid = distribute(found, 0)
    assert (laid["a"], laid["c"]) == ((0.0, 0.0), (900.0, 0.0))
    assert laid["b"] == (450.0, 8.0)


def test_a_card_snaps_to_the_nearest_edge_or_to_the_grid() -> None:
    snapper = Snapper([(100.0, 48.0, 200.0, 56.0)])
    near = snapper.snap((103.0, 301.0, 200.0, 80.0), 6)
    assert (near.dx, near.verticals) == (-3.0, (100.0,))
    assert (near.dy, near.horizontals) == (3.0, ())
    assert snapper.snap((420.0, 300.0, 150.0, 80.0), 6, to_grid=False).dx == 0


@settings(max_examples=60, deadline=None)
@given(st.lists(beats, min_size=1, max_size=4), st.data())
def test_what_is_copied_is_pasted(qapp: QApplication, found: list[BeatBase], data: st.DataObject) -> None:
    number = st.integers(0, len(found) - 1)
    links = data.draw(st.lists(st.tuples(number, number, st.builds(BeatLinkBase, label=texts)), max_size=4))
    parts = Parts(tuple(found), tuple(links))
    assert parse_parts(format_parts(parts)) == parts


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"{", b'{"beats": [], "links": []}', b'{"beats": [{}], "links": [[0, 7, {}]]}', b"[" * 100_000],
)
def test_a_damaged_clipboard_is_said(raw: bytes) -> None:
    data = QMimeData()
    data.setData(MIME, raw)
    with pytest.raises(UserError, match="clipboard"):
        parse_parts(data)
    assert parse_parts(QMimeData()) is None


def test_arrows_go_along_links_then_to_the_nearest() -> None:
    rows = [
        Beat(id=key, scenario_id="s", name=key, x=x, y=y)
        for key, x, y in (("a", 0, 0), ("b", 300, 200), ("c", 300, 0), ("d", 0, 400))
    ]
    links = [
        BeatLink(id=f"{start}{end}", scenario_id="s", from_id=start, to_id=end, position=place)
        for place, (start, end) in enumerate((("a", "b"), ("a", "c")))
    ]
    graph = make_graph(rows, links)
    found = {beat.id: (beat.x, beat.y, 200.0, 56.0) for beat in rows}
    assert step_from("a", Way.RIGHT, graph, found) == "b"
    assert step_from("b", Way.LEFT, graph, found) == "a"
    assert step_from("b", Way.UP, graph, found) == "c"
    assert step_from("a", Way.DOWN, graph, found) == "d"
    assert step_from("c", Way.RIGHT, graph, found) == "c"
