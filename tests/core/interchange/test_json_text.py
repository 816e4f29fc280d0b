"""JSON from strangers."""

import json
from typing import Any

import pytest
from hypothesis import given

from core.errors import UserError
from core.interchange.json_text import MAX_DEPTH, MAX_VALUES, format_json, parse_json
from tests.core.interchange.samples import json_values

LIMIT = 1_000_000


@given(json_values)
def test_format_and_parse_are_each_other_s_other_half(value: Any) -> None:
    assert parse_json(format_json(value), "x", LIMIT, strict=True) == value


def test_format_is_the_same_for_the_same_content() -> None:
    assert format_json({"b": 1, "a": "ü"}) == format_json({"a": "ü", "b": 1}) == '{\n "a": "ü",\n "b": 1\n}\n'.encode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b'{"a": 1}\n{"a": 2}', "JSON Lines"),
        (b"\xff\xfe\x00", "not text"),
        (b'"\xff"', "not text in UTF-8"),
        (b"NaN", "NaN is not a number"),
        (b"-Infinity", "not a number"),
        (b"1e999", "too large"),
        (b"1" * 5000, "not valid JSON"),
        (b"[" * 100_000, "deeper than"),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "deeper than"),
        (b'{"a":' * 100 + b"1" + b"}" * 100, "deeper than"),
        (b"[" + b"," * (MAX_VALUES + 1) + b"]", "too many values"),
        (b" " * 6_000_001, "larger than"),
    ],
    ids=[
        "empty",
        "cut",
        "lines",
        "UTF-16",
        "Latin-1",
        "NaN",
        "infinite",
        "1e999",
        "digits",
        "brackets",
        "lists",
        "objects",
        "commas",
        "blanks",
    ],
)
def test_what_cannot_be_read_is_said(data: bytes, words: str) -> None:
    with pytest.raises(UserError, match=words) as caught:
        parse_json(data, "card.json", 6_000_000)
    assert str(caught.value).startswith("card.json")


def test_reads_marks_of_byte_order_and_utf_16() -> None:
    assert parse_json(b"\xef\xbb\xbf[1]", "x", LIMIT) == [1]
    assert parse_json('["ü"]'.encode("utf-16"), "x", LIMIT) == ["ü"]


def test_half_characters_are_mended_or_refused() -> None:
    assert parse_json(rb'{"\ud800": ["\udfff", "\ud83d\ude00"]}', "x", LIMIT) == {"\ufffd": ["\ufffd", "😀"]}
    with pytest.raises(UserError, match="half a character"):
        parse_json(rb'["\ud800"]', "x", LIMIT, strict=True)


def test_strict_refuses_keys_given_twice_and_control_characters() -> None:
    assert parse_json(b'{"a": 1, "a": 2}', "x", LIMIT) == {"a": 2}
    assert parse_json(b'["\t"]', "x", LIMIT) == ["\t"]
    for data in (b'{"a": 1, "a": 2}', b'["\t"]'):
        with pytest.raises(UserError):
            parse_json(data, "x", LIMIT, strict=True)


def test_a_full_depth_is_read() -> None:
    assert json.dumps(parse_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, "x", LIMIT)).count("[") == MAX_DEPTH
