"""Addresses, events and keys of servers: the parts that need no server."""

import json

import keyring
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import PasswordDeleteError
from pydantic import ValidationError

from core.app_settings import AppSettings, Server
from core.errors import UserError
from core.inference.engine_choice import parse_choice, typed_server
from core.inference.servers.address import check_key_may_travel, is_near, native_path, parse_address
from core.inference.servers.api_keys import find_key, forget_key, keep_key
from core.inference.servers.events import MAX_EVENT_BYTES, EventParser, format_event
from core.inference.servers.faults import MAX_DETAIL_CHARS, fault_of_status


@pytest.mark.parametrize(
    ("written", "base_url"),
    [
        ("localhost:8080", "http://localhost:8080/v1"),
        (" http://localhost:8080/ ", "http://localhost:8080/v1"),
        ("https://example.org/api/v1/chat/completions", "https://example.org/api/v1"),
        ("https://example.org/openai/v1/", "https://example.org/openai/v1"),
        ("http://[::1]:11434", "http://[::1]:11434/v1"),
        ("HTTP://Example.ORG/V1x", "http://example.org/V1x"),
    ],
)
def test_addresses_as_people_write_them(written: str, base_url: str) -> None:
    assert parse_address(written) == base_url
    assert parse_address(base_url) == base_url


@pytest.mark.parametrize(
    "written",
    ["", "ftp://example.org", "http://", "http://a b", "http://me:secret@example.org", "http://a?key=1", "http://a:x"],
)
def test_what_is_no_address_is_refused_in_a_sentence(written: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_address(written)
    assert "secret" not in str(caught.value)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        base_url = parse_address(text)
    except UserError:
        return
    assert parse_address(base_url) == base_url


def test_the_native_api_lies_beside_the_openai_one() -> None:
    assert native_path("http://localhost:8080/v1") == ""
    assert native_path("http://localhost:8080/llm/v1") == "/llm"


@pytest.mark.parametrize(
    ("base_url", "near"),
    [
        ("http://localhost:1/v1", True),
        ("http://192.168.1.20:1234/v1", True),
        ("http://tower.local/v1", True),
        ("http://8.8.8.8/v1", False),
        ("http://example.org/v1", False),
    ],
)
def test_a_key_stays_near_or_is_encrypted(base_url: str, near: bool) -> None:
    assert is_near(base_url) is near
    check_key_may_travel(base_url.replace("http:", "https:"))
    if not near:
        with pytest.raises(UserError):
            check_key_may_travel(base_url)


@given(
    st.lists(st.text(alphabet=st.characters(exclude_characters="\r", exclude_categories=["Cs"])), max_size=5),
    st.integers(1, 9),
)
def test_events_come_back_whatever_the_pieces(events: list[str], size: int) -> None:
    data = b"".join(map(format_event, events))
    parser = EventParser()
    parsed = [event for start in range(0, len(data), size) for event in parser.feed(data[start : start + size])]
    assert parsed == events


@given(st.binary(max_size=200), st.integers(1, 7))
def test_any_bytes_are_taken(data: bytes, size: int) -> None:
    parser = EventParser()
    for start in range(0, len(data), size):
        parser.feed(data[start : start + size])


def test_comments_other_fields_and_windows_line_ends_are_passed_over() -> None:
    parser = EventParser()
    assert parser.feed(b": ping\r\n\r\nevent: a\r\ndata: 1\r\nid: 3\r\n\r") == []
    assert parser.feed(b"\ndata:2\ndata: 3\n\n") == ["1", "2\n3"]


def test_an_event_without_end_is_given_up() -> None:
    parser = EventParser()
    parser.feed(b"data: " + b"x" * (MAX_EVENT_BYTES - 10))
    with pytest.raises(UserError):
        parser.feed(b"x" * 10)


@given(st.integers(201, 599), st.binary(max_size=300), st.text(max_size=40))
def test_any_answer_is_a_fault_in_a_short_line(status: int, body: bytes, message: str) -> None:
    for data in (body, json.dumps({"error": {"message": message * 20}}).encode()):
        fault = fault_of_status("here", status, {"retry-after": message, "location": message}, data, "key-1")
        assert "\n" not in fault.message
        assert len(fault.message) < MAX_DETAIL_CHARS + 300


class Drawer(KeyringBackend):
    """A keyring that keeps its keys in memory."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError


@pytest.fixture
def drawer() -> object:
    before = keyring.get_keyring()
    drawer = Drawer()
    keyring.set_keyring(drawer)
    yield drawer
    keyring.set_keyring(before)


def test_a_key_is_kept_for_one_origin(drawer: Drawer) -> None:
    server = Server(name="Cloud", base_url="https://example.org/v1", has_key=True)
    keep_key(server, " key-1 ")
    assert drawer.kept == {("tableread", "https://example.org"): "key-1"}
    assert find_key(server) == "key-1"
    other = Server(name="Cloud", base_url="https://example.com/v1", has_key=True)
    with pytest.raises(UserError, match="not in the system's keyring"):
        find_key(other)
    forget_key(server)
    forget_key(server)
    assert drawer.kept == {}


def test_the_environment_comes_first_and_the_keyring_is_not_asked_for_nothing(
    drawer: Drawer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server(name="Cloud 2!", base_url="https://example.org/v1")
    drawer.set_password("tableread", "https://example.org", "key-1")
    assert find_key(server) == ""
    monkeypatch.setenv("TABLEREAD_KEY_CLOUD_2", "key-2")
    assert find_key(server) == "key-2"


def test_a_key_goes_to_no_address_that_only_a_project_names(drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = Server(name="my-server.io", base_url="https://my-server.io/v1")
    settings = AppSettings(servers=[mine])
    monkeypatch.setenv("TABLEREAD_KEY_MY_SERVER_IO", "secret-key")
    for wanted in ("server:https://my.server.io#gpt", "https://my.server.io", "server:my.server.io"):
        named = parse_choice(wanted, settings)
        assert isinstance(named, Server)
        assert named.base_url.endswith("://my.server.io/v1")
        assert find_key(named) == ""
    remembered = parse_choice("server:my-server.io#gpt", settings)
    assert isinstance(remembered, Server)
    assert find_key(remembered) == "secret-key"


def test_a_key_goes_to_an_address_that_a_person_types(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TABLEREAD_KEY_EXAMPLE_ORG", "secret-key")
    assert find_key(typed_server(AppSettings(), "https://example.org")) == "secret-key"


def test_a_name_has_no_mark_that_divides_it_from_a_model() -> None:
    with pytest.raises(ValidationError):
        Server(name="Lab #2", base_url="https://lab.example.org/v1")


def test_without_a_keyring_the_variable_is_named() -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    try:
        with pytest.raises(UserError, match=r"no keyring.*TABLEREAD_KEY_CLOUD"):
            keep_key(Server(name="Cloud", base_url="https://example.org/v1"), "key-1")
    finally:
        keyring.set_keyring(before)


@pytest.mark.parametrize("key", ["", "two\nlines", "schlüssel"])
def test_what_no_header_can_carry_is_no_key(drawer: Drawer, key: str) -> None:
    with pytest.raises(UserError):
        keep_key(Server(name="Cloud", base_url="https://example.org/v1"), key)
