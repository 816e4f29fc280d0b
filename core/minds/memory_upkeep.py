"""What a character does with its memories before it recalls any: weighs new ones, closes sessions, reflects.

Each step asks the weights where the rules say so, and otherwise, or where the answer is of no use, goes by rule. What
came of it stands in the record, from which later turns fold it.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core.characters.words import split_words
from core.errors import UserError
from core.inference.request import Generated, Request, Result, Scored
from core.memory.emotion import read_emotion
from core.memory.entries import Entry, EntryKind, reflection_id, session_id
from core.memory.importance import expected_importance, importance_requests
from core.memory.reflection import (
    MAX_INSIGHTS,
    N_PER_QUESTION,
    Insight,
    extract_insight,
    insights_request,
    is_due,
    last_records,
    question_about,
    questions_request,
    read_insight,
    read_questions,
    salient_subjects,
)
from core.memory.retrieval import recall_generative, weigh
from core.memory.sentences import shorten
from core.memory.sessions import Closed, extract_summary, find_closed, find_useless, listed_words, summary_request
from core.memory.stream import Stream
from core.minds.moment import Moment

MAX_ASKED = 4
"""Memories whose importance the weights are asked for before one turn: the newest; the others keep what words say."""
MAX_ASKED_CHARS = 600
MAX_ABOUT_CHARS = 300
LANE = "memory"
NO_WEIGHTS = "No weights can be asked."


def ask_importance(moment: Moment, stream: Stream, record: dict[str, Any]) -> Stream:
    """Asks the weights how important is what was perceived since the last own turn. Raises Stopped."""
    if not moment.rules.memory.asks_importance:
        return stream
    new = _unweighed(moment, stream)
    if not new:
        return stream
    asked: dict[str, float] = {}
    why = "" if moment.ask is not None else NO_WEIGHTS
    for entry in new[-MAX_ASKED:] if moment.ask is not None else ():
        importance, why = _weigh_with_weights(moment, entry)
        if importance is None:  # nor will they for the others
            break
        asked[entry.id] = importance
    record["importance"] = asked
    if why:
        record["importance_by_rule"] = why
    entries = [replace(one, importance=asked[one.id]) if one.id in asked else one for one in stream.entries]
    return replace(stream, entries=tuple(entries))


def close_sessions(moment: Moment, stream: Stream, record: dict[str, Any]) -> Stream:
    """Sums up each session that a pause has closed since the last own turn. Raises Stopped."""
    rules = moment.rules.memory
    closed = find_closed(stream, rules.session_gap_s) if rules.sessions else []
    if not closed:
        return stream
    kept, entries = [], list(stream.entries)
    for place, session in enumerate(closed):
        text, why = _sum_up(moment, session, is_last=session is closed[-1])
        first, last = session.entries[0], session.entries[-1]
        one = {
            "text": text,
            "words": listed_words(text),
            "cites": [first.id, last.id],
            "from": first.number,
            "to": last.number,
            "gap_s": round(session.gap_s, 3),
            "by": "rule" if why else "weights",
        }
        kept.append(one | ({"why": why} if why else {}))
        entries.append(_session_entry(moment, stream, session, text, place))
    record["sessions"] = kept
    last_number = closed[-1].entries[-1].number
    return replace(stream, entries=tuple(entries), last_session=last_number)


def reflect(moment: Moment, stream: Stream, record: dict[str, Any]) -> Stream:
    """Draws conclusions when enough has happened since the last time. Raises Stopped."""
    rules = moment.rules.memory
    if not rules.reflects or not is_due(stream, rules.reflect_at):
        return stream
    records = last_records(stream)
    questions, insights, why = _reflect_with_weights(moment, stream, records)
    by = "weights"
    if not insights:
        by = "rule"
        questions, insights = _reflect_by_rule(moment, stream, records)
    insights = insights[:MAX_INSIGHTS]
    record["questions"] = questions
    record["reflections"] = [
        {"text": one.text, "cites": list(one.cites), "importance": one.importance} for one in insights
    ]
    record["reflected_by"] = by
    if why:
        record["reflected_why"] = why
    made = [_reflection_entry(moment, stream, one, place) for place, one in enumerate(insights)]
    return replace(stream, entries=(*stream.entries, *made), last_reflection=moment.number)


def _unweighed(moment: Moment, stream: Stream) -> list[Entry]:
    """Returns what was perceived since the last own turn, that turn included, and nobody has changed."""
    changed = {change.entry_id for change in moment.changes}
    return [
        entry
        for entry in stream.entries
        if entry.kind is EntryKind.OBSERVATION and entry.number >= stream.last_own and entry.id not in changed
    ]


def _weigh_with_weights(moment: Moment, entry: Entry) -> tuple[float | None, str]:
    """Returns how important the weights find a memory; or None, and why they do not say."""
    character = moment.character
    about = shorten(" ".join((character.description or character.personality).split()), MAX_ABOUT_CHARS)
    text = shorten(entry.text, MAX_ASKED_CHARS)
    answers: list[Scored] = []
    for request in importance_requests(_lane(moment), character.spoken_name, about, text):
        answer, why = _try(moment, request)
        if not isinstance(answer, Scored):
            return None, why
        answers.append(answer)
    importance = expected_importance(answers)
    return importance, "" if importance is not None else "The weights did not answer with a digit."


def _sum_up(moment: Moment, session: Closed, is_last: bool) -> tuple[str, str]:
    """Returns the summary of a session, and why it is by rule; empty when the weights wrote it."""
    if moment.ask is None or not is_last:
        return extract_summary(session.entries), NO_WEIGHTS if moment.ask is None else "Only the last one is asked for."
    request = summary_request(_lane(moment), moment.character.spoken_name, session.entries)
    answer, why = _try(moment, request)
    text = " ".join(answer.text.split()) if isinstance(answer, Generated) else ""
    why = why or find_useless(text, session.entries)
    return (extract_summary(session.entries), why) if why else (text, "")


def _session_entry(moment: Moment, stream: Stream, session: Closed, text: str, place: int) -> Entry:
    first, last = session.entries[0], session.entries[-1]
    return Entry(
        session_id(moment.number, place),
        EntryKind.SESSION,
        text,
        moment.number,
        last.time_s,
        moment.streams.readings.felt(text).importance,
        read_emotion(text),
        accessed_s=last.time_s,
        cites=(first.id, last.id),
        words=tuple(listed_words(text)),
        first_number=first.number,
    )


def _reflect_with_weights(
    moment: Moment, stream: Stream, records: Sequence[Entry]
) -> tuple[list[str], list[Insight], str]:
    """Returns questions and conclusions; without conclusions why there are none."""
    if moment.ask is None:
        return [], [], NO_WEIGHTS
    name = moment.character.spoken_name
    answer, why = _try(moment, questions_request(_lane(moment), name, records))
    questions = read_questions(answer.text) if isinstance(answer, Generated) else []
    if not questions:
        return [], [], why or "The weights asked no questions."
    insights: list[Insight] = []
    for question in questions:
        found = _look_up(moment, stream, records, question)
        answer, fault = _try(moment, insights_request(_lane(moment), name, question, found))
        insight, useless = read_insight(answer.text, found) if isinstance(answer, Generated) else (None, fault)
        if insight is not None and all(insight.text != one.text for one in insights):
            insights.append(insight)
        why = why or useless
    return questions, insights, "" if insights else why


def _reflect_by_rule(moment: Moment, stream: Stream, records: Sequence[Entry]) -> tuple[list[str], list[Insight]]:
    left_out = frozenset(split_words(f"{moment.character.name} {moment.character.spoken_name}"))
    subjects = salient_subjects(records, left_out)
    questions = [question_about(subject) for subject in subjects]
    found = [
        extract_insight(subject, _look_up(moment, stream, records, question))
        for subject, question in zip(subjects, questions, strict=True)
    ]
    return questions, [insight for insight in found if insight is not None]


def _look_up(moment: Moment, stream: Stream, records: Sequence[Entry], question: str) -> list[Entry]:
    """Returns the memories that a question brings back, best first."""
    found = weigh(records, question, None, stream.now_s, moment.streams.readings)
    return [records[place] for place in recall_generative(found).order[:N_PER_QUESTION].tolist()]


def _reflection_entry(moment: Moment, stream: Stream, insight: Insight, place: int) -> Entry:
    return Entry(
        reflection_id(moment.number, place),
        EntryKind.REFLECTION,
        insight.text,
        moment.number,
        stream.now_s,
        insight.importance,
        read_emotion(insight.text),
        accessed_s=stream.now_s,
        cites=insight.cites,
    )


def _try(moment: Moment, request: Request) -> tuple[Result | None, str]:
    """Asks the weights; where they cannot answer, returns why. Raises Stopped."""
    try:
        return moment.require(request), ""
    except UserError as error:
        return None, error.message


def _lane(moment: Moment) -> str:
    return f"{moment.role_id} {LANE}"
