"""The catalogue, and how names of metrics are parsed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UserError
from core.fidelity.catalogue import METRICS, parse_metric_names

VOICE = ("voice.mattr", "voice.hdd", "voice.yule_k", "voice.z")


def test_names_are_stable():
    assert tuple(METRICS) == ("grounding", "drift", "echo", *VOICE)


@pytest.mark.parametrize("metric", METRICS.values(), ids=str)
def test_each_explains_itself_in_one_line(metric):
    assert METRICS[metric.name] is metric
    assert all((metric.title, metric.unit, metric.source))
    assert metric.how_to_read.endswith(".")
    assert len(metric.how_to_read) <= 100
    assert metric.low is None or metric.high is None or metric.low < metric.high


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("grounding", ("grounding",)),
        (" echo , drift,", ("echo", "drift")),
        ("voice", VOICE),
        ("voice.z,voice,echo", ("voice.z", "voice.mattr", "voice.hdd", "voice.yule_k", "echo")),
    ],
)
def test_names_and_groups(text: str, names: tuple[str, ...]):
    assert parse_metric_names(text) == names


@pytest.mark.parametrize("text", ["", " , ", "charm", "voice.", "voi", "Echo", "echo,charm"])
def test_unknown_names_list_the_known_ones(text: str):
    with pytest.raises(UserError) as caught:
        parse_metric_names(text)
    assert all(name in caught.value.hint for name in METRICS)


@given(st.lists(st.sampled_from(list(METRICS)), min_size=1, unique=True))
def test_what_is_joined_is_parsed(names: list[str]):
    assert parse_metric_names(",".join(names)) == tuple(names)
