"""Keys of servers: in the system's keyring, one for each scheme, host and port, and nowhere else.

Where a system has no keyring, a key comes from an environment variable for as long as the app runs. Such a variable
belongs to a name and not to an address, so no server gets one whose address came with a project.
"""

import os
import re

from core.app_settings import Server
from core.errors import UserError
from core.inference.servers.address import check_key_may_travel, origin_of

SERVICE = "tableread"
VARIABLE = "TABLEREAD_KEY_"


def key_variable(server: Server) -> str:
    """Returns the environment variable that holds a server's key: `TABLEREAD_KEY_` and its name in capitals."""
    return VARIABLE + re.sub(r"[^A-Z0-9]+", "_", server.name.upper()).strip("_")


def find_key(server: Server) -> str:
    """Returns the key of a server; empty: it has none, or may get none.

    The environment comes before the keyring, which is asked only when a key was kept in it.

    Raises:
        UserError: The key is not where it was kept, or would travel in the clear.
    """
    if not server.may_get_key:
        return ""
    key = os.environ.get(key_variable(server), "").strip()
    if not key and server.has_key:
        key = _read_keyring(server)
    if key:
        check_key_may_travel(server.base_url)
    return key if key.isascii() and key.isprintable() else ""


def keep_key(server: Server, key: str) -> None:
    """Keeps the key of a server in the system's keyring.

    Raises:
        UserError: There is no keyring, it refuses, or the key would travel in the clear.
    """
    import keyring
    from keyring.errors import KeyringError

    check_key_may_travel(server.base_url)
    if not key.isascii() or not key.isprintable() or not key.strip():
        raise UserError("A key is one line of plain letters and digits.", "Copy it anew.")
    if not has_keyring():
        raise UserError(
            "This system has no keyring to keep the key in.",
            f"Set the environment variable {key_variable(server)} to the key before you start Tableread.",
        )
    try:
        keyring.set_password(SERVICE, origin_of(server.base_url), key.strip())
    except KeyringError as error:
        raise _refused(server) from error


def forget_key(server: Server) -> None:
    """Takes the key of a server out of the keyring. One that is not there is no fault."""
    import keyring
    from keyring.errors import KeyringError, PasswordDeleteError

    if not has_keyring():
        return
    try:
        keyring.delete_password(SERVICE, origin_of(server.base_url))
    except PasswordDeleteError:
        return
    except KeyringError as error:
        raise _refused(server) from error


def has_keyring() -> bool:
    """Tells whether this system can keep keys."""
    import keyring
    from keyring.backends.fail import Keyring as NoKeyring

    return not isinstance(keyring.get_keyring(), NoKeyring)


def _read_keyring(server: Server) -> str:
    import keyring
    from keyring.errors import KeyringError

    try:
        key = keyring.get_password(SERVICE, origin_of(server.base_url))
    except KeyringError as error:
        raise _refused(server) from error
    if not key:
        raise UserError(
            f"The key of {server.name} is not in the system's keyring any more.",
            f"Add the server again with its key, or set {key_variable(server)}.",
        )
    return key


def _refused(server: Server) -> UserError:
    return UserError(
        f"The system's keyring refuses the key of {server.name}.",
        f"Unlock it, or set the environment variable {key_variable(server)}.",
    )
