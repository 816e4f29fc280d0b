"""Addresses of servers as people write them, and which of them a key may travel to. Pure."""

import ipaddress
from urllib.parse import urlsplit, urlunsplit

from core.errors import UserError

HINT = "Write it as http://localhost:8080 or https://example.org/v1."
API_PATH = "/v1"
_ENDPOINTS = ("/chat/completions", "/completions", "/models")


def parse_address(text: str) -> str:
    """Returns the root of the API that an address means: with a scheme and a path, without a slash behind it.

    Raises:
        UserError: It is no address, or says more than an address may, such as a password.
    """
    written = text.strip()
    try:
        parts = urlsplit(written if "://" in written else f"http://{written}")
        port = parts.port
    except ValueError as error:
        raise UserError(f"“{written}” is not the address of a server.", HINT) from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or any(char.isspace() for char in written):
        raise UserError(f"“{written}” is not the address of a server.", HINT)
    if parts.username is not None or parts.password is not None:
        raise UserError("An address with a name or a password in it is not kept.", "Leave them out and add a key.")
    if parts.query or parts.fragment:
        raise UserError(f"“{written}” has more behind its path.", HINT)
    path = parts.path.rstrip("/")
    for endpoint in _ENDPOINTS:
        path = path.removesuffix(endpoint)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return urlunsplit((parts.scheme, f"{host}:{port}" if port else host, path or API_PATH, "", ""))


def origin_of(base_url: str) -> str:
    """Returns scheme, host and port: what a key belongs to."""
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc}"


def host_of(base_url: str) -> str:
    """Returns host and port, as people call a server."""
    return urlsplit(base_url).netloc


def native_path(base_url: str) -> str:
    """Returns the path under which a server keeps what is not part of the OpenAI API: empty for most."""
    return urlsplit(base_url).path.removesuffix(API_PATH)


def is_near(base_url: str) -> bool:
    """Tells whether an address is on this machine or in its own network, where nothing crosses the internet."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".lan", ".internal", ".localhost"))


def check_key_may_travel(base_url: str) -> None:
    """Raises UserError when a key would cross the internet in the clear."""
    if urlsplit(base_url).scheme != "https" and not is_near(base_url):
        raise UserError(f"The key would travel to {host_of(base_url)} in the clear.", "Use the server's https address.")
