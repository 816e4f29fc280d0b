"""The servers that the app remembers, and their keys. Asks no server."""

from core.app_settings import AppSettings, Server, change_settings, load_settings
from core.errors import UserError
from core.inference.servers.address import origin_of
from core.inference.servers.api_keys import forget_key, keep_key


def remember_server(server: Server, key: str = "") -> Server:
    """Remembers a server in place of one of the same name; returns it as it was kept.

    Args:
        key: Kept in the system's keyring; empty: a key that was kept before stays.

    Raises:
        UserError: The key or the settings cannot be kept.
    """
    if key:
        keep_key(server, key)
    before = [other for other in load_settings().servers if _is_same(other, server.name)]
    kept_before = any(other.has_key and origin_of(other.base_url) == origin_of(server.base_url) for other in before)
    server = server.model_copy(update={"has_key": bool(key) or kept_before})

    def change(settings: AppSettings) -> None:
        settings.servers = [*(other for other in settings.servers if not _is_same(other, server.name)), server]

    change_settings(change)
    return server


def forget_server(name: str) -> Server:
    """Forgets a server, and its key unless another one at the same address needs it.

    Raises:
        UserError: It is not known, or the keyring refuses.
    """
    settings = load_settings()
    server = next((other for other in settings.servers if _is_same(other, name)), None)
    if server is None:
        raise UserError(f"No server “{name}” is known here.", "`tableread server list` shows those that are.")
    others = [other for other in settings.servers if other != server]
    if server.has_key and not any(origin_of(other.base_url) == origin_of(server.base_url) for other in others):
        forget_key(server)

    def change(settings: AppSettings) -> None:
        settings.servers = [other for other in settings.servers if not _is_same(other, name)]

    change_settings(change)
    return server


def _is_same(server: Server, name: str) -> bool:
    return server.name.casefold() == name.strip().casefold()
