"""What may run a character: weights on this machine, or a server; chosen, named and remembered."""

from pathlib import Path

from core.app_settings import AppSettings, Server
from core.errors import UserError
from core.inference.request import WeightsSettings
from core.inference.servers.address import host_of, parse_address
from core.inference.weights.catalog import house_weights

EngineChoice = WeightsSettings | Server

SERVER_MARK = "server:"


def local_weights(settings: AppSettings, path: Path | None = None) -> WeightsSettings:
    """Returns weights on this machine, loaded as the app remembers; without a path, those that it remembers."""
    remembered = Path(settings.weights_path) if settings.weights_path else house_weights()
    return WeightsSettings(
        path or remembered, settings.n_threads, settings.n_gpu_layers, settings.n_ctx, settings.n_sequences
    )


def remembered_choice(settings: AppSettings) -> EngineChoice:
    """Returns what plays unless somebody says otherwise."""
    return find_server(settings, settings.server) if settings.server else local_weights(settings)


def find_server(settings: AppSettings, name_or_address: str, model: str = "") -> Server:
    """Returns the server of this name, or the one at this address, which then gets no key: a project may have named it.

    Raises:
        UserError: There is no such server, and it is no address.
    """
    wanted = name_or_address.strip()
    for server in settings.servers:
        if server.name.casefold() == wanted.casefold():
            return server.model_copy(update={"model": model}) if model else server
    if not any(mark in wanted for mark in (":", "/", ".")):
        names = ", ".join(f"“{server.name}”" for server in settings.servers)
        raise UserError(
            f"No server “{wanted}” is known here.",
            f"Known are {names}." if names else "Add it with `tableread server add NAME ADDRESS`.",
        )
    base_url = parse_address(wanted)
    return Server(name=host_of(base_url), base_url=base_url, model=model, may_get_key=False)


def typed_server(settings: AppSettings, name_or_address: str, model: str = "") -> Server:
    """Returns the server of this name, or the one at this address, that a person typed. It gets its key.

    Raises:
        UserError: There is no such server, and it is no address.
    """
    return find_server(settings, name_or_address, model).model_copy(update={"may_get_key": True})


def parse_choice(text: str, settings: AppSettings) -> EngineChoice:
    """Reads what `format_choice` wrote, or what a person writes: a path, a server's name or its address.

    Raises:
        UserError: There are no such weights and no such server.
    """
    if text.startswith(SERVER_MARK):
        name, _, model = text.removeprefix(SERVER_MARK).partition("#")
        return find_server(settings, name, model)
    if text.endswith(".gguf") or Path(text).is_file():
        return local_weights(settings, Path(text).expanduser().absolute())
    return find_server(settings, text)


def format_choice(choice: EngineChoice, settings: AppSettings) -> str:
    """Writes a choice in one line, for the settings of a playtest: a remembered server by its name. It holds no key."""
    if isinstance(choice, WeightsSettings):
        return str(choice.path)
    is_remembered = (choice.name, choice.base_url) in {(server.name, server.base_url) for server in settings.servers}
    name = choice.name if is_remembered else choice.base_url
    return f"{SERVER_MARK}{name}" + (f"#{choice.model}" if choice.model else "")
