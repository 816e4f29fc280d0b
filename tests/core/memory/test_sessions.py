"""Sessions: when one closes, what is kept of it, and how it is found again (methods 2.20 and 3.13)."""

import pytest

from core.memory.entries import Entry, EntryKind
from core.memory.readings import Readings
from core.memory.sessions import (
    best_session,
    decay,
    extract_summary,
    find_closed,
    find_useless,
    overlap,
    session_words,
)
from core.memory.stream import Stream

DAY_S = 86_400


@pytest.mark.parametrize(("days", "left"), [(7, 0.941313), (30, 0.771669), (365, 0.042698)])
def test_a_session_fades_with_the_time_of_the_story(days: int, left: float) -> None:
    assert round(decay(days * DAY_S), 6) == left


def test_the_overlap_of_words() -> None:
    assert round(overlap({"a", "b"}, {"b", "c", "d"}), 6) == 0.416667
    assert overlap(set(), {"a"}) == overlap({"a"}, set()) == 0.0


def heard(number: int, time_s: float, text: str = "Theo: The tide is high.", importance: float = 3.0) -> Entry:
    return Entry(f"t{number}", EntryKind.OBSERVATION, text, number, time_s, importance)


def stream(*entries: Entry, now_s: float, last_session: int = 0) -> Stream:
    return Stream(entries, now_s, last_session=last_session, longest_pause_s=1e9)


def test_a_pause_that_is_longer_closes_a_session_and_one_of_the_same_length_does_not() -> None:
    entries = (heard(1, 0), heard(2, 3600), heard(3, 7201), heard(4, 7300))
    closed = find_closed(stream(*entries, now_s=7400), 3600)
    assert [[one.number for one in session.entries] for session in closed] == [[1, 2]]
    assert closed[0].gap_s == 3601


def test_the_pause_before_the_present_turn_closes_too_and_no_session_closes_twice() -> None:
    entries = (heard(1, 0), heard(2, 5000), heard(3, 9000))
    closed = find_closed(stream(*entries, now_s=20_000), 3600)
    assert [[one.number for one in session.entries] for session in closed] == [[1], [2], [3]]
    assert [one.entries[0].number for one in find_closed(stream(*entries, now_s=20_000, last_session=2), 3600)] == [3]


def test_a_summary_by_rule_has_the_weightiest_lines_in_their_order() -> None:
    entries = [
        heard(1, 0, "Mara: I hid the key. It was night.", 8),
        heard(2, 60, "Theo: Fine weather."),
        heard(3, 120, "Theo: I swear I will keep your secret!", 9),
        heard(4, 180, "Mara: Then we are even.", 5),
    ]
    said = extract_summary(entries)
    assert said == "Mara: I hid the key. Theo: I swear I will keep your secret! Mara: Then we are even."


def test_words_are_kept_in_base_forms() -> None:
    assert session_words("The ladies’ keys, churches and boxes: a glass bus") == {
        "lady",
        "key",
        "church",
        "box",
        "glass",
        "bus",
    }


def test_a_summary_that_says_nothing_of_the_session_is_useless() -> None:
    entries = [heard(1, 0, "Mara: I hid the key.")]
    assert find_useless("", entries)
    assert find_useless("Dragons fly over mountains.", entries)
    assert not find_useless("Mara hid a key.", entries)


def session(number: int, time_s: float, text: str, words: tuple[str, ...] = ()) -> Entry:
    return Entry(f"s{number}", EntryKind.SESSION, text, number, time_s, words=words)


def test_the_session_that_shares_most_words_comes_back() -> None:
    boat = session(9, 0, "Theo sold the boat.", ("theo", "sold", "boat"))
    key = session(20, 50, "Mara hid the key.", ("mara", "hid", "key"))
    match = best_session([boat, key], "Who sold the boats?", 1000, Readings())
    assert match is not None
    assert (match.entry.id, match.shared) == ("s9", ("boat", "sold"))
    assert match.overlap == pytest.approx(0.5 * 2 / 2 + 0.5 * 2 / 3)
    assert match.score == pytest.approx(match.overlap * decay(1000))


def test_of_two_alike_the_younger_wins_and_without_a_shared_word_none_comes_back() -> None:
    old, young = (session(n, n * DAY_S, "Theo sold the boat.", ("theo", "sold", "boat")) for n in (1, 30))
    match = best_session([old, young], "the boat", 60 * DAY_S, Readings())
    assert match is not None
    assert match.entry.id == "s30"
    assert best_session([old, young], "dragons over mountains", 60 * DAY_S, Readings()) is None
    assert best_session([], "the boat", 0, Readings()) is None
