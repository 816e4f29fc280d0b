"""What lies where: other tools' folders as those tools lay them out, links, broken files, and many files."""

import json
import os
import sys
import time
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from core.commands.printing import print_json
from core.inference.weights.fit import Measured
from core.inference.weights.folders import Folder, all_folders, find_candidates, tool_folders
from core.inference.weights.gguf_header import WeightsHeader, WeightsKind
from core.inference.weights.notes import WeightsNotes, open_notes
from core.inference.weights.scan import FoundWeights, scan
from tests.examples import n_examples
from tests.sparse_weights import LLAMA_8B, Head, write_head

OLLAMA_TYPE = "application/vnd.ollama.image.model"


def scan_all(folders: list[Folder]) -> list[FoundWeights]:
    with open_notes() as notes:
        return list(scan(folders, notes))


def put_ollama(models: Path, tag: str, head: Head, content: bytes = b"") -> Path:
    digest = sha256((tag + head.name).encode()).hexdigest()
    blob = write_head(models / "blobs" / f"sha256-{digest}", head)
    name, _, version = tag.partition(":")
    manifest = models / "manifests" / name / version
    manifest.parent.mkdir(parents=True, exist_ok=True)
    layers = [
        {"mediaType": "application/vnd.ollama.image.template", "digest": f"sha256:{'0' * 64}"},
        {"mediaType": OLLAMA_TYPE, "digest": f"sha256:{digest}"},
    ]
    manifest.write_bytes(content or json.dumps({"schemaVersion": 2, "layers": layers}).encode())
    return blob


def test_the_folders_of_other_tools_are_found(tmp_path: Path) -> None:
    places = {
        "LM Studio": tmp_path / ".lmstudio" / "models",
        "Ollama": tmp_path / ".ollama" / "models",
        "Hugging Face": tmp_path / ".cache" / "huggingface" / "hub",
        "GPT4All": tmp_path / ".local" / "share" / "nomic.ai" / "GPT4All",
        "Jan": tmp_path / "jan" / "models",
    }
    assert tool_folders({}, tmp_path) == ()
    for path in places.values():
        path.mkdir(parents=True)
    assert {folder.tool: folder.path for folder in tool_folders({}, tmp_path)} == places
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "hub").mkdir(parents=True)
    named = tool_folders({"HF_HOME": str(elsewhere), "OLLAMA_MODELS": str(elsewhere)}, tmp_path)
    assert Folder(elsewhere / "hub", "Hugging Face") in named
    assert Folder(elsewhere, "Ollama") in named
    assert places["Ollama"] not in [folder.path for folder in named]


def test_ollama_is_read_by_its_tags(tmp_path: Path) -> None:
    blob = put_ollama(tmp_path, "registry.ollama.ai/library/gemma2:2b", replace(LLAMA_8B, name="unnamed"))
    manifest = tmp_path / "manifests" / "registry.ollama.ai" / "library" / "gemma2"
    (manifest / "latest").write_bytes((manifest / "2b").read_bytes())
    put_ollama(tmp_path, "hf.co/someone/some-GGUF:Q4_K_M", LLAMA_8B)
    broken = {"not json": b"{", "no layers": b"{}", "odd": b'{"layers": [1, {"digest": 5}]}', "deep": b"[" * 100_000}
    for name, content in broken.items():
        put_ollama(tmp_path, f"registry.ollama.ai/library/{name}:x", LLAMA_8B, content)
    outside = f'{{"layers": [{{"mediaType": "{OLLAMA_TYPE}", "digest": "sha256:../../../etc/passwd"}}]}}'
    put_ollama(tmp_path, "registry.ollama.ai/library/outside:x", LLAMA_8B, outside.encode())
    found = {one.name: one for one in scan_all([Folder(tmp_path, "Ollama")])}
    assert set(found) == {"gemma2:2b", "hf.co/someone/some-GGUF:Q4_K_M"}
    assert found["gemma2:2b"].path == blob
    assert found["gemma2:2b"].label == "gemma2:2b, gemma2:latest"
    assert found["gemma2:2b"].is_chat


def test_snapshots_of_the_hub_are_one_file_each(tmp_path: Path) -> None:
    repository = tmp_path / "models--someone--some-GGUF"
    blob = write_head(repository / "blobs" / "abc", LLAMA_8B)
    for commit in ("1111", "2222"):
        link = repository / "snapshots" / commit / "q4" / "some-Q4_K_M.gguf"
        link.parent.mkdir(parents=True)
        link.symlink_to(os.path.relpath(blob, link.parent))
    os.link(blob, tmp_path / "another-name.gguf")
    (found,) = scan_all([Folder(tmp_path, "Hugging Face")])
    assert found.name == "Llama 3 8B Instruct"
    assert found.label in ("someone/some-GGUF", "")
    only_hub = scan_all([Folder(repository.parent / repository.name, "Hugging Face")])
    assert len(only_hub) == 1


