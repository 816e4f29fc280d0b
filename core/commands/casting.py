"""What the command line says of weights, servers and adapters: who plays the scene, and who plays a part of it."""

import re
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from pydantic import ValidationError

from core.app_settings import Server, load_settings
from core.errors import UserError
from core.inference.engine_choice import EngineChoice, format_choice, parse_choice, typed_server
from core.inference.request import WeightsSettings
from core.inference.steering.adapters import adapter_kind
from core.inference.weights.catalog import plan_load
from core.playtest.cast_adapters import MAX_SCALE, CastAdapter
from core.playtest.script import Script


def choose_engine(weights: WeightsSettings, path: Path | None, server: str | None, model: str | None) -> EngineChoice:
    """Returns what plays: what was asked for, else what the app remembers.

    Args:
        weights: What plays where no server does.
        path, server, model: What was asked for.

    Raises:
        UserError: Both were asked for, or the server is not known.
    """
    settings = load_settings()
    if server is not None and path is not None:
        raise UserError("Either weights or a server can play, not both.", "Give parts other weights by --cast-weights.")
    name = server or (settings.server if path is None else "")
    if not name:
        if model is not None:
            raise UserError("A model was named without its server.", "Add --server.")
        return weights
    return typed_server(settings, name, model or "")


def check_engine(choice: EngineChoice) -> None:
    """Raises UserError when what was chosen cannot play: before anything is made or said."""
    if isinstance(choice, Server):
        from core.inference.servers.remote import RemoteEngine

        with closing(RemoteEngine(choice)) as engine:
            _ = engine.info
    else:
        plan_load(choice)


def parse_cast_weights(written: Sequence[str], script: Script) -> dict[str, str]:
    """Reads ROLE=PATH_OR_SERVER, ROLE being the name of a role or of who plays it, into role ids and choices.

    Raises:
        UserError: There is no such role, or what is to play it cannot.
    """
    settings = load_settings()
    chosen = {}
    for text in written:
        name, mark, what = text.partition("=")
        if not mark or not what.strip():
            raise UserError(f"“{text}” does not say who plays what.", "Write ROLE=PATH or ROLE=SERVER.")
        role_id = _find_role(name.strip(), script)
        choice = parse_choice(what.strip(), settings)
        check_engine(choice)
        chosen[role_id] = format_choice(choice, settings)
    return chosen


def parse_cast_adapters(written: Sequence[str], script: Script) -> dict[str, tuple[CastAdapter, ...]]:
    """Reads ROLE=FILE[:SCALE[:FIRST-LAST]] into role ids and adapters; a role may come several times.

    Raises:
        UserError: There is no such role, or the file is no adapter.
    """
    chosen: dict[str, tuple[CastAdapter, ...]] = {}
    for text in written:
        name, _, what = text.partition("=")
        match = _ADAPTER.fullmatch(what.strip())
        if match is None:
            raise UserError(f"“{text}” does not say who plays with what.", "Write ROLE=FILE:SCALE.")
        role_id = _find_role(name.strip(), script)
        chosen[role_id] = (*chosen.get(role_id, ()), _cast_adapter(match, text))
    return chosen


_ADAPTER = re.compile(
    r"(?P<file>.+?)(?::(?P<scale>[-+]?(?:\d+\.?\d*|\.\d+))(?::(?P<first>\d{1,5})-(?P<last>\d{1,5}))?)?"
)


def _cast_adapter(match: re.Match[str], text: str) -> CastAdapter:
    path = Path(match["file"]).expanduser().absolute()
    values = {"kind": adapter_kind(path), "path": str(path), "scale": match["scale"]}
    values |= {"first_layer": match["first"], "last_layer": match["last"]}
    try:
        return CastAdapter.model_validate({name: value for name, value in values.items() if value is not None})
    except ValidationError as error:
        hint = f"Scales go from {-MAX_SCALE:,.0f} to {MAX_SCALE:,.0f}, and layers from 1."
        raise UserError(f"“{text}” has a scale or layers that cannot be.", hint) from error


def _find_role(name: str, script: Script) -> str:
    for part in script.parts:
        if name.casefold() in {part.role.name.casefold(), part.character.name.casefold()}:
            return part.role_id
    known = ", ".join(part.character.name for part in script.parts)
    raise UserError(f"Nobody is called “{name}” in “{script.scenario.name}”.", f"The cast is {known}.")
