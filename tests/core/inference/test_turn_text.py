"""Text of an answer as its tokens come."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.inference.batching.turn_text import TurnText

texts = st.text(alphabet="ab#\n é🎭", max_size=30)
stops = st.lists(st.text(alphabet="ab#é", min_size=1, max_size=4), max_size=3)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    borders = [0, *sorted({place for place in places if place < len(data)}), len(data)]
    return [data[start:end] for start, end in pairwise(borders)]


@given(texts, stops, st.lists(st.integers(0, 80), max_size=20))
def test_what_is_shown_is_the_answer_up_to_the_first_stop_text(text: str, stop: list[str], places: list[int]) -> None:
    answer = TurnText(stop)
    shown = ""
    pieces = cut(text.encode(), places)
    for token, piece in enumerate(pieces):
        shown += answer.add(token, piece)
        assert all(word not in shown for word in stop)
        if answer.stopped:
            break
    shown += answer.finish()
    assert shown == answer.text
    assert text.startswith(shown)
    assert all(word not in shown for word in stop)
    assert answer.stopped == any(word in text for word in stop)
    if not answer.stopped:
        assert shown == text


@given(texts, stops, st.lists(st.integers(0, 80), max_size=20))
def test_kept_tokens_and_the_rest_write_exactly_the_answer(text: str, stop: list[str], places: list[int]) -> None:
    answer = TurnText(stop)
    pieces = cut(text.encode(), places)
    for token, piece in enumerate(pieces):
        answer.add(token, piece)
        if answer.stopped:
            break
    tokens, rest = answer.kept_tokens()
    assert tokens == list(range(len(tokens)))
    assert b"".join(pieces[token] for token in tokens) + rest == answer.data


@given(st.lists(st.binary(max_size=4), max_size=12))
def test_any_bytes_stream_to_the_same_text(pieces: list[bytes]) -> None:
    answer = TurnText()
    shown = "".join(answer.add(token, piece) for token, piece in enumerate(pieces)) + answer.finish()
    assert shown == answer.text


def test_half_a_character_waits_and_is_left_out_at_the_end() -> None:
    first, rest = "🎭".encode()[:2], "🎭".encode()[2:]
    answer = TurnText()
    assert [answer.add(1, b"a" + first), answer.add(2, rest), answer.add(3, first)] == ["a", "🎭", ""]
    assert answer.finish() == ""
    assert answer.text == "a🎭"
    assert answer.kept_tokens() == ([1, 2], b"")


def test_a_stop_text_in_the_opening_ends_nothing() -> None:
    answer = TurnText(["END"])
    assert answer.open_with(1, b"END") == "END"
    assert answer.add(2, b" and") == " and"
    assert not answer.stopped


def test_a_stop_text_may_begin_inside_a_token() -> None:
    answer = TurnText(["\nVera:"])
    assert answer.add(1, b"Hello.\nVe") == "Hello."
    assert answer.add(2, b"ra: hi") == ""
    assert answer.stopped
    assert answer.kept_tokens() == ([], b"Hello.")
