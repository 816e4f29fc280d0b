"""Records in words: names in the place of ids, however deep a stranger's record is."""

from core.playtest.record_words import MAX_DEPTH, with_names


def test_ids_become_names_in_keys_and_values() -> None:
    names = {"r0": "Mara", "f1": "The boat is sold."}
    record = {"bids": {"r0": 3.5}, "told": ["f1", "r0"], "role": "r0", "other": "r9", "n": 2, "none": None}
    assert with_names(record, names) == {
        "bids": {"Mara": 3.5},
        "told": ["The boat is sold.", "Mara"],
        "role": "Mara",
        "other": "r9",
        "n": 2,
        "none": None,
    }


def test_a_deep_record_is_left_as_it_is_below() -> None:
    deep: object = "r0"
    for _ in range(MAX_DEPTH + 5):
        deep = [deep]
    found = with_names(deep, {"r0": "Mara"})
    for _ in range(MAX_DEPTH + 5):
        assert isinstance(found, list)
        (found,) = found
    assert found == "r0"
