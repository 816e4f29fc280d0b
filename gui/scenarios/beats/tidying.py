"""A layout in layers: beats from left to right as the scene goes on, with few crossings. Knows no widgets.

Source: Sugiyama, Tagawa and Toda (1981): take cycles out, layers by longest path, order by barycentres. Links over
several layers are led through empty slots. Heights are placed by the mean of neighbours, without overlaps.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from gui.scenarios.beats.snapping import Box, snap_to_grid

COLUMN_GAP_PX = 112
ROW_GAP_PX = 40
SLOT_PX = 24
_SWEEPS = 8
_MAX_SPAN = 12
"""Links over more layers than this are led straight: slots for all of them would push everything apart."""

Edge = tuple[str, str]


def tidy(boxes: Mapping[str, Box], edges: Iterable[Edge], first: Iterable[str] = ()) -> dict[str, tuple[float, float]]:
    """Returns a place for every card.

    Args:
        boxes: Where cards are, and how large; their present order settles ties.
        edges: Pairs of keys.
        first: Keys that begin a layout, such as the start of the scene.
    """
    order = sorted(boxes, key=lambda key: (boxes[key][1], boxes[key][0], key))
    kept = {(one, other) for one, other in edges if one != other and one in boxes and other in boxes}
    linked = {key for edge in kept for key in edge}
    starts = [key for key in first if key in linked]
    forward = _without_cycles([*starts, *(key for key in order if key in linked)], kept)
    layers = _find_layers([key for key in order if key in linked], forward)
    columns, slots = _lead_through(order, layers, forward)
    _reduce_crossings(columns, slots)
    places = _place(columns, slots, boxes)
    _append_single([key for key in order if key not in linked], boxes, places)
    return places


def _without_cycles(order: list[str], edges: set[Edge]) -> set[Edge]:
    """Turns the edges round that lead back to where a walk came from."""
    targets = defaultdict(list)
    for one, other in sorted(edges):
        targets[one].append(other)
    state: dict[str, int] = {}
    forward: set[Edge] = set()
    for root in order:
        stack = [(root, iter(targets[root]))] if root not in state else []
        state.setdefault(root, 1)
        while stack:
            key, rest = stack[-1]
            target = next(rest, None)
            if target is None:
                state[key] = 2
                stack.pop()
            elif state.get(target) == 1:
                forward.add((target, key))
            else:
                forward.add((key, target))
                if target not in state:
                    state[target] = 1
                    stack.append((target, iter(targets[target])))
    return forward


def _find_layers(keys: list[str], edges: set[Edge]) -> dict[str, int]:
    """Returns the longest way to each key."""
    targets, n_before = defaultdict(list), dict.fromkeys(keys, 0)
    for one, other in edges:
        targets[one].append(other)
        n_before[other] += 1
    layers = dict.fromkeys(keys, 0)
    ready = [key for key in keys if not n_before[key]]
    while ready:
        key = ready.pop()
        for target in targets[key]:
            layers[target] = max(layers[target], layers[key] + 1)
            n_before[target] -= 1
            if not n_before[target]:
                ready.append(target)
    return layers


def _lead_through(
    order: list[str], layers: Mapping[str, int], edges: set[Edge]
) -> tuple[list[list[str]], dict[str, tuple[list[str], list[str]]]]:
    """Returns the columns with slots for long links, and the neighbours (left, right) of each key and slot."""
    columns: list[list[str]] = [[] for _ in range(max(layers.values(), default=-1) + 1)]
    for key in order:
        if key in layers:
            columns[layers[key]].append(key)
    neighbours: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for number, (one, other) in enumerate(sorted(edges)):
        last = one
        if layers[other] - layers[one] <= _MAX_SPAN:
            for layer in range(layers[one] + 1, layers[other]):
                slot = f"\0{number}.{layer}"
                columns[layer].append(slot)
                neighbours[last][1].append(slot)
                neighbours[slot][0].append(last)
                last = slot
        neighbours[last][1].append(other)
        neighbours[other][0].append(last)
    return columns, neighbours


def _reduce_crossings(columns: list[list[str]], neighbours: Mapping[str, tuple[list[str], list[str]]]) -> None:
    """Orders every column by the mean place of neighbours, from left to right and back, several times."""
    for sweep in range(_SWEEPS):
        side = sweep % 2
        numbers = range(1, len(columns)) if side == 0 else range(len(columns) - 2, -1, -1)
        places = {key: place for column in columns for place, key in enumerate(column)}
        for number in numbers:
            column = columns[number]
            means = {
                key: sum(places[other] for other in found) / len(found) if found else float(places[key])
                for key in column
                for found in [neighbours[key][side] if key in neighbours else []]
            }
            column.sort(key=lambda key: (means[key], places[key]))
            places |= {key: place for place, key in enumerate(column)}


def _place(
    columns: list[list[str]], neighbours: Mapping[str, tuple[list[str], list[str]]], boxes: Mapping[str, Box]
) -> dict[str, tuple[float, float]]:
    heights = {key: boxes[key][3] if key in boxes else float(SLOT_PX) for column in columns for key in column}
    middles: dict[str, float] = {}
    for column in columns:
        edge = 0.0
        for key in column:
            middles[key] = edge + heights[key] / 2
            edge += heights[key] + ROW_GAP_PX
    for sweep in range(_SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            wanted = [_mean_middle(key, neighbours, middles) for key in column]
            for key, middle in zip(column, _keep_apart(column, wanted, heights), strict=True):
                middles[key] = middle
    top = min((middles[key] - heights[key] / 2 for key in middles), default=0.0)
    places: dict[str, tuple[float, float]] = {}
    left = 0.0
    for column in columns:
        cards = [key for key in column if key in boxes]
        for key in cards:
            places[key] = (snap_to_grid(left), snap_to_grid(middles[key] - heights[key] / 2 - top))
        left += max((boxes[key][2] for key in cards), default=0.0) + COLUMN_GAP_PX
    return places


def _mean_middle(
    key: str, neighbours: Mapping[str, tuple[list[str], list[str]]], middles: Mapping[str, float]
) -> float:
    found = [other for side in neighbours.get(key, ((), ())) for other in side]
    return sum(middles[other] for other in found) / len(found) if found else middles[key]


def _keep_apart(column: list[str], wanted: list[float], heights: Mapping[str, float]) -> list[float]:
    """Returns places as near to the wanted ones as can be without overlaps: blocks that meet share their mean."""
    offsets, offset = [], 0.0
    for key in column:
        offsets.append(offset + heights[key] / 2)
        offset += heights[key] + ROW_GAP_PX
    blocks: list[tuple[float, int]] = []  # mean of (wanted - offset), and how many
    for middle, shift in zip(wanted, offsets, strict=True):
        mean, count = middle - shift, 1
        while blocks and blocks[-1][0] > mean:
            other, n_other = blocks.pop()
            mean, count = (other * n_other + mean * count) / (n_other + count), n_other + count
        blocks.append((mean, count))
    starts = [mean for mean, count in blocks for _ in range(count)]
    return [start + shift for start, shift in zip(starts, offsets, strict=True)]


def _append_single(keys: list[str], boxes: Mapping[str, Box], places: dict[str, tuple[float, float]]) -> None:
    """Puts cards without links in rows under the others."""
    bottom = max((y + boxes[key][3] for key, (_x, y) in places.items()), default=-ROW_GAP_PX)
    per_row = max(4, round(len(keys) ** 0.5))
    for start in range(0, len(keys), per_row):
        row = keys[start : start + per_row]
        left, top = 0.0, snap_to_grid(bottom + ROW_GAP_PX)
        for key in row:
            places[key] = (snap_to_grid(left), top)
            left += boxes[key][2] + COLUMN_GAP_PX
        bottom = top + max(boxes[key][3] for key in row)
