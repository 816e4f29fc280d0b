"""Sampling that a playtest keeps: ranges, what the command line says, what rows and the app remember."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.app_settings import AppSettings
from core.commands.sampling_options import parse_sampling_options
from core.errors import UserError
from core.inference.request import Sampling
from core.playtest.sampler_settings import SamplerSettings, parse_sampler
from core.playtest.settings import PlaySettings


def test_what_is_not_set_is_as_the_engine_has_it() -> None:
    assert PlaySettings(temperature=0.8).sampling(7) == Sampling(seed=7)
    assert SamplerSettings.model_fields.keys() == asdict(Sampling()).keys() - {"temperature", "seed"}


@given(
    st.builds(
        SamplerSettings,
        top_k=st.integers(0, 1000),
        min_p=st.floats(0, 1),
        dry_multiplier=st.floats(0, 10),
        dry_breakers=st.lists(st.text(min_size=1, max_size=5), max_size=4).map(tuple),
        logit_bias=st.lists(st.tuples(st.integers(0, 9999), st.floats(-100, 100)), max_size=3).map(tuple),
    )
)
def test_rows_give_back_what_was_set(sampler: SamplerSettings) -> None:
    settings = PlaySettings(seed=3, sampler=sampler)
    row = json.loads(json.dumps(settings.model_dump(mode="json")))
    assert PlaySettings.model_validate(row).sampling(3) == settings.sampling(3)
    assert PlaySettings.from_app(AppSettings.model_validate(row)).sampler == sampler


def test_older_rows_and_newer_apps_can_be_read() -> None:
    assert PlaySettings.model_validate({"temperature": 1.0}).sampler == SamplerSettings()
    assert PlaySettings.from_app(AppSettings(sampler={"top_k": "many"}, temperature=1.5)) == PlaySettings(
        temperature=1.5
    )


def test_options_are_keys_and_files(tmp_path: Path) -> None:
    file = tmp_path / "cool=1.json"
    file.write_text('{"min_p": 0.2, "dry_breakers": ["\\n", "."]}')
    values = parse_sampling_options(["top-k=0", str(file), "min_p=0.1"])
    found = parse_sampler(values, SamplerSettings(top_p=0.5))
    assert found == SamplerSettings(top_p=0.5, top_k=0, min_p=0.1, dry_breakers=("\n", "."))


@pytest.mark.parametrize(
    ("option", "says"),
    [
        ("warmth=1", "no sampling setting warmth"),
        ("min_p=2", "min_p cannot be 2"),
        ("top_k=many", "top_k cannot be 'many'"),
        ("nowhere.json", "cannot be read"),
    ],
)
def test_wrong_options_are_explained(option: str, says: str) -> None:
    with pytest.raises(UserError, match=says):
        parse_sampler(parse_sampling_options([option]), SamplerSettings())


def test_wrong_files_are_explained(tmp_path: Path) -> None:
    for content, says in (("[1]", "holds no sampling settings"), ("min_p", "is not JSON"), ("[" * 9999, "not JSON")):
        (tmp_path / "wrong.json").write_text(content)
        with pytest.raises(UserError, match=says):
            parse_sampling_options([str(tmp_path / "wrong.json")])
