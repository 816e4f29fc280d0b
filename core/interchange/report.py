"""A playtest as one HTML page that stands alone: what was played and with what, the scores, and what they do not show.

The page loads nothing and runs nothing: its policy forbids both, and all text in it is escaped.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import astuple, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple
from xml.etree import ElementTree

import jinja2
from markupsafe import Markup

from core.fidelity.catalogue import DEFAULT_CHARTS, METRICS
from core.interchange.files import write_file
from core.interchange.report_findings import (
    latest_scores,
    read_branch_scores,
    read_findings,
    read_judges,
    read_labels,
    say_judge,
)
from core.interchange.report_page import STYLE, TEMPLATE
from core.interchange.report_print import STYLE as PRINT_STYLE
from core.interchange.report_print import TEMPLATE as PRINT_TEMPLATE
from core.interchange.transcript import Member, Said, Transcript, clean_text, one_line
from models.score import Score

_SVG = "{http://www.w3.org/2000/svg}"
_SVG_ELEMENTS = frozenset(
    ("svg", "g", "title", "desc", "rect", "line", "path", "circle", "ellipse", "polygon", "polyline", "text", "tspan")
)
_ACTION = re.compile(r"\*([^*\n]+)\*")
_ORIGINS = {"human": " · by hand", "edited": " · edited", "greeting": " · greeting"}
_MAX_REASONS = 5
_N_COLOURS = 8
_THEME_COLOURS = ("ground", "card", "line", "text", "dim", "accent", "edge")


class Chart(NamedTuple):
    """A chart as SVG text. What it says itself is not said again beside it."""

    title: str
    svg: str
    sentence: str
    """What it shows, in words."""
    svg_dark: str = ""
    """The same on dark ground; empty: one for both."""


def write_report(
    path: Path,
    transcript: Transcript,
    charts: Sequence[tuple[str, str, str] | Chart] = (),
    limits: Sequence[str] = (),
    *,
    thoughts: bool = True,
    overwrite: bool = False,
) -> None:
    """Writes `format_report` to a file. Raises UserError when it exists or cannot be written."""
    page = format_report(transcript, charts, limits, thoughts=thoughts)
    write_file(path, page.encode("utf-8", errors="replace"), overwrite=overwrite)


def format_report(
    transcript: Transcript,
    charts: Sequence[tuple[str, str, str] | Chart] = (),
    limits: Sequence[str] = (),
    *,
    thoughts: bool = True,
) -> str:
    """Formats a branch as a page.

    Args:
        charts: (title, SVG text, what it shows in words), or a Chart.
        limits: Sentences about what the scores cannot tell, in addition to those that are always so.
        thoughts: Whether the private thoughts of the characters are shown.

    Raises ValueError for an SVG text that could do more than draw.
    """
    return _template(TEMPLATE).render(
        style=Markup(STYLE + _theme_style()), **_parts(transcript, charts, limits, thoughts)
    )


def format_print(transcript: Transcript, charts: Sequence[Chart], chart_width: int, *, thoughts: bool = True) -> str:
    """Formats a branch for paper: HTML 4 in which chart n is the picture `chart:n`, `chart_width` pixels wide."""
    parts = _parts(transcript, charts, (), thoughts)
    return _template(PRINT_TEMPLATE).render(style=Markup(PRINT_STYLE), chart_width=chart_width, **parts)


def _parts(
    transcript: Transcript, charts: Sequence[tuple[str, str, str] | Chart], limits: Sequence[str], thoughts: bool
) -> dict[str, Any]:
    """Returns what both pages show."""
    transcript = _cleaned(transcript)
    speakers = _speakers(transcript)
    everybody = [*(member.name for member in transcript.cast), *(turn.speaker for turn in transcript.turns)]
    return {
        "transcript": transcript,
        "who": {name: place % _N_COLOURS for place, name in enumerate(dict.fromkeys(everybody))},
        "speakers": speakers,
        "findings": read_findings(transcript),
        "judges": read_judges(transcript),
        "labels": read_labels(transcript),
        "means": [_mean_row(metric, judge_id, speakers, transcript) for metric, judge_id in _measured(transcript)],
        "branch_scores": read_branch_scores(transcript),
        "charts": [_prepare_chart(Chart(*chart)) for chart in charts],
        "turns": [_prepare_turn(turn, thoughts, transcript) for turn in transcript.turns],
        "limits": [*_limits(transcript), *limits],
    }


@cache
def _template(text: str) -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, keep_trailing_newline=True)
    environment.filters["actions"] = _mark_actions
    return environment.from_string(text)


def _mark_actions(text: str) -> Markup:
    """Escapes text and sets `*what somebody does*` in italics."""
    return Markup(_ACTION.sub(r"<em>\1</em>", str(Markup.escape(text))))


@cache
def _theme_style() -> str:
    """Takes the colours of the app, so that a character has the same one everywhere."""
    light, dark = _theme_variables("light"), _theme_variables("dark")
    who = "".join(f".who-{place}{{--who:var(--who-{place})}}" for place in range(_N_COLOURS))
    return f":root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}{who}"


def _theme_variables(theme: str) -> str:
    colours = json.loads((files("assets") / "themes" / f"{theme}.json").read_text(encoding="utf-8"))
    named = {name: colours[name] for name in _THEME_COLOURS}
    own = colours["characters"]
    named |= {f"who-{place}": own[place % len(own)] for place in range(_N_COLOURS)}
    return "".join(f"--{name}:{colour};" for name, colour in named.items())


def _speakers(transcript: Transcript) -> list[str]:
    """Returns who has scores, in order of the first word."""
    return [*dict.fromkeys(turn.speaker for turn in transcript.turns if turn.scores)]


def _measured(transcript: Transcript) -> list[tuple[str, str | None]]:
    """Returns metric and judge of all scores of turns, in the order of the catalogue, unknown ones last."""
    found = {(score.metric, score.judge_id) for turn in transcript.turns for score in turn.scores}
    order = {name: place for place, name in enumerate(METRICS)}
    return sorted(found, key=lambda one: (order.get(one[0], len(order)), one[0], one[1] or ""))


def _mean_row(metric: str, judge_id: str | None, speakers: Sequence[str], transcript: Transcript) -> dict[str, Any]:
    known = METRICS.get(metric)
    judge = say_judge(transcript, judge_id)
    note = f"{known.how_to_read} ({known.unit})" if known else ""
    return {
        "title": known.title if known else metric,
        "note": f"{note} Judged by {judge}." if judge else note,
        "cells": [_mean_cell([*_scores_of(metric, judge_id, speaker, transcript)]) for speaker in speakers],
    }


def _scores_of(metric: str, judge_id: str | None, speaker: str, transcript: Transcript) -> Iterator[Score]:
    for turn in transcript.turns:
        if turn.speaker == speaker:
            for score in latest_scores(turn):
                if (score.metric, score.judge_id) == (metric, judge_id):
                    yield score


def _mean_cell(scores: list[Score]) -> dict[str, str]:
    values = [score.value for score in scores if score.value is not None]
    if not values:
        return {"value": "–", "note": "not scored"}
    n_turns = f"{len(values)}" if len(values) == len(scores) else f"{len(values)} of {len(scores)}"
    return {"value": _number(fmean(values)), "note": f"{n_turns} turns"}


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.2f}"


def _prepare_turn(turn: Said, thoughts: bool, transcript: Transcript) -> dict[str, Any]:
    return {
        "number": turn.number,
        "speaker": turn.speaker,
        "kind": turn.kind.value,
        "note": _ORIGINS.get(turn.origin, ""),
        "text": clean_text(turn.text).strip(),
        "thought": clean_text(turn.thought or "").strip() if thoughts else "",
        "scores": [_prepare_score(score, transcript) for score in latest_scores(turn) if _is_shown(score)],
    }


def _is_shown(score: Score) -> bool:
    """Whether a score stands below its turn: those of the usual charts, of judges, and those that nobody knows here."""
    return score.metric in DEFAULT_CHARTS or score.judge_id is not None or score.metric not in METRICS


def _prepare_score(score: Score, transcript: Transcript) -> dict[str, str]:
    known = METRICS.get(score.metric)
    judge = say_judge(transcript, score.judge_id)
    title = known.title if known else score.metric
    hint = f"{known.how_to_read} ({known.unit})" if known else ""
    return {
        "title": f"{title} ({judge})" if judge else title,
        "value": "–" if score.value is None or not math.isfinite(score.value) else _number(score.value),
        "hint": one_line(score.reason or "no reason is given") if score.value is None else hint,
    }


def _prepare_chart(chart: Chart) -> dict[str, Any]:
    """Checks the drawing; leaves out what it says itself."""
    is_said = {text: str(Markup.escape(text)) in chart.svg for text in (chart.title, chart.sentence)}
    return {
        "title": "" if is_said[chart.title] else chart.title,
        "sentence": "" if is_said[chart.sentence] else chart.sentence,
        "light": Markup(_checked_svg(chart.svg)),
        "dark": Markup(_checked_svg(chart.svg_dark)) if chart.svg_dark else "",
    }


def _checked_svg(svg: str) -> str:
    """Returns an SVG text that only draws: no scripts, links, styles or foreign objects."""
    if "<!" in svg or "<?" in svg:
        raise ValueError("a chart is SVG without declarations, comments and CDATA")
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError as error:
        raise ValueError(f"a chart is SVG: {error}") from error
    for node in root.iter():
        if not node.tag.startswith(_SVG) or node.tag.removeprefix(_SVG) not in _SVG_ELEMENTS:
            raise ValueError(f"a chart must not have the element {node.tag!r}")
        unsafe = [key for key in node.attrib if key.lower().startswith("on") or "href" in key.lower() or key == "style"]
        if unsafe:
            raise ValueError(f"a chart must not have the attribute {unsafe[0]!r}")
    return svg


def _limits(transcript: Transcript) -> Iterator[str]:
    yield "No number here says whether the scene is good: that takes a reader."
    yield (
        "One run is one sample. With another seed the same cast says other words, so a difference between two single "
        "runs may be chance."
    )
    yield (
        "The same seed gives the same words only with the same weights, settings, number of threads and build of "
        "llama.cpp."
    )
    scores = [score for turn in transcript.turns for score in latest_scores(turn)]
    reasons = Counter(one_line(score.reason or "no reason is given") for score in scores if score.value is None)
    if reasons:
        yield f"{reasons.total():,} of {len(scores):,} scores have no value; nothing was put in their place."
    for reason, n in reasons.most_common(_MAX_REASONS):
        yield f"{n:,} of them: {reason}"
    n_by_hand = sum(turn.origin in {"human", "edited"} for turn in transcript.turns)
    if n_by_hand:
        yield f"Written or edited by hand: {n_by_hand:,} of {len(transcript.turns):,} turns."


def _cleaned(transcript: Transcript) -> Transcript:
    return replace(
        transcript,
        title=one_line(transcript.title),
        scenario=one_line(transcript.scenario),
        setting=clean_text(transcript.setting).strip(),
        cast=tuple(Member(*(one_line(text) for text in astuple(member))) for member in transcript.cast),
        facts=tuple((one_line(what), one_line(value)) for what, value in transcript.facts),
        turns=tuple(replace(turn, speaker=one_line(turn.speaker)) for turn in transcript.turns),
    )
