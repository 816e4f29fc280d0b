"""Line charts as SVG text, without a window: one metric a chart, one line a character.

Knows no database. Names are untrusted: see `core.fidelity.charts.svg_text`.
"""

import json
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from itertools import groupby

from core.fidelity.charts.chart_scale import Scale, format_tick, nice_ticks, value_bounds
from core.fidelity.charts.svg_text import clean, element, format_number, shorten, text_width, wrap
from core.fidelity.metric import Metric

_FONT = "Inter, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"
_TITLE_PX, _TEXT_PX, _SMALL_PX = 15, 12.5, 11.5
_PADDING = 20
_TICK_SPACE = 44
_ROW = 18
_MAX_NAME_CHARS = 32
_MAX_LABEL_CHARS = 64
_MAX_DOTS = 60
"""Lines with more points than this have no dot for each."""
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme that charts use, as `#rrggbb`."""

    ground: str
    """Behind the cards, for a page that holds several charts."""
    card: str
    line: str
    text: str
    dim: str
    characters: tuple[str, ...]


@cache
def load_palette(theme: str) -> Palette:
    """Loads the colours of a theme of the app, `dark` or `light`, from `assets/themes/`."""
    colours = json.loads((files("assets") / "themes" / f"{theme}.json").read_text(encoding="utf-8"))
    names = [name.name for name in fields(Palette) if name.name != "characters"]
    return Palette(**{name: colours[name] for name in names}, characters=tuple(colours["characters"]))


@dataclass(frozen=True, slots=True)
class Line:
    """The scores of one character."""

    name: str
    points: Sequence[tuple[int, float | None]]
    """(turn number, finite value) of the character's own turns, in order; None breaks the line."""
    colour: str | None = None
    """`#rrggbb`; None takes the palette's in turn."""


@dataclass(frozen=True, slots=True)
class Level:
    """A horizontal line to compare with, such as the human mean or where drift settles."""

    value: float
    label: str
    colour: str | None = None
    """`#rrggbb`; None is the palette's dim one."""


@dataclass(frozen=True, slots=True)
class _Style:
    """How one line is told from the others: by colour, by the shape of its marks, by dashes once colours run out."""

    colour: str
    shape: str
    dashes: str | None


@dataclass(frozen=True, slots=True)
class _Plot:
    x: Scale
    y: Scale

    def at(self, turn: float, value: float) -> tuple[float, float]:
        return self.x.place(turn), self.y.place(value)


def render_chart(
    metric: Metric,
    lines: Sequence[Line],
    palette: Palette,
    levels: Sequence[Level] = (),
    width: int = 720,
    plot_height: int = 180,
) -> str:
    """Draws one metric over the turns; returns an SVG document, as high as what it has to say.

    Raises ValueError for a colour that is not `#rrggbb`.
    """
    styles = [_style(line, place, palette) for place, line in enumerate(lines)]
    header, top = _header(metric, palette, width)
    legend, top = _legend(lines, styles, levels, palette, top, width)
    plot = _plot(metric, lines, levels, top + 18, width, plot_height)
    drawn = [*header, *legend]
    if any(_scored(line) for line in lines):
        drawn += [*_axes(plot, palette), *_draw_levels(plot, levels, palette)]
        for line, style in zip(lines, styles, strict=True):
            drawn += _draw_line(plot, line, style, palette)
    else:
        middle = plot.y.start - plot_height / 2
        drawn.append(_text("No turn is scored yet.", width / 2, middle, palette.dim, text_anchor="middle"))
    return _document(metric, lines, levels, "\n".join(drawn), palette, width, plot.y.start + 34)


def _document(
    metric: Metric,
    lines: Sequence[Line],
    levels: Sequence[Level],
    body: str,
    palette: Palette,
    width: float,
    height: float,
) -> str:
    unique = f"{metric.name}-{zlib.crc32(body.encode('utf-8', 'replace')):08x}"
    size = f"{format_number(width)} {format_number(height)}"
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{format_number(width)}" height="{format_number(height)}" '
        f'viewBox="0 0 {size}" role="img" aria-labelledby="{unique}-title {unique}-desc" font-family="{_FONT}">'
    )
    title = element("title", f"{metric.title}, {metric.unit}", id=f"{unique}-title")
    desc = element("desc", _describe(metric, lines, levels), id=f"{unique}-desc")
    card = element(
        "rect", x=0.5, y=0.5, width=width - 1.0, height=height - 1.0, rx=12.0, fill=palette.card, stroke=palette.line
    )
    return "\n".join([opening, title, desc, card, body, "</svg>\n"])


