"""Reads a `ScoreFrame` by queries of single columns: a row of the database never becomes an object."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.fidelity.catalogue import METRICS
from core.fidelity.judging.licence import read_licence
from core.fidelity.metric import Metric
from core.lab.frame import (
    GOOD,
    OFF,
    Column,
    JudgeInfo,
    PlaytestInfo,
    ScoreFrame,
    Speaker,
    SpeakerScore,
    column_key,
)
from core.project import Project

_CHUNK = 20_000
_SCORES_AT_ONCE = 200_000
"""SQLite joins so many into one text, without holding the interpreter: the window's thread goes on meanwhile."""
_KINDS = (np.int64, np.int32, np.int32, np.float64)
_SHARE = 0.25
"""Of all turns. Where at least so many are wanted, it is quicker to go through all scores than to look them up."""
_KEY = "CASE WHEN judge_id IS NULL THEN metric ELSE metric || '@' || judge_id END"
_FAILED = "value IS NULL AND judge_id IS NOT NULL AND json_valid(evidence) AND json_extract(evidence, '$.failed') = 1"
"""A judge could not be run: that says nothing, and never takes the place of what was said before."""
_VALUE = f"CASE WHEN value IS NOT NULL THEN value WHEN {_FAILED} THEN 'inf' ELSE 'nan' END"
_CAST = "CASE WHEN json_valid(script) THEN json_extract(script, '$.parts') END"


def read_frame(
    project: Project, playtest_ids: Sequence[str], heads: Mapping[str, Iterable[int]] | None = None
) -> ScoreFrame:
    """Reads all turns and scores of some playtests. For a thread of its own: 100,000 turns take a second or two.

    Args:
        heads: The branches that are shown, see `ScoreFrame.with_sides`.
    """
    return _read(project, ScoreFrame(), tuple(playtest_ids), heads or {})


def read_more(project: Project, frame: ScoreFrame, heads: Mapping[str, Iterable[int]] | None = None) -> ScoreFrame:
    """Reads what came to a frame since it was read: turns, scores, labels, another head."""
    return _read(project, frame, tuple(one.id for one in frame.playtests), heads or {})


def _read(
    project: Project, known: ScoreFrame, playtest_ids: tuple[str, ...], heads: Mapping[str, Iterable[int]]
) -> ScoreFrame:
    with project.reading() as session:
        query = _Query(session.connection().connection.driver_connection)
        playtests = _read_playtests(query, playtest_ids)
        frame = _read_turns(query, replace(known, playtests=playtests))
        frame = _read_scores(query, frame)
        frame = _read_marks(query, frame)
        frame = replace(frame, speaker_scores=_read_speaker_scores(query, playtest_ids))
        frame = replace(frame, columns=_columns(query, frame))
    return frame.with_sides(heads)


@dataclass(frozen=True)
class _Query:
    """The connection of SQLite itself."""

    connection: Any

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self.connection.execute(sql, tuple(values)).fetchall()
        return found

    def chunks(self, sql: str, values: Sequence[object] = ()) -> Iterable[list[tuple[Any, ...]]]:
        cursor = self.connection.execute(sql, tuple(values))
        while rows := cursor.fetchmany(_CHUNK):
            yield rows


def _marks(ids: Sequence[object]) -> str:
    return ",".join("?" * len(ids))


def _read_playtests(query: _Query, ids: Sequence[str]) -> tuple[PlaytestInfo, ...]:
    sql = f"SELECT id, name, head_id, {_CAST} FROM playtest WHERE deleted_at IS NULL AND id IN ({_marks(ids)})"
    found = {one[0]: PlaytestInfo(one[0], one[1], one[2] or 0, _parse_cast(one[3])) for one in query.rows(sql, ids)}
    return tuple(found[one] for one in ids if one in found)


def _parse_cast(text: str | None) -> tuple[tuple[str, str], ...]:
    """What a stranger's pack says may be of any shape."""
    parts = json.loads(text) if text else []
    cast = []
    for part in parts if isinstance(parts, list) else []:
        character = part.get("character") if isinstance(part, dict) else None
        if isinstance(character, dict) and part.get("role_id"):
            cast.append((str(part["role_id"]), str(character.get("name", ""))))
    return tuple(cast)


