"""Downloads from a hub that breaks off, lies and redirects: what is kept is right, or is not kept."""

import hashlib
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.app_settings import change_settings
from core.errors import UserError
from core.inference.weights import download as download_module
from core.inference.weights.download import Cancelled, Downloaded, Progress, download, find_partial, remove_partial
from core.inference.weights.hub import Source, endpoint, format_source, list_files, look_up, parse_source
from tests.core.inference.hub_server import HubServer, Mischief
from tests.random_weights import SHAPE_20M, random_weights

REPO = "someone/some-weights"


@pytest.fixture(scope="module")
def content() -> bytes:
    """Real weights of some megabytes: what arrives is inspected."""
    return random_weights(SHAPE_20M, "20m").read_bytes()


@pytest.fixture
def hub(content: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    server = HubServer()
    server.files[f"{REPO}/good.gguf"] = content
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("HF_ENDPOINT", server.address)
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    monkeypatch.setattr(download_module, "FIRST_PAUSE_S", 0.01)
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


GOOD = Source("good.gguf", REPO)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "weights"


def fetch(folder: Path, source: Source = GOOD, seen: list[Progress] | None = None) -> Downloaded:
    return download(source, folder, (seen if seen is not None else []).append, lambda: False)


def test_a_file_arrives_whole_and_checked(hub: HubServer, folder: Path, content: bytes) -> None:
    seen: list[Progress] = []
    got = fetch(folder, seen=seen)
    assert got.path == folder / REPO / "good.gguf"
    assert got.path.read_bytes() == content
    assert got.verified
    assert {one.step for one in seen} == {"downloading", "checking"}
    assert [one.n_bytes for one in seen if one.step == "downloading"] == sorted(
        one.n_bytes for one in seen if one.step == "downloading"
    )
    assert (seen[-1].n_bytes, seen[-1].total_bytes) == (len(content), len(content))
    assert hub.tokens_on_storage == []
    assert {path for _, path, _ in hub.requests} == {
        f"/{REPO}/resolve/main/good.gguf",
        f"/storage/{REPO}/good.gguf",
    }, "nothing else is asked of a hub"
    assert [path.name for path in got.path.parent.iterdir()] == ["good.gguf"]
    n_requests = len(hub.ranges())
    assert fetch(folder).path == got.path
    assert len(hub.ranges()) == n_requests, "what is here is not fetched again"


@pytest.mark.parametrize("chunked", [False, True], ids=["with a length", "without"])
def test_a_download_that_breaks_off_goes_on_there(hub: HubServer, folder: Path, content: bytes, chunked: bool) -> None:
    hub.mischief = Mischief(break_after=[1_000_000, 2_000_000, 300_000], chunked=chunked)
    assert fetch(folder).path.read_bytes() == content
    starts = [int(where.removeprefix("bytes=").rstrip("-") or 0) for where in hub.ranges()]
    assert len(starts) == 4
    assert starts == sorted(set(starts)), "each try goes on behind the one before"


def test_a_server_that_cannot_go_on_begins_anew(hub: HubServer, folder: Path, content: bytes) -> None:
    hub.mischief = Mischief(break_after=[1_000_000], ignores_range=True)
    assert fetch(folder).path.read_bytes() == content


def test_faults_that_pass_are_waited_out(hub: HubServer, folder: Path, content: bytes) -> None:
    hub.mischief = Mischief(statuses=[503, 429, 500])
    assert fetch(folder).path.read_bytes() == content


def test_it_gives_up_in_the_end_and_goes_on_next_time(hub: HubServer, folder: Path, content: bytes) -> None:
    hub.mischief = Mischief(break_after=[2_000_000, *[0] * 5])
    with pytest.raises(UserError, match="broke off 5 times") as caught:
        fetch(folder)
    assert "start it again" in caught.value.hint
    kept = find_partial(folder)
    assert len(kept) == 1
    assert kept[0].stat().st_size > 1_000_000
    hub.requests.clear()
    hub.mischief = Mischief()
    assert fetch(folder).path.read_bytes() == content
    assert hub.ranges() == [f"bytes={2_000_000}-"]
    assert find_partial(folder) == ()


def test_cancelling_keeps_what_has_arrived(hub: HubServer, folder: Path, content: bytes) -> None:
    seen: list[Progress] = []
    with pytest.raises(Cancelled):
        download(GOOD, folder, seen.append, lambda: bool(seen) and seen[-1].n_bytes > 3_000_000)
    assert 3_000_000 < find_partial(folder)[0].stat().st_size < len(content)
    assert fetch(folder).path.read_bytes() == content
    assert hub.ranges()[1] != ""


def test_what_is_left_of_another_version_is_thrown_away(hub: HubServer, folder: Path, content: bytes) -> None:
    hub.mischief = Mischief(break_after=[1_000_000, *[0] * 5])
    with pytest.raises(UserError):
        fetch(folder)
    hub.mischief = Mischief()
    newer = random_weights().read_bytes()
    hub.files[f"{REPO}/good.gguf"] = newer
    assert fetch(folder).path.read_bytes() == newer


def test_a_wrong_hash_is_said_and_nothing_is_kept(hub: HubServer, folder: Path) -> None:
    hub.mischief = Mischief(sha256="ab" * 32)
    with pytest.raises(UserError, match=r"arrived damaged.*abababababab… was promised"):
        fetch(folder)
    assert list(folder.rglob("*.gguf*")) == []


def test_without_a_hash_it_is_not_called_verified(hub: HubServer, folder: Path) -> None:
    hub.mischief = Mischief(sha256="")
    assert not fetch(folder).verified


@pytest.mark.parametrize("promised", [-1000, +1000], ids=["too small", "too large"])
def test_a_lie_about_the_size_is_found(hub: HubServer, folder: Path, content: bytes, promised: int) -> None:
    for chunked in (False, True):
        hub.mischief = Mischief(promised_bytes=len(content) + promised, chunked=chunked)
        with pytest.raises(UserError, match=r"promised|broke off"):
            fetch(folder)
    assert list(folder.rglob("*.gguf")) == []


def test_a_page_in_place_of_the_file_is_refused_at_once(hub: HubServer, folder: Path, content: bytes) -> None:
    hub.mischief = Mischief(send=b"<html>Log in</html>".ljust(len(content)))
    with pytest.raises(UserError, match="not a GGUF"):
        fetch(folder)
    assert list(folder.rglob("*.gguf*")) == []


@pytest.mark.parametrize(
    ("status", "sentence"),
    [(404, "There is no good.gguf"), (403, "accepted its terms"), (401, "no repository"), (418, "status 418")],
)
def test_refusals_are_sentences(hub: HubServer, folder: Path, status: int, sentence: str) -> None:
    hub.mischief = Mischief(look_up_status=status)
    with pytest.raises(UserError, match=sentence):
        fetch(folder)
    assert not folder.exists()


def test_a_hub_that_is_not_there_is_said(hub: HubServer, folder: Path) -> None:
    change_settings(lambda settings: setattr(settings, "hub_endpoint", "http://127.0.0.1:9"))
    assert endpoint() == "http://127.0.0.1:9"
    with pytest.raises(UserError, match="cannot be reached"):
        fetch(folder)


def test_room_is_checked_before_anything_is_fetched(
    hub: HubServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=download_module.KEPT_FREE_BYTES + 1000))
    with pytest.raises(UserError, match=r"needs 0\.\d GB more on the disk"):
        fetch(folder)
    assert hub.ranges() == []