def _describe(metric: Metric, lines: Sequence[Line], levels: Sequence[Level]) -> str:
    """Says in words what the chart shows, for people who hear it."""
    sentences = [metric.how_to_read]
    for line in lines:
        values = [value for _, value in _scored(line)]
        n_missing = len(line.points) - len(values)
        missing = f", {n_missing} not scored" if n_missing else ""
        if values:
            spread = f"first {values[0]:.3g}, last {values[-1]:.3g}, from {min(values):.3g} to {max(values):.3g}"
            sentences.append(f"{line.name}: {len(values)} turns scored, {spread}{missing}.")
        else:
            sentences.append(f"{line.name}: no turn scored{missing}.")
    sentences += [f"Line to compare with: {level.label} at {level.value:.3g}." for level in levels]
    return " ".join(sentences)


def _header(metric: Metric, palette: Palette, width: float) -> tuple[list[str], float]:
    """Writes title, unit and how to read it; returns them and where they end."""
    y = _PADDING + _TITLE_PX - 2.0
    title = element("tspan", metric.title, font_size=_TITLE_PX, font_weight="600", fill=palette.text)
    unit = element("tspan", metric.unit, dx=10.0, font_size=_TEXT_PX, fill=palette.dim)
    drawn = [f'<text x="{_PADDING}" y="{format_number(y)}">{title}{unit}</text>']
    y += 4
    for row in wrap(metric.how_to_read, _TEXT_PX, width - 2 * _PADDING):
        y += _ROW
        drawn.append(_text(row, _PADDING, y, palette.dim))
    return drawn, y


def _legend(
    lines: Sequence[Line],
    styles: Sequence[_Style],
    levels: Sequence[Level],
    palette: Palette,
    top: float,
    width: float,
) -> tuple[list[str], float]:
    """Writes the names beside their marks, in as many rows as they need; returns them and where they end."""
    entries: list[tuple[str, str, _Style | str]] = [
        *(
            (shorten(clean(line.name), _MAX_NAME_CHARS), palette.text, style)
            for line, style in zip(lines, styles, strict=True)
        ),
        *(
            (shorten(clean(level.label), _MAX_LABEL_CHARS), palette.dim, _level_colour(level, palette))
            for level in levels
        ),
    ]
    drawn: list[str] = []
    x, y = float(_PADDING), top + _ROW + 8
    for shown, fill, look in entries:
        indent = 14 if isinstance(look, _Style) else 30
        room = indent + text_width(shown, _TEXT_PX) + 18
        if x > _PADDING and x + room > width - _PADDING:
            x, y = float(_PADDING), y + _ROW
        drawn.append(
            _mark(look, x + 5, y - 4, palette) if isinstance(look, _Style) else _dashes(look, x, x + 24, y - 4)
        )
        drawn.append(_text(shown, x + indent, y, fill))
        x += room
    return drawn, y if entries else top


def _plot(
    metric: Metric, lines: Sequence[Line], levels: Sequence[Level], top: float, width: float, height: float
) -> _Plot:
    values = [value for line in lines for _, value in _scored(line)]
    low, high = value_bounds([*values, *(level.value for level in levels)], metric.low, metric.high)
    turns = [turn for line in lines for turn, _ in line.points] or [1]
    first, last = min(turns), max(turns)
    margin = 0.5 if first == last else 0.0
    x = Scale(first - margin, last + margin, _PADDING + _TICK_SPACE, width - _PADDING - 6)
    return _Plot(x, Scale(low, high, top + height, top))


def _axes(plot: _Plot, palette: Palette) -> Iterator[str]:
    left, right, bottom = plot.x.start - 8, plot.x.end + 6, plot.y.start
    ticks = nice_ticks(plot.y.low, plot.y.high, 6)
    step = ticks[1] - ticks[0] if len(ticks) > 1 else plot.y.high - plot.y.low
    for tick in ticks:
        y = plot.y.place(tick)
        is_zero = abs(tick) < step / 1e6
        stroke = palette.dim if is_zero and plot.y.low < 0 else palette.line
        yield element("line", x1=left, y1=y, x2=right, y2=y, stroke=stroke)
        yield _text(format_tick(tick, step), left - 6, y + 4, palette.dim, _SMALL_PX, text_anchor="end")
    for tick in nice_ticks(plot.x.low, plot.x.high, 10, whole=True):
        x = plot.x.place(tick)
        yield element("line", x1=x, y1=bottom, x2=x, y2=bottom + 4, stroke=palette.dim)
        yield _text(format_tick(tick, 1), x, bottom + 18, palette.dim, _SMALL_PX, text_anchor="middle")
    yield element("line", x1=left, y1=bottom, x2=right, y2=bottom, stroke=palette.dim, stroke_opacity=0.6)
    yield _text("turn", left - 6, bottom + 18, palette.dim, _SMALL_PX, text_anchor="end")