def test_links_that_go_round_and_lead_nowhere(tmp_path: Path) -> None:
    write_head(tmp_path / "a" / "one.gguf")
    (tmp_path / "a" / "round").symlink_to(tmp_path)
    (tmp_path / "nowhere.gguf").symlink_to(tmp_path / "gone")
    (tmp_path / "round.gguf").symlink_to(tmp_path / "round.gguf")
    (tmp_path / "folder.gguf").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.gguf")
    found = {one.path.name: one for one in scan_all([Folder(tmp_path, "Folder"), Folder(tmp_path / "a", "Folder")])}
    assert found["one.gguf"].is_chat
    assert set(found) <= {"one.gguf", "pipe.gguf"}
    assert all("not a file" in one.fault for name, one in found.items() if name == "pipe.gguf")


def test_each_kind_is_called_what_it_is(tmp_path: Path) -> None:
    small = Head(n_layers=1, n_embd=256, n_heads=4, n_heads_kv=4, n_ff=512, n_vocab=1000)
    lora = {"blk.0.attn_q.weight.lora_a": (256, 8), "blk.0.attn_q.weight.lora_b": (8, 256)}
    kinds = {
        "chat": (small, WeightsKind.CHAT),
        "mmproj": (replace(small, architecture="clip", tokenizer=False), WeightsKind.PROJECTOR),
        "mmproj2": (replace(small, values={".general.type": "mmproj"}), WeightsKind.PROJECTOR),
        "bert": (replace(small, architecture="nomic-bert"), WeightsKind.EMBEDDING),
        "qwen-embedding": (replace(small, architecture="qwen3", values={"pooling_type": 3}), WeightsKind.EMBEDDING),
        "lora": (
            replace(small, values={".general.type": "adapter", ".adapter.type": "lora"}, tensors=lora, tokenizer=False),
            WeightsKind.ADAPTER,
        ),
        "control": (
            replace(small, architecture="controlvector", tensors={"direction.1": (256,)}, tokenizer=False),
            WeightsKind.CONTROL,
        ),
        "pictures": (replace(small, architecture="flux", tokenizer=False), WeightsKind.OTHER),
        "draft": (replace(small, architecture="eagle3"), WeightsKind.OTHER),
    }
    for name, (head, _) in kinds.items():
        write_head(tmp_path / f"{name}.gguf", head)
    found = {one.path.stem: one for one in scan_all([Folder(tmp_path, "Folder")])}
    assert {name: one.header.kind for name, one in found.items() if one.header} == {
        name: kind for name, (_, kind) in kinds.items()
    }
    assert [name for name, one in found.items() if one.is_chat] == ["chat"]


def test_broken_files_are_listed_with_the_reason(tmp_path: Path) -> None:
    write_head(tmp_path / "cut.gguf", LLAMA_8B, cut_bytes=10**9)
    (tmp_path / "poem.GGUF").write_text("Shall I compare thee to a summer's day? " * 9)
    (tmp_path / "empty.gguf").touch()
    found = scan_all([Folder(tmp_path, "Folder"), Folder(tmp_path / "gone", "Folder")])
    faults = {one.path.name: one.fault for one in found}
    assert "cut off" in faults["cut.gguf"]
    assert "not a GGUF" in faults["poem.GGUF"]
    assert "is empty" in faults["empty.gguf"]
    assert "not there" in faults["gone"]
    assert not any(one.is_chat for one in found)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take only names that are text")
def test_a_name_that_is_no_text_is_said_and_the_others_are_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_head(tmp_path / "good.gguf", LLAMA_8B)
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/odd \xff.gguf"))
    write_head(odd, LLAMA_8B)
    found = {one.name: one for one in scan_all([Folder(tmp_path, "Folder")])}
    assert set(found) == {"odd ?", "Llama 3 8B Instruct"}
    assert found["odd ?"].fault == f"{tmp_path}/odd ?.gguf cannot be used: its name is not valid text. Rename it."
    print_json({"path": str(odd)})
    assert json.loads(capsys.readouterr().out) == {"path": str(odd)}
    with open_notes() as notes:
        notes.keep_head(odd, (1, 2), "is empty.")
        notes.keep_sha256(odd, (1, 2), "a" * 64)
        assert (notes.find_head(odd, (1, 2)), notes.find_sha256(odd, (1, 2))) == ("is empty.", "a" * 64)
        assert notes.find_sha256(odd.with_name("odd ?.gguf"), (1, 2)) == ""