def test_a_file_of_the_same_name_is_never_overwritten(hub: HubServer, folder: Path) -> None:
    mine = folder / REPO / "good.gguf"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"mine")
    with pytest.raises(UserError, match="another version"):
        fetch(folder)
    assert mine.read_bytes() == b"mine"


def test_what_lies_there_is_compared_whole(hub: HubServer, folder: Path, content: bytes) -> None:
    mine = folder / REPO / "good.gguf"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(content)
    seen: list[Progress] = []
    assert fetch(folder, seen=seen).verified
    assert [(one.step, one.n_bytes) for one in seen][-1] == ("checking", len(content))
    with pytest.raises(Cancelled):
        download(GOOD, folder, seen.append, lambda: True)
    damaged = content[:-100] + bytes(100)
    mine.write_bytes(damaged)
    with pytest.raises(UserError, match="another version or damaged"):
        fetch(folder)
    assert mine.read_bytes() == damaged, "what somebody else may have put there is left to them"
    assert hub.ranges() == []
    hub.mischief = Mischief(sha256="")
    assert not fetch(folder).verified, "without a hash there is nothing to compare"


def test_one_file_is_not_downloaded_twice_at_once(hub: HubServer, folder: Path, content: bytes) -> None:
    hub.mischief = Mischief(pause=threading.Event())
    first = threading.Thread(target=fetch, args=(folder,))
    first.start()
    while not find_partial(folder):
        first.join(0.01)
    with pytest.raises(UserError, match="already"):
        fetch(folder)
    assert hub.mischief.pause
    hub.mischief.pause.set()
    first.join()
    assert (folder / REPO / "good.gguf").read_bytes() == content


