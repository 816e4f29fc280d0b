"""Names of a world that conditions could not tell apart are refused."""

import pytest
from pydantic import ValidationError

from models.world import World


@pytest.mark.parametrize(
    "document",
    [
        {"variables": [{"name": "x"}, {"name": "X"}]},
        {"variables": [{"name": "key"}], "props": [{"name": "Key"}]},
        {"variables": [{"name": "mood", "kind": "choice", "choices": ["calm", "Calm"], "start": "calm"}]},
        {"props": [{"name": "lamp", "states": ["lit", "Lit"]}]},
    ],
)
def test_names_that_differ_only_in_capitals_are_refused(document: dict) -> None:
    with pytest.raises(ValidationError):
        World.model_validate(document)
