"""What a character remembers before its turn: the memories that come back, and what it concludes from them."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.characters.macros import expand_macros
from core.characters.prompt import Block, BlockOrigin
from core.memory.clock import describe_ago
from core.memory.emotion import EMOTIONS, read_emotion
from core.memory.entries import PERSONA_PREFIX, Entry, EntryKind
from core.memory.persona import persona_entries, recalls_persona
from core.memory.retrieval import recall, weigh
from core.memory.sentences import shorten
from core.memory.sessions import SessionMatch, best_session
from core.memory.stream import Stream, heard_text
from core.minds.memory_upkeep import ask_importance, close_sessions, reflect
from core.minds.moment import Contribution, Moment
from models.stage import Recall

NAME = "memory"
N_LINES = 3
"""Of what was heard last, that is what the situation is taken for."""
STILL_IN_VIEW = "every line is still in the view, word for word"
NOTHING_YET = "nothing has happened yet that could be remembered"
MAX_QUERY_CHARS = 600
MAX_TOLD_CHARS = 400
"""Of one memory, what is told."""


def remember(moment: Moment, _so_far: Mapping[str, Contribution]) -> Contribution | None:
    """Brings back what matters now; keeps how important things were, sessions that closed, and conclusions.

    Raises:
        Stopped: The user stopped meanwhile.
    """
    rules = moment.rules.memory
    if rules.recall is Recall.OFF and not (rules.sessions or rules.reflects or moment.changes):
        return None
    stream = stream_of(moment)
    record: dict[str, Any] = {}
    stream = ask_importance(moment, stream, record)
    stream = close_sessions(moment, stream, record)
    stream = reflect(moment, stream, record)
    told = _pinned(stream, record) if moment.changes else []
    query = situation(moment)
    if rules.recall is not Recall.OFF:
        told += _recalled(moment, stream, query, record)
    match = _session(moment, stream, situation(moment, with_names=False)) if rules.sessions else None
    if match is not None:
        told.append(match.entry)
        record["session_recalled"] = _match_record(match)
    lines = [_line(entry, stream) for entry in _without_quoted(told)]
    return Contribution((Block(BlockOrigin.RECALLED, _told(lines)),) if lines else (), record)


def stream_of(moment: Moment) -> Stream:
    """Returns the memories of a character at a moment."""
    rules = moment.rules.memory

    def expand(text: str) -> str:
        return expand_macros(text, moment.character.spoken_name, moment.user_name)

    readings = moment.streams.readings
    persona = persona_entries(moment.character, expand, readings)
    changes = moment.changes
    if not recalls_persona(rules):  # its prompt tells them all, as they are
        changes = [change for change in changes if not change.entry_id.startswith(PERSONA_PREFIX)]
    name = moment.character.name
    return moment.streams.stream(
        moment.role_id, moment.heard, moment.number, rules.seconds_per_turn, persona, changes, name
    )


def situation(moment: Moment, *, with_names: bool = True) -> str:
    """Returns what memories are asked for: the last lines that others said since the role spoke itself.

    Where nobody else said anything since, its own last line; before the first line, what the role wants.

    Args:
        with_names: Of who said them. Sessions are found by words, and everybody speaks in nearly all of them.
    """
    lines: list[str] = []
    for turn in reversed(moment.heard):
        text = heard_text(turn)
        is_own = turn.speaker_id == moment.role_id
        if text and not (is_own and lines):
            lines.append(text if with_names else " ".join(turn.text.split()))
        if len(lines) == N_LINES or (is_own and lines):
            break
    said = " ".join(reversed(lines)) or moment.role.goal.strip() or moment.character.spoken_name
    return said[-MAX_QUERY_CHARS:]


def candidates(moment: Moment, stream: Stream) -> list[Entry]:
    """Returns the memories that may come back: no session, none that is told anyway, none that the view still holds."""
    tells_persona = recalls_persona(moment.rules.memory)
    visible_from, pinned = stream.visible_from, stream.pinned_numbers
    return [
        entry
        for entry in stream.entries
        if ((entry.number < visible_from and entry.number not in pinned) or not stream.is_visible(entry))
        and entry.kind is not EntryKind.SESSION
        and not entry.is_pinned
        and (tells_persona or entry.kind is not EntryKind.PERSONA)
    ]


def _recalled(moment: Moment, stream: Stream, query: str, record: dict[str, Any]) -> list[Entry]:
    rules = moment.rules.memory
    found = candidates(moment, stream)
    emotion = read_emotion(query)
    record["mode"] = rules.recall.value
    record["query"] = query
    record["mood_of_last_lines"] = {
        name: round(value, 4) for name, value in zip(EMOTIONS, emotion, strict=True) if value
    }
    record["n_candidates"] = len(found)
    if not found:
        record["retrieved"] = []
        record["nothing_because"] = STILL_IN_VIEW if stream.entries else NOTHING_YET
        return []
    compared = None if rules.recall is Recall.GENERATIVE else emotion
    ranking = recall(weigh(found, query, compared, stream.now_s, moment.streams.readings), rules)
    places = ranking.order[: rules.n_recalled].tolist()
    record["retrieved"] = [
        {"id": found[place].id, "text": shorten(found[place].text, MAX_TOLD_CHARS), **ranking.parts_of(place)}
        for place in places
    ]
    chosen = sorted(places)
    return [found[place] for place in chosen]


def _pinned(stream: Stream, record: dict[str, Any]) -> list[Entry]:
    pinned = [entry for entry in stream.entries if entry.is_pinned]
    if pinned:
        record["pinned"] = [entry.id for entry in pinned]
    return pinned


def _session(moment: Moment, stream: Stream, query: str) -> SessionMatch | None:
    sessions = [
        entry
        for entry in stream.entries
        if entry.kind is EntryKind.SESSION and not entry.is_pinned and not stream.is_visible(entry)
    ]
    return best_session(sessions, query, stream.now_s, moment.streams.readings)


def _match_record(match: SessionMatch) -> dict[str, Any]:
    return {
        "id": match.entry.id,
        "text": shorten(match.entry.text, MAX_TOLD_CHARS),
        "shared": list(match.shared),
        "overlap": round(match.overlap, 6),
        "decay": round(match.decay, 6),
        "score": round(match.score, 6),
    }


def _without_quoted(entries: Sequence[Entry]) -> list[Entry]:
    """Leaves out what a conclusion that is told quotes anyway, as those by rule do."""
    conclusions = [one.text for one in entries if one.kind is EntryKind.REFLECTION]
    return [
        one for one in entries if one.kind is EntryKind.REFLECTION or not any(one.said in text for text in conclusions)
    ]


def _line(entry: Entry, stream: Stream) -> str:
    text = shorten(" ".join(entry.text.split()), MAX_TOLD_CHARS)
    if entry.kind is EntryKind.SESSION:
        return f"{describe_ago(stream.now_s - entry.time_s)}: {text}"
    return f"{entry.when}: {text}" if entry.when else text


def _told(lines: Sequence[str]) -> str:
    if len(lines) == 1:
        return f"You remember: {lines[0]}"
    return "You remember:\n" + "\n".join(f"- {line}" for line in lines)