def _read_turns(query: _Query, frame: ScoreFrame) -> ScoreFrame:
    """Adds the turns that were made after the last one that is known."""
    ids = [one.id for one in frame.playtests]
    last = int(frame.turn_id[-1]) if frame.n_rows else 0
    speakers = {(one.role_id, one.name): place for place, one in enumerate(frame.speakers)}
    kinds = {(one.role_id, one.name): one.is_character for one in frame.speakers}
    for cast in (one.cast for one in frame.playtests):
        for who in cast:
            speakers.setdefault(who, len(speakers))
            kinds[who] = True
    places = {one: place for place, one in enumerate(ids)}
    sql = (
        "SELECT id, parent_id, playtest_id, number, speaker_id, speaker, kind = 'character' FROM turn "
        f"WHERE id > ? AND playtest_id IN ({_marks(ids)}) ORDER BY id"
    )
    parts: list[list[NDArray[Any]]] = []
    for rows in query.chunks(sql, [last, *ids]):
        turn_ids, parents, of, numbers, roles, names, are = zip(*rows, strict=True)
        said_by = list(zip(roles, names, strict=True))
        for somebody, is_character in dict(zip(said_by, are, strict=True)).items():
            speakers.setdefault(somebody, len(speakers))
            kinds.setdefault(somebody, bool(is_character))
        parts.append(
            [
                np.array(turn_ids, np.int64),
                np.array([parent or 0 for parent in parents], np.int64),
                np.array([places[one] for one in of], np.int32),
                np.array(numbers, np.int32),
                np.array([speakers[somebody] for somebody in said_by], np.int32),
            ]
        )
    everybody = tuple(Speaker(*somebody, kinds[somebody]) for somebody in speakers)
    if not parts:
        return replace(frame, speakers=everybody)
    turn_id, parent, of_playtest, number, speaker = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
    all_ids = np.concatenate([frame.turn_id, turn_id])
    found = np.minimum(np.searchsorted(all_ids, parent), len(all_ids) - 1)
    parent_rows = np.where(all_ids[found] == parent, found, -1)
    n_new = len(turn_id)
    return replace(
        frame,
        speakers=everybody,
        turn_id=all_ids,
        parent=np.concatenate([frame.parent, parent_rows]),
        playtest=np.concatenate([frame.playtest, of_playtest]),
        number=np.concatenate([frame.number, number]),
        speaker=np.concatenate([frame.speaker, speaker]),
        label=np.concatenate([frame.label, np.zeros(n_new, np.int8)]),
        is_cut=np.concatenate([frame.is_cut, np.zeros(n_new, np.bool_)]),
        scores={key: np.concatenate([values, np.full(n_new, np.nan)]) for key, values in frame.scores.items()},
    )


def _read_scores(query: _Query, frame: ScoreFrame) -> ScoreFrame:
    """Adds the scores that were made after the last one that is known; the latest of a column counts."""
    if not frame.n_rows:
        return frame
    names = _Names(_distinct(query, "metric"), [one[0] for one in query.rows("SELECT id FROM judge")])
    scores, shared, last_id = dict(frame.scores), set(frame.scores), frame.last_score_id
    for where, values in _pieces(query, frame):
        sql = (
            "SELECT group_concat(turn_id), group_concat(instr(?, '|' || metric || '|')), "
            f"group_concat(ifnull(instr(?, '|' || judge_id || '|'), 0)), group_concat({_VALUE}), max(id) "
            f"FROM (SELECT * FROM score WHERE {where} ORDER BY id)"
        )
        texts = query.rows(sql, [names.metric_text, names.judge_text, *values])[0]
        if texts[0] is not None:
            numbers = [np.fromstring(text, kind, sep=",") for text, kind in zip(texts[:4], _KINDS, strict=True)]
            _place(scores, shared, frame, names, *numbers)
            last_id = max(last_id, texts[4])
    return replace(frame, scores=scores, last_score_id=last_id)


