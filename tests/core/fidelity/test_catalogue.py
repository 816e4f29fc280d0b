"""The catalogue, and how names of metrics are parsed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UserError
from core.fidelity.catalogue import METRICS, parse_metric_names
from core.fidelity.measures import WORD_MEASURES
from core.fidelity.words.fingerprint import FEATURES

VOICE = ("voice.mattr", "voice.hdd", "voice.yule_k", "voice.z")


OF_WORDS = (
    *("echo", "echo.rouge", *VOICE, "repetition", "repetition.exact"),
    *("adherence.tfidf", "adherence.tfidf.contrast", "adherence.told", "abstention", "abstention.answered", "bleed"),
    *("talk.words", "talk.questions", "talk.short", *(f"fingerprint.{feature}" for feature in FEATURES)),
    *(f"fingerprint.{part}" for part in ("d1", "d2", "d3", "d4", "alignment")),
    *("balance.gini", "balance.entropy", "ending", "world.mec", "world.ece", "world.vue"),
)
OF_THOUGHTS = ("thought-leak",)


def test_names_are_stable():
    names = tuple(METRICS)
    assert names[: len(OF_WORDS) + 2] == ("grounding", "drift", *OF_WORDS)


def test_all_that_is_measured_is_listed_and_says_what_it_needs():
    measured = [metric for one in WORD_MEASURES for metric in one.metrics]
    assert sorted(metric.name for metric in measured) == sorted((*OF_WORDS, *OF_THOUGHTS))
    assert all(METRICS[metric.name] is metric for metric in measured)
    assert {metric.needs for metric in measured} == {"nothing", "human reference"}


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
        ("repetition,balance", ("repetition", "balance.gini", "balance.entropy")),
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
