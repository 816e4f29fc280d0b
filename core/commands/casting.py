"""What the command line says of weights, servers and adapters: who plays the scene, and who plays a part of it."""

import re
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from pydantic import ValidationError

from core.app_settings import Server, load_settings
from core.commands.usage import WrongUsage
from core.errors import UserError
from core.inference.engine_choice import EngineChoice, format_choice, parse_choice, typed_server
from core.inference.request import AdapterKind, WeightsSettings
from core.inference.steering.adapters import adapter_kind
from core.inference.weights.catalog import plan_load
from core.playtest.script import Script
from core.playtest.writing.cast_adapters import MAX_SCALE, CastAdapter


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
        WrongUsage: It is not written so.
        UserError: There is no such role, or what is to play it cannot.
    """
    settings = load_settings()
    chosen = {}
    for text in written:
        name, what = _split(text, "ROLE=PATH or ROLE=SERVER")
        role_id = _find_role(name, script)
        choice = parse_choice(what, settings)
        check_engine(choice)
        chosen[role_id] = format_choice(choice, settings)
    return chosen


def parse_cast_adapters(written: Sequence[str], script: Script) -> dict[str, tuple[CastAdapter, ...]]:
    """Reads ROLE=FILE[:SCALE[:FIRST-LAST]] into role ids and adapters; a role may come several times.

    Raises:
        WrongUsage: It is not written so, or its scale or layers cannot be.
        UserError: There is no such role, or the file is no adapter.
    """
    chosen: dict[str, tuple[CastAdapter, ...]] = {}
    for text in written:
        name, adapter = _split_adapter(text)
        role_id = _find_role(name, script)
        adapter = adapter.model_copy(update={"kind": adapter_kind(Path(adapter.path))})
        chosen[role_id] = (*chosen.get(role_id, ()), adapter)
    return chosen


def check_cast_options(cast_weights: Sequence[str], adapters: Sequence[str]) -> None:
    """Raises WrongUsage for what `parse_cast_weights` and `parse_cast_adapters` could not read for any script."""
    for text in cast_weights:
        _split(text, "ROLE=PATH or ROLE=SERVER")
    for text in adapters:
        _split_adapter(text)


def _split(text: str, form: str) -> tuple[str, str]:
    name, _, what = (part.strip() for part in text.partition("="))
    if not name or not what:
        raise WrongUsage(f"“{text}” does not say who plays what.", f"Write {form}.")
    return name, what


_SCALE = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?"
_ADAPTER = re.compile(rf"(?P<file>.+?)(?::(?P<scale>{_SCALE})(?::(?P<first>\d{{1,5}})-(?P<last>\d{{1,5}}))?)?")
_NO_SCALE = re.compile(r".+?\.gguf:(?P<rest>.*)", re.IGNORECASE)
"""What would be the name of a file, if there were one with such a name."""


def _split_adapter(text: str) -> tuple[str, CastAdapter]:
    """Returns who plays with what. Looks into no file: until then it is taken for a control vector."""
    name, what = _split(text, "ROLE=FILE:SCALE")
    match = _ADAPTER.fullmatch(what)
    hint = f"Scales go from {-MAX_SCALE:,.0f} to {MAX_SCALE:,.0f}, and layers from 1: write FILE:SCALE:FIRST-LAST."
    if match is None:
        raise WrongUsage(f"“{text}” names no file.", hint)
    path = Path(match["file"]).expanduser().absolute()
    if match["scale"] is None and (misread := _NO_SCALE.fullmatch(what)) and not path.exists():
        raise WrongUsage(f"“{misread['rest']}” in “{text}” is no scale.", hint)
    values = {"kind": AdapterKind.CONTROL, "path": str(path), "scale": match["scale"]}
    values |= {"first_layer": match["first"], "last_layer": match["last"]}
    try:
        return name, CastAdapter.model_validate({key: value for key, value in values.items() if value is not None})
    except ValidationError as error:
        raise WrongUsage(f"“{text}” has a scale or layers that cannot be.", hint) from error


def _find_role(name: str, script: Script) -> str:
    for part in script.parts:
        if name.casefold() in {part.role.name.casefold(), part.character.name.casefold()}:
            return part.role_id
    known = ", ".join(part.character.name for part in script.parts)
    raise UserError(f"Nobody is called “{name}” in “{script.scenario.name}”.", f"The cast is {known}.")
