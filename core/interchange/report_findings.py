"""What a report says first: findings with the turns that show them, who judged and how far to trust it, and labels."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from core.fidelity.catalogue import METRICS
from core.fidelity.findings import ALPHA, Finding, Scored, Series, count_questions, find, is_family_wise
from core.fidelity.judging.licence import read_licence
from core.fidelity.reference import load_reference
from core.interchange.transcript import Said, Transcript, clean_text, one_line
from models.judge import Judge
from models.label import Verdict
from models.playtest import SpeakerKind
from models.score import Score

MAX_FINDINGS = 12
MAX_WORDS = 240
"""Characters of a turn that are quoted."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What stands out in a branch."""

    note: str
    """What was looked through, and what is left out."""
    shown: tuple[Finding, ...]


def read_findings(transcript: Transcript) -> Findings:
    """Looks for what stands out in the computed scores."""
    series = _series(transcript)
    n_values = sum(len(turns) for by_speaker in series.values() for turns in by_speaker.values())
    if not n_values:
        return Findings("No turn has a score by a computed measure, so nothing could be looked for.", ())
    found = find(series, METRICS, {"voice.z": load_reference().norms["voice.z"].p95})
    n_left_out = max(0, len(found) - MAX_FINDINGS)
    note = (
        f"{n_values:,} values of {len(series)} computed measures were looked through for trends, differences and turns"
    )
    note += f" that stand apart. {_how_sure(count_questions(series, METRICS))}".rstrip()
    note += "" if found else " Nothing does beyond chance."
    note += f" {n_left_out} more findings are left out." if n_left_out else ""
    return Findings(note, tuple(found[:MAX_FINDINGS]))


def read_labels(transcript: Transcript) -> list[dict[str, Any]]:
    """Returns what people said of turns."""
    return [
        {
            "number": turn.number,
            "speaker": turn.speaker,
            "verdict": "good" if label.verdict == Verdict.GOOD else "off",
            "about": METRICS[label.metric].title if label.metric in METRICS else one_line(label.metric),
            "why": one_line(label.why),
            "words": _cut(turn.text),
        }
        for turn in transcript.turns
        for label in turn.labels
    ]


def read_judges(transcript: Transcript) -> list[dict[str, str]]:
    """Returns who judged, with the badge and what the licence says."""
    counts = Counter(score.judge_id for turn in transcript.turns for score in turn.scores if score.judge_id)
    counts += Counter(score.judge_id for score in transcript.branch_scores if score.judge_id)
    return [
        {
            "name": one_line(judge.name),
            "n_scores": f"{counts[judge.id]:,}",
            "badge": _badge(judge),
            "licence": _say_licence(judge),
            "weights": f"SHA-256 {judge.weights_sha256[:16]}…" if judge.weights_sha256 else "not told by the server",
        }
        for judge in transcript.judges
    ]


def latest_scores(turn: Said) -> list[Score]:
    """Returns the last score of each metric by each judge; what was computed counts as one judge.

    An asking that failed takes nothing away that was there before.
    """
    latest: dict[tuple[str, str | None], Score] = {}
    for score in turn.scores:
        key = (score.metric, score.judge_id)
        if key not in latest or not score.evidence.get("failed"):
            latest[key] = score
    return [*latest.values()]


def _series(transcript: Transcript) -> Series:
    """Returns the computed values by metric and speaker."""
    found: dict[str, dict[str, list[Scored]]] = {}
    for turn in transcript.turns:
        if turn.kind != SpeakerKind.CHARACTER:
            continue
        for score in latest_scores(turn):
            metric = METRICS.get(score.metric)
            if score.value is not None and score.judge_id is None and metric is not None and metric.scope == "turn":
                of_speaker = found.setdefault(metric.name, {}).setdefault(turn.speaker, [])
                of_speaker.append(Scored(turn.number, score.value, _cut(turn.text)))
    return found


def _how_sure(n_questions: int) -> str:
    """Says how trends and differences are held to all that were looked for."""
    if not n_questions:
        return ""
    if is_family_wise(n_questions):
        return (
            f"The chance of any false one among {n_questions} possible trends and differences is at most {ALPHA:.0%}."
        )
    return f"Of the trends and differences said, {ALPHA:.0%} may be false on average; {n_questions:,} were possible."


def _cut(text: str) -> str:
    words = one_line(clean_text(text))
    return words if len(words) <= MAX_WORDS else f"{words[:MAX_WORDS].rstrip()}…"


def say_judge(transcript: Transcript, judge_id: str | None) -> str:
    """Names the judge of a score with its badge; empty for what was computed."""
    if judge_id is None:
        return ""
    judge = next((one for one in transcript.judges if one.id == judge_id), None)
    return f"{one_line(judge.name)}, badge: {_badge(judge)}" if judge is not None else "a judge that is gone"


def read_branch_scores(transcript: Transcript) -> list[dict[str, str]]:
    """Returns the scores of all that a speaker said and of the branch as a whole, each with its judge."""
    latest = {(one.role_id, one.metric, one.judge_id): one for one in transcript.branch_scores}
    return [
        {
            "who": transcript.names.get(one.role_id, one.role_id) if one.role_id else "the branch",
            "title": METRICS[one.metric].title if one.metric in METRICS else one_line(one.metric),
            "value": "–" if one.value is None else f"{round(one.value, 2) + 0.0:.2f}",
            "note": one_line(one.reason or "") if one.value is None else _unit(one.metric),
            "judge": say_judge(transcript, one.judge_id) or "computed",
        }
        for one in latest.values()
    ]


def _unit(metric: str) -> str:
    return METRICS[metric].unit if metric in METRICS else ""


def _badge(judge: Judge) -> str:
    licence = read_licence(judge.licence)
    return licence.badge if licence is not None else "none"


def _say_licence(judge: Judge) -> str:
    licence = read_licence(judge.licence)
    if licence is None:
        return "Not examined: nobody knows how far these scores can be trusted."
    return (
        f"Names the right speaker in {100 * licence.top1:.0f} of 100 scenes; chance is 25. On a published test of the "
        "same kind people reached 91."
    )