class _Names:
    """Metrics and judges as numbers: where each stands in a text, from 1, as SQLite's `instr` finds it; 0 for none."""

    def __init__(self, metrics: Sequence[str], judges: Sequence[str]) -> None:
        self.metric_text, self._metrics = _number(metrics)
        self.judge_text, self._judges = _number(judges)

    def key(self, metric: int, judge: int) -> str:
        """Returns the key of a column; empty for a metric that came while the names were read."""
        name = self._metrics.get(metric, "")
        return column_key(name, self._judges.get(judge)) if name else ""


def _number(names: Sequence[str]) -> tuple[str, dict[int, str]]:
    text, found = "|", {}
    for name in names:
        found[len(text)] = name
        text += f"{name}|"
    return text, found


def _distinct(query: _Query, column: str) -> list[str]:
    """Returns the values of an indexed column of scores, each found by one look into the index."""
    found: list[str] = []
    while True:
        last = found[-1] if found else ""
        least = query.rows(f"SELECT min({column}) FROM score WHERE {column} > ?", [last])[0][0]
        if least is None:
            return found
        found.append(least)


def _pieces(query: _Query, frame: ScoreFrame) -> Iterable[tuple[str, list[object]]]:
    """Yields conditions that together find all new scores of the frame, oldest first."""
    first, last = int(frame.turn_id[0]), int(frame.turn_id[-1])
    n_turns = query.rows("SELECT count(*) FROM turn WHERE id BETWEEN ? AND ?", (first, last))[0][0]
    if frame.last_score_id == 0 and frame.n_rows < _SHARE * n_turns:
        ids = [one.id for one in frame.playtests]
        yield f"turn_id IN (SELECT id FROM turn WHERE playtest_id IN ({_marks(ids)}))", list(ids)
        return
    newest = query.rows("SELECT max(id) FROM score")[0][0] or 0
    for start in range(frame.last_score_id, newest, _SCORES_AT_ONCE):
        end = min(start + _SCORES_AT_ONCE, newest)
        yield "id > ? AND id <= ? AND +turn_id BETWEEN ? AND ?", [start, end, first, last]


def _place(
    scores: dict[str, NDArray[np.float64]],
    shared: set[str],
    frame: ScoreFrame,
    names: _Names,
    turns: NDArray[Any],
    metrics: NDArray[Any],
    judges: NDArray[Any],
    values: NDArray[Any],
) -> None:
    """Puts values into their columns; a column of another frame is copied first, which is named in `shared`."""
    rows = np.minimum(np.searchsorted(frame.turn_id, turns), frame.n_rows - 1)
    is_ours = frame.turn_id[rows] == turns
    code = metrics.astype(np.int64) << 32 | judges
    for one in np.unique(code).tolist():
        here = np.flatnonzero(is_ours & (code == one))
        key = names.key(one >> 32, one & 0xFFFFFFFF)
        if not key or not len(here):
            continue
        if key not in scores:
            scores[key] = np.full(frame.n_rows, np.nan)
        elif key in shared:
            scores[key] = scores[key].copy()
        shared.discard(key)
        here = here[~np.isinf(values[here])]  # a judge that could not be run, see `_VALUE`
        scores[key][rows[here]] = values[here]  # of a turn that comes twice, the later one stays


def _read_marks(query: _Query, frame: ScoreFrame) -> ScoreFrame:
    """Reads what people said of turns and branches, all of it again: undo takes it back."""
    ids = [one.id for one in frame.playtests]
    inside = f"turn_id IN (SELECT id FROM turn WHERE playtest_id IN ({_marks(ids)}))"
    marks = query.rows(f"SELECT turn_id, name, is_cut FROM turnmark WHERE {inside}", ids)
    labels = query.rows(f"SELECT turn_id, verdict FROM label WHERE metric = '' AND {inside}", ids)
    label = np.zeros(frame.n_rows, np.int8)
    for turn_id, verdict in labels:
        if (row := frame.row_of(turn_id)) >= 0:
            label[row] |= GOOD if verdict == "good" else OFF
    names = {turn_id: name for turn_id, name, _is_cut in marks if name}
    cut = [turn_id for turn_id, _name, is_cut in marks if is_cut]
    return replace(frame, label=label, branch_names=names, is_cut=_deleted(frame, cut))


