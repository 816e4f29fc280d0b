"""The charts of one branch of a playtest, drawn without a window."""

from collections.abc import Sequence

from core.fidelity.catalogue import DEFAULT_CHARTS, METRICS
from core.fidelity.charts.svg_chart import Level, Line, load_palette, render_chart
from core.fidelity.logprobs.drift import DriftFit, fit_drift
from core.fidelity.metric import Metric
from core.fidelity.reference import load_reference
from core.interchange.report import Chart
from core.interchange.report_findings import latest_scores, read_findings
from core.interchange.transcript import Transcript
from models.playtest import SpeakerKind


def make_charts(transcript: Transcript, metrics: Sequence[str] | None = None) -> list[Chart]:
    """Draws one chart per metric, with a line per character, in both themes; without a list, of `metrics_to_chart`."""
    wanted = metrics_to_chart(transcript) if metrics is None else metrics
    return [_make_chart(transcript, METRICS[name]) for name in wanted]


def metrics_to_chart(transcript: Transcript) -> tuple[str, ...]:
    """Returns the usual metrics, and those that something was found in."""
    found = {finding.metric for finding in read_findings(transcript).shown}
    return tuple(name for name in METRICS if name in DEFAULT_CHARTS or name in found)


def _make_chart(transcript: Transcript, metric: Metric) -> Chart:
    lines = _lines(transcript, metric.name)
    levels = _levels(metric, lines)
    light, dark = (render_chart(metric, lines, load_palette(theme), levels) for theme in ("light", "dark"))
    return Chart(metric.title, light, metric.how_to_read, dark)


def _lines(transcript: Transcript, metric: str) -> list[Line]:
    points: dict[str, list[tuple[int, float | None]]] = {}
    for turn in transcript.turns:
        if turn.kind == SpeakerKind.CHARACTER:
            found = (one.value for one in latest_scores(turn) if one.metric == metric and one.judge_id is None)
            value = next(found, None)
            points.setdefault(turn.speaker, []).append((turn.number, value))
    order = [member.name for member in transcript.cast if member.name in points]
    order += [name for name in points if name not in order]
    return [Line(name, points[name]) for name in order]


def _levels(metric: Metric, lines: Sequence[Line]) -> list[Level]:
    if metric.name == "drift":
        fits = [(line.name, fit_drift([value for _, value in line.points])) for line in lines]
        return [Level(fit.equilibrium, f"{name} settles here") for name, fit in fits if isinstance(fit, DriftFit)]
    if metric.name in {"echo", "voice.z"}:
        reference = load_reference()
        return [Level(reference.norms[metric.name].mean, f"people: {reference.title}")]
    return []