def test_an_address_of_its_own_gets_no_token(hub: HubServer, folder: Path, content: bytes) -> None:
    hub.files["elsewhere/good.gguf"] = content
    got = fetch(folder, parse_source(f"{hub.storage}/elsewhere/good.gguf?key=1"))
    assert got.path.read_bytes() == content
    assert not got.verified
    assert hub.tokens_on_storage == []


def test_all_parts_of_split_weights_are_fetched(hub: HubServer, folder: Path, content: bytes) -> None:
    half = len(content) // 2
    for number, part in enumerate((content[:half], content[half:]), start=1):
        hub.files[f"{REPO}/q4/big-0000{number}-of-00002.gguf"] = b"GGUF" + part
    with pytest.raises(UserError, match="big-00001-of-00002"):  # two halves are no split weights
        fetch(folder, Source("q4/big-00001-of-00002.gguf", REPO))
    names = sorted(path.name for path in folder.rglob("*.gguf"))
    assert names == ["big-00001-of-00002.gguf", "big-00002-of-00002.gguf"]


def test_files_of_a_repository_are_listed(hub: HubServer, content: bytes) -> None:
    hub.files[f"{REPO}/README.md"] = b"hello"
    (file,) = list_files(REPO)
    assert (file.source.file, file.size_bytes) == ("good.gguf", len(content))
    assert file.sha256 == hashlib.sha256(content).hexdigest() == look_up(file.source).sha256
    with pytest.raises(UserError, match="no repository"):
        list_files("nobody/nothing")
    with pytest.raises(UserError, match="owner/name"):
        list_files("a b/c")


def test_partial_files_can_be_removed(hub: HubServer, folder: Path) -> None:
    hub.mischief = Mischief(break_after=[500_000, *[0] * 5])
    with pytest.raises(UserError):
        fetch(folder)
    remove_partial(find_partial(folder)[0])
    assert not any(path.is_file() for path in folder.rglob("*"))


NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,20}", fullmatch=True)


@settings(max_examples=50)
@given(NAMES, NAMES, st.lists(NAMES, max_size=2), NAMES, st.sampled_from(["main", "v1.0", "refs-pr-1"]))
def test_sources_survive_being_written_down(
    owner: str, name: str, folders: list[str], file: str, revision: str
) -> None:
    source = Source("/".join([*folders, f"{file}.gguf"]), f"{owner}/{name}", revision)
    assert parse_source(format_source(source)) == source
    blob = f"https://huggingface.co/{source.repo}/blob/{revision}/{source.file}?download=true"
    assert parse_source(blob) == source


@pytest.mark.parametrize(
    "text",
    [
        "",
        "file.gguf",
        "a/b/file.bin",
        "a/b/../../etc.gguf",
        "https://x.org/page.html",
        "ftp://x/y.gguf",
        "a/b",
        "../../x.gguf",
        "https://x.org/a%00.gguf",
    ],
)
def test_what_names_no_weights_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        parse_source(text)