def _deleted(frame: ScoreFrame, cut: Sequence[int]) -> NDArray[np.bool_]:
    """Returns which turns are cut, or follow one that is: a parent always stands before its children."""
    mask = np.zeros(frame.n_rows, np.bool_)
    rows = frame.rows_of_turns(cut)
    if not len(rows):
        return mask
    lost = mask.tolist()
    for row in rows:
        lost[row] = True
    for row, parent in enumerate(frame.parent.tolist()):
        lost[row] = lost[row] or (parent >= 0 and lost[parent])
    return np.array(lost, np.bool_)


def _read_speaker_scores(query: _Query, ids: Sequence[str]) -> tuple[SpeakerScore, ...]:
    sql = (
        f"SELECT playtest_id, head_id, role_id, {_KEY}, value, reason FROM branchscore "
        f"WHERE playtest_id IN ({_marks(ids)}) ORDER BY {_FAILED} DESC, id"
    )
    latest = {row[:4]: row for row in query.rows(sql, ids)}
    return tuple(SpeakerScore(*row) for row in latest.values())


def _columns(query: _Query, frame: ScoreFrame) -> dict[str, Column]:
    """Returns what is known of each key that has scores, in the order of the catalogue."""
    keys = {*frame.scores, *(one.key for one in frame.speaker_scores)}
    judges = _read_judges(query) if any("@" in key for key in keys) else {}
    own = _read_own(query) if any(key.startswith("own.") for key in keys) else {}
    order = {name: place for place, name in enumerate(METRICS)}
    columns = []
    for key in keys:
        name, _at, judge_id = key.partition("@")
        metric = METRICS.get(name) or own.get(name) or _unknown(name)
        judge = judges.get(judge_id, JudgeInfo(judge_id, "a judge")) if judge_id else None
        columns.append(Column(key, metric, judge))
    return {one.key: one for one in sorted(columns, key=lambda one: (order.get(one.metric.name, 10**6), one.key))}


def _read_judges(query: _Query) -> dict[str, JudgeInfo]:
    found = {}
    for judge_id, name, licence in query.rows("SELECT id, name, licence FROM judge"):
        badge = _parse_badge(licence)
        found[judge_id] = JudgeInfo(judge_id, name, badge)
    return found


def _parse_badge(licence: str | None) -> str:
    """What a stranger's pack says may be of any shape."""
    try:
        record = json.loads(licence or "{}")
    except ValueError:
        return ""
    read = read_licence(record) if isinstance(record, dict) else None
    return read.badge if read is not None else ""


def _read_own(query: _Query) -> dict[str, Metric]:
    rows = query.rows("SELECT id, name, better, how_to_read, kind FROM ownmetric")
    return {f"own.{one[0]}": _own_metric(*one) for one in rows}


def _own_metric(own_id: str, name: str, better: str, how_to_read: str, kind: str) -> Metric:
    needs = "judge" if kind == "rubric" else "nothing"
    direction = better if better in ("higher", "lower", "reference") else "neither"
    return Metric(
        name=f"own.{own_id}",
        title=name,
        unit="own measure",
        low=None,
        high=None,
        better=direction,  # type: ignore[arg-type]
        needs=needs,  # type: ignore[arg-type]
        how_to_read=how_to_read or "A measure of your own.",
        source="The user.",
    )


def _unknown(name: str) -> Metric:
    """A measure that this version does not know, such as of a pack that another one wrote."""
    return Metric(
        name=name,
        title=name,
        unit="unknown measure",
        low=None,
        high=None,
        better="neither",
        needs="nothing",
        how_to_read="This version of Tableread does not know this measure.",
        source="The file it came with.",
    )
