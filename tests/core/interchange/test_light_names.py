"""Things of a map whose names differ only in capitals get names that conditions tell apart."""

from core.interchange.light_map import _keys


def test_names_that_differ_only_in_capitals_get_a_number() -> None:
    names = list(_keys(["Lamp_1", "lamp_2", "LAMP"]).values())
    assert len({name.casefold() for name in names}) == 3
