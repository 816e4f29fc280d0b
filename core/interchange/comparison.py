"""Two branches side by side as a file: a page to read, or a table to count in."""

import csv
import io
from collections.abc import Sequence
from html import escape
from pathlib import Path

from core.errors import UserError
from core.fidelity.catalogue import METRICS
from core.fidelity.charts.svg_chart import Line, load_palette, render_chart
from core.history.differences import Mark, diff_words
from core.interchange.files import write_file
from core.playtest.looking_back.side_by_side import Comparison, Pair, Side, SideTurn

CHARTS = ("grounding", "drift")
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_STYLE = """
:root{color-scheme:light dark;--ground:#fff;--text:#1b1e26;--dim:#626a79;--line:#e2e5eb;--gone:#ffe1e4;--new:#ddf5da}
@media (prefers-color-scheme:dark){:root{--ground:#14161b;--text:#e7e9ee;--dim:#8a92a3;--line:#22262f;
--gone:#4a2128;--new:#1f3d22}}
body{font:15px/1.5 Inter,system-ui,sans-serif;background:var(--ground);color:var(--text);margin:32px auto;
max-width:1100px;padding:0 20px}
table{width:100%;border-collapse:collapse;table-layout:fixed}td,th{vertical-align:top;text-align:left;padding:8px;
border-bottom:1px solid var(--line);overflow-wrap:anywhere}.n{width:3em;color:var(--dim)}small{color:var(--dim)}
del{background:var(--gone);text-decoration:none}ins{background:var(--new);text-decoration:none}
.same{color:var(--dim)}.charts svg{max-width:100%;height:auto}
"""


def write_comparison(path: Path, comparison: Comparison, summary: str, *, overwrite: bool = False) -> None:
    """Writes a page (`.html`) or a table (`.csv`). Raises UserError for another ending, or when it cannot be written.

    Args:
        summary: What was found, in sentences; they stand at the top of the page.
    """
    match path.suffix.lower():
        case ".html" | ".htm":
            text = format_html(comparison, summary)
        case ".csv":
            text = format_csv(comparison)
        case other:
            raise UserError(f"A comparison cannot be written as “{other}”.", "Name the file .html or .csv.")
    write_file(path, text.encode("utf-8", errors="replace"), overwrite=overwrite)


def format_csv(comparison: Comparison, metrics: Sequence[str] = tuple(METRICS)) -> str:
    """Formats one line for each number. What a table program would take for a formula begins with an apostrophe."""
    used = [name for name in metrics if any(_has_score(pair, name) for pair in comparison.pairs)]
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    heads = [f"{side} {what}" for side in ("left", "right") for what in ("speaker", "text", *used)]
    rows.writerow(["turn", "same", *heads])
    for pair in comparison.pairs:
        cells = [cell for turn in (pair.left, pair.right) for cell in _csv_cells(turn, used)]
        rows.writerow([pair.number, "yes" if pair.is_same else "no", *cells])
    return text.getvalue()


def format_html(comparison: Comparison, summary: str, charts: Sequence[str] = CHARTS) -> str:
    """Formats a page that needs no other file: the sentences, both score lines, and the turns in two columns."""
    left, right = escape(comparison.left.name), escape(comparison.right.name)
    drawn = "".join(_chart(comparison, metric) for metric in charts)
    rows = "\n".join(_html_row(pair) for pair in comparison.pairs)
    said = "".join(f"<p>{escape(line)}</p>" for line in summary.splitlines() if line.strip())
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{left} | {right}</title>'
        f"<style>{_STYLE}</style></head><body>\n<h1>{left} <small>and</small> {right}</h1>\n{said}\n"
        f'<div class="charts">{drawn}</div>\n<table><thead><tr><th class="n">#</th><th>{left}</th><th>{right}</th></tr>'
        f"</thead><tbody>\n{rows}\n</tbody></table>\n</body></html>\n"
    )


def _has_score(pair: Pair, metric: str) -> bool:
    return any(turn is not None and metric in turn.scores for turn in (pair.left, pair.right))


def _csv_cells(turn: SideTurn | None, metrics: Sequence[str]) -> list[str]:
    if turn is None:
        return [""] * (2 + len(metrics))
    scores = [f"{turn.scores[name]:.6g}" if name in turn.scores else "" for name in metrics]
    return [_safe(turn.speaker), _safe(turn.text), *scores]


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text


def _chart(comparison: Comparison, metric: str) -> str:
    lines = [_line(side, metric) for side in (comparison.left, comparison.right)]
    if not any(line.points for line in lines):
        return ""
    return render_chart(METRICS[metric], lines, load_palette("light"), width=1040)


def _line(side: Side, metric: str) -> Line:
    return Line(side.name, [(turn.number, turn.scores[metric]) for turn in side.turns if metric in turn.scores])


def _html_row(pair: Pair) -> str:
    if pair.is_same:
        words = _html_turn(pair.left, escape(pair.left.text) if pair.left else "")
        return f'<tr class="same"><td class="n">{pair.number}</td><td colspan="2">{words}</td></tr>'
    left, right = (turn.text if turn is not None else "" for turn in (pair.left, pair.right))
    pieces = diff_words(left, right) if pair.left is not None and pair.right is not None else None
    cells = [
        _html_turn(pair.left, _marked(pieces, Mark.GONE, "del") if pieces else escape(left)),
        _html_turn(pair.right, _marked(pieces, Mark.NEW, "ins") if pieces else escape(right)),
    ]
    return f'<tr><td class="n">{pair.number}</td><td>{cells[0]}</td><td>{cells[1]}</td></tr>'


def _html_turn(turn: SideTurn | None, words: str) -> str:
    if turn is None:
        return "–"
    return f"<b>{escape(turn.speaker)}</b> {words}".replace("\n", "<br>")


def _marked(pieces: Sequence[tuple[Mark, str]], own: Mark, tag: str) -> str:
    return "".join(
        f"<{tag}>{escape(text)}</{tag}>" if mark is own else escape(text)
        for mark, text in pieces
        if mark in (Mark.SAME, own)
    )