def test_split_weights_are_one_entry(tmp_path: Path) -> None:
    first = replace(LLAMA_8B, values={".split.count": 3, ".split.no": 0})
    later = Head(tensors={"blk.0.ffn_norm.weight": (4096,)}, tokenizer=False)
    for number in (1, 2, 3):
        write_head(tmp_path / f"big-0000{number}-of-00003.gguf", first if number == 1 else later)
    (found,) = scan_all([Folder(tmp_path, "Folder")])
    assert isinstance(found.header, WeightsHeader)
    assert found.header.n_files == 3
    whole = sum(path.stat().st_size for path in tmp_path.glob("big-*"))
    assert found.header.size_bytes == whole
    (tmp_path / "big-00003-of-00003.gguf").unlink()
    (found,) = scan_all([Folder(tmp_path, "Folder")])
    assert "part 3 (big-00003-of-00003.gguf) is missing" in found.fault


def test_what_was_read_once_is_remembered_until_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_head(tmp_path / "some.gguf", LLAMA_8B)
    (before,) = scan_all([Folder(tmp_path, "Folder")])
    with monkeypatch.context() as patch:
        patch.setattr("core.inference.weights.scan.inspect_gguf", lambda path: pytest.fail("was read again"))
        assert scan_all([Folder(tmp_path, "Folder")]) == [before]
    write_head(path, replace(LLAMA_8B, name="Another"))
    assert scan_all([Folder(tmp_path, "Folder")])[0].name == "Another"


def test_thousands_of_files(tmp_path: Path) -> None:
    n_files = n_examples(2_000, 10_000)
    content = write_head(tmp_path / "0.gguf", Head(n_layers=1, n_embd=256, n_vocab=100)).read_bytes()[:200]
    for number in range(n_files):
        folder = tmp_path / str(number % 100)
        folder.mkdir(exist_ok=True)
        (folder / f"{number}.gguf").write_bytes(content)
    seen: list[tuple[int, int]] = []
    with open_notes() as notes:
        began = time.monotonic()
        found = list(scan([Folder(tmp_path, "Folder")], notes, lambda *progress: seen.append(progress)))
        first_s = time.monotonic() - began
        began = time.monotonic()
        assert len(list(scan([Folder(tmp_path, "Folder")], notes))) == len(found) == n_files + 1
        assert time.monotonic() - began < first_s + 5
        assert seen[-1] == (n_files + 1, n_files + 1)
        n_found = sum(1 for _ in scan([Folder(tmp_path, "Folder")], notes, cancelled=lambda: len(seen) > 5))
        assert n_found == 0, "a scan that was cancelled ends at once"


def test_the_first_folder_names_a_file_that_lies_in_several(tmp_path: Path) -> None:
    write_head(tmp_path / "some.gguf")
    folders = [Folder(tmp_path, "LM Studio"), Folder(tmp_path, "Folder")]
    assert [one.tool for one in find_candidates(folders)] == ["LM Studio"]
    users = [folder for folder in all_folders([str(tmp_path)]) if folder.tool == "Folder"]
    assert users == [Folder(tmp_path, "Folder")]


def test_notes_that_cannot_be_read_are_set_aside(app_home: Path) -> None:
    app_home.mkdir()
    (app_home / "weights.sqlite").write_bytes(b"no database at all" * 100)
    with open_notes() as notes:
        assert isinstance(notes, WeightsNotes)
        assert notes.note("0" * 64, "speed") is None
        notes.keep_note("0" * 64, "speed", {"a": 1})
    with open_notes() as notes:
        assert notes.note("0" * 64, "speed") == {"a": 1}
        notes.keep_measured("0" * 64, Measured(2048, 4, 0, 10**9))
    assert (app_home / "weights.broken.sqlite").exists()
    path = app_home / "weights.sqlite"
    with open_notes() as notes:
        notes.keep_note("0" * 64, "filler", {"a": "b" * 100_000})
    content = bytearray(path.read_bytes())
    content[4096 * 2 :] = b"\xff" * (len(content) - 4096 * 2)
    path.write_bytes(content)
    with open_notes() as notes:
        assert notes.note("1" * 64, "speed") is None
        assert notes.find_sha256(path, (1, 1)) == ""
        notes.keep_sha256(path, (1, 1), "1" * 64)