def _draw_levels(plot: _Plot, levels: Sequence[Level], palette: Palette) -> Iterator[str]:
    for level in levels:
        yield _dashes(_level_colour(level, palette), plot.x.start - 8, plot.x.end + 6, plot.y.place(level.value))


def _dashes(colour: str, x1: float, x2: float, y: float) -> str:
    return element("line", x1=x1, y1=y, x2=x2, y2=y, stroke=colour, stroke_width=1.5, stroke_dasharray="5 4")


def _level_colour(level: Level, palette: Palette) -> str:
    return _checked(level.colour or palette.dim)


def _draw_line(plot: _Plot, line: Line, style: _Style, palette: Palette) -> Iterator[str]:
    yield "<g>"
    yield element("title", line.name)
    dashes = {"stroke_dasharray": style.dashes} if style.dashes else {}
    for piece in _pieces(line):
        path = " L".join(" ".join(map(format_number, plot.at(*point))) for point in piece)
        yield element(
            "path",
            d=f"M{path}",
            fill="none",
            stroke=style.colour,
            stroke_width=2.0,
            stroke_linejoin="round",
            stroke_linecap="round",
            **dashes,
        )
    scored = _scored(line)
    alone = {piece[0] for piece in _pieces(line) if len(piece) == 1}
    for turn, value in scored:
        if len(scored) <= _MAX_DOTS or (turn, value) in alone:
            yield _dot(plot, line.name, turn, value, style)
    if scored:
        yield _mark(style, *plot.at(*scored[-1]), palette)
    yield "</g>"


def _dot(plot: _Plot, name: str, turn: int, value: float, style: _Style) -> str:
    """A small dot that tells its value to a pointer that rests on it."""
    x, y = plot.at(turn, value)
    told = element("title", f"{name}, turn {turn}: {value:.3g}")
    return f"<g>{told}{element('circle', cx=x, cy=y, r=2.5, fill=style.colour)}</g>"


def _mark(style: _Style, x: float, y: float, palette: Palette) -> str:
    """The mark of a line, in the legend and at its end."""
    look: dict[str, str | float] = {"fill": style.colour, "stroke": palette.card, "stroke_width": 1.5}
    match style.shape:
        case "circle":
            return element("circle", cx=x, cy=y, r=5.0, **look)
        case "square":
            return element("rect", x=x - 4.5, y=y - 4.5, width=9.0, height=9.0, rx=1.0, **look)
        case "diamond":
            corners = [(x, y - 6), (x + 6, y), (x, y + 6), (x - 6, y)]
        case _:
            corners = [(x, y - 5.5), (x + 5.8, y + 4.5), (x - 5.8, y + 4.5)]
    points = " ".join(f"{format_number(a)},{format_number(b)}" for a, b in corners)
    return element("polygon", points=points, **look)


def _style(line: Line, place: int, palette: Palette) -> _Style:
    n_colours = len(palette.characters)
    colour = _checked(line.colour or palette.characters[place % n_colours])
    shape = ("circle", "square", "triangle", "diamond")[place % 4]
    return _Style(colour, shape, "7 4" if place >= n_colours else None)


def _checked(colour: str) -> str:
    if not _COLOUR.fullmatch(colour):
        raise ValueError(f"a colour is #rrggbb, not {colour!r}")
    return colour


def _scored(line: Line) -> list[tuple[int, float]]:
    return [(turn, value) for turn, value in line.points if value is not None]


def _pieces(line: Line) -> list[list[tuple[int, float]]]:
    """Splits a line at its gaps."""
    runs = groupby(line.points, key=lambda point: point[1] is not None)
    return [[(turn, value) for turn, value in run if value is not None] for scored, run in runs if scored]


def _text(text: str, x: float, y: float, fill: str, size: float = _TEXT_PX, **attributes: str | float) -> str:
    return element("text", text, x=float(x), y=float(y), font_size=float(size), fill=fill, **attributes)
