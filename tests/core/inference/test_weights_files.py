"""Broken and hostile weights: a sentence, never a crash of the app, never a hang."""

import os
import struct
import time
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import UserError
from core.inference.request import Generate, WeightsSettings
from core.inference.weights import catalog
from core.inference.weights.catalog import (
    MIN_SEQUENCES,
    check_fits,
    default_threads,
    estimate_fit,
    house_weights,
    plan_load,
)
from core.inference.weights.gguf_header import WeightsHeader, inspect_gguf, weights_sha256
from tests.core.inference.conftest import CHAT, MakeWorker
from tests.random_weights import SHAPE_20M, Shape, random_weights


def head(n_tensors: int = 0, n_keys: int = 0, version: int = 3) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", version, n_tensors, n_keys)


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value)) + value.encode()


def text_key(key: str, value: str) -> bytes:
    return text(key) + struct.pack("<I", 8) + text(value)


def tensor(name: str, sizes: list[int], kind: int = 0, offset: int = 0) -> bytes:
    return text(name) + struct.pack(f"<I{len(sizes)}QIQ", len(sizes), *sizes, kind, offset)


ARCHITECTURE = text_key("general.architecture", "llama")
HOSTILE = {
    "zero bytes": (b"", "is empty"),
    "too short": (b"GGUF\x03\x00", "not a GGUF"),
    "a poem": (b"Shall I compare thee to a summer's day? " * 9, "not a GGUF"),
    "zeros": (bytes(5000), "not a GGUF"),
    "old version": (head(version=1) + bytes(64), "version 1"),
    "other byte order": (b"GGUF" + struct.pack(">IQQ", 3, 1, 1) + bytes(64), "version"),
    "absurd number of tensors": (head(2**63, 1) + bytes(64), "absurd number"),
    "absurd number of keys": (head(1, 2**63) + bytes(64), "absurd number"),
    "keys that are not there": (head(1, 5000) + bytes(64), "GGUF|ends too early|unknown|made of|cut off"),
    "absurd text": (head(1, 1) + struct.pack("<Q", 2**60) + bytes(64), "absurd length"),
    "text beyond the end": (head(1, 1) + struct.pack("<Q", 5000) + bytes(64), "ends too early"),
    "absurd list": (head(1, 1) + text("k") + struct.pack("<IIQ", 9, 4, 2**61) + bytes(64), "absurd length"),
    "list of lists": (head(1, 1) + text("k") + struct.pack("<IIQ", 9, 9, 3) + bytes(64), "unknown kind"),
    "list beyond the end": (head(1, 1) + text("k") + struct.pack("<IIQ", 9, 4, 5000) + bytes(64), "ends too early"),
    "unknown kind of value": (head(1, 1) + text("k") + struct.pack("<I", 99) + bytes(64), "unknown kind"),
    "no weights": (head(0, 1) + ARCHITECTURE, "holds no weights"),
    "no architecture": (head(1, 1) + text_key("a", "b") + tensor("w", [4]) + bytes(64), "made of"),
    "huge tensor": (head(1, 1) + ARCHITECTURE + tensor("w", [2**40, 2**40]) + bytes(64), "cut off"),
    "tensor beyond the end": (head(1, 1) + ARCHITECTURE + tensor("w", [4], offset=2**50) + bytes(64), "cut off"),
    "too many dimensions": (head(1, 1) + ARCHITECTURE + tensor("w", [1] * 9) + bytes(64), "too many dimensions"),
    "unknown number format": (head(1, 1) + ARCHITECTURE + tensor("w", [4], kind=77) + bytes(64), "number format 77"),
    "absurd alignment": (
        head(1, 2) + ARCHITECTURE + text("general.alignment") + struct.pack("<II", 4, 0) + tensor("w", [4]) + bytes(64),
        "absurd alignment",
    ),
}


@pytest.mark.parametrize(("content", "sentence"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_are_refused_with_a_sentence(
    content: bytes, sentence: str, tmp_path: Path, make_worker: MakeWorker
) -> None:
    path = tmp_path / "weights.gguf"
    path.write_bytes(content)
    started, memory = time.monotonic(), psutil.Process().memory_info().rss
    with pytest.raises(UserError, match=sentence):
        inspect_gguf(path)
    assert time.monotonic() - started < 10
    assert psutil.Process().memory_info().rss - memory < 50e6
    with pytest.raises(UserError, match=sentence):
        make_worker(path).submit(Generate("a", CHAT)).result(timeout=30)


def list_key(key: str, kind: str, count: int) -> bytes:
    kinds = {"B": 0, "I": 4, "d": 12}
    values = struct.pack(f"<{count}{kind}", *range(count)) if kind != "B" else bytes(count)
    return text(key) + struct.pack("<IIQ", 9, kinds[kind], count) + values


def many_numbers() -> bytes:
    keys = b"".join(list_key(f"k{number}", "d", 4096) for number in range(1000))
    return head(1, 1001) + ARCHITECTURE + keys + tensor("w", [4]) + bytes(64)


def much_text() -> bytes:
    keys = b"".join(text_key(f"k{number}", "x" * 2**20) for number in range(50))
    return head(1, 51) + ARCHITECTURE + keys + tensor("w", [4]) + bytes(64)


def long_names() -> bytes:
    tensors = b"".join(tensor("x" * 2**20, [4]) for _ in range(50))
    return head(50, 1) + ARCHITECTURE + tensors + bytes(64)


def many_tensors() -> bytes:
    return head(150_000, 1) + ARCHITECTURE + tensor("w", [4]) * 150_000 + bytes(64)


@pytest.mark.parametrize("content", [many_numbers, much_text, long_names, many_tensors])
def test_a_head_that_would_fill_the_memory_is_refused(content: Callable[[], bytes], tmp_path: Path) -> None:
    path = tmp_path / "weights.gguf"
    path.write_bytes(content())
    tracemalloc.start()
    try:
        with pytest.raises(UserError, match="absurd"):
            inspect_gguf(path)
        assert tracemalloc.get_traced_memory()[1] < 50e6
    finally:
        tracemalloc.stop()


def test_parts_have_one_limit_together(tmp_path: Path) -> None:
    split = text("split.count") + struct.pack("<II", 4, 3)
    for number in (1, 2, 3):
        keys, n_keys = (ARCHITECTURE + split, 2) if number == 1 else (b"", 0)
        content = head(20_000, n_keys) + keys + tensor("w", [4]) * 20_000 + bytes(64)
        (tmp_path / f"big-0000{number}-of-00003.gguf").write_bytes(content)
    with pytest.raises(UserError, match="absurd number of parts"):
        inspect_gguf(tmp_path / "big-00001-of-00003.gguf")


def test_the_largest_vocabularies_pass(tmp_path: Path) -> None:
    n_tokens, n_merges = 262_144, 514_906
    lists = [
        text("tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, n_tokens) + text("token") * n_tokens,
        text("tokenizer.ggml.merges") + struct.pack("<IIQ", 9, 8, n_merges) + text("tok en") * n_merges,
        list_key("tokenizer.ggml.token_type", "I", n_tokens),
        list_key("tokenizer.ggml.precompiled_charsmap", "B", 250_000),
        text_key("tokenizer.chat_template", "{{ messages }}" * 2000),
        text_key("tokenizer.chat_template.tools", "x" * 5 * 2**20),
        list_key("llama.attention.head_count_kv", "I", 128),
    ]
    path = tmp_path / "weights.gguf"
    path.write_bytes(head(2000, 8) + ARCHITECTURE + b"".join(lists) + tensor("w", [4]) * 2000 + bytes(64))
    header = inspect_gguf(path)
    assert (header.n_vocab, header.has_template, header.n_heads_kv) == (n_tokens, True, 127)


def test_a_file_that_is_not_there_is_said(tmp_path: Path, make_worker: MakeWorker) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        _ = make_worker(tmp_path / "nowhere.gguf").info
    with pytest.raises(UserError, match="cannot be read"):
        weights_sha256(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.gguf")
    for path in (tmp_path, *tmp_path.glob("*.gguf")):
        with pytest.raises(UserError, match="not a file"):
            inspect_gguf(path)


def test_a_file_cut_off_anywhere_is_refused(weights: Path, tmp_path: Path) -> None:
    content = weights.read_bytes()
    path = tmp_path / "cut.gguf"
    for length in (10, 100, 5000, len(content) // 2, len(content) - 100):
        path.write_bytes(content[:length])
        with pytest.raises(UserError):
            inspect_gguf(path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 9000), st.binary(min_size=1, max_size=12))
def test_flipped_bytes_never_do_harm(weights: Path, tmp_path: Path, place: int, noise: bytes) -> None:
    content = bytearray(weights.read_bytes())
    content[place : place + len(noise)] = noise
    path = tmp_path / "flipped.gguf"
    path.write_bytes(content)
    with suppress(UserError):
        inspect_gguf(path)


Change = Callable[[bytearray], None]


def replace_text(old: bytes, new: bytes) -> Change:
    def change(content: bytearray) -> None:
        place = content.index(old)
        content[place : place + len(old)] = new

    return change


def nan_weights(content: bytearray) -> None:
    content[-20_000:] = b"\xff" * 20_000


@pytest.mark.parametrize(
    "change",
    [
        replace_text(b"llama.block_count", b"llama.block_cound"),
        replace_text(
            b"general.architecture\x08\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00llama",
            b"general.architecture\x08\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00klama",
        ),
        replace_text(b"blk.0.attn_q.weight", b"blk.0.attn_z.weight"),
        replace_text(b"tokenizer.ggml.model", b"tokenizer.ggml.modal"),
        nan_weights,
    ],
    ids=["no layers", "unknown architecture", "lost tensor", "no tokenizer", "no numbers"],
)
def test_files_that_only_llama_cpp_finds_broken_become_a_sentence(
    change: Change, weights: Path, tmp_path: Path, make_worker: MakeWorker
) -> None:
    content = bytearray(weights.read_bytes())
    change(content)
    path = tmp_path / "broken.gguf"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"broken\.gguf|numbers that are not numbers"):
        make_worker(path).submit(Generate("a", CHAT)).result(timeout=30)


def test_facts_of_good_weights(weights: Path) -> None:
    header = inspect_gguf(weights)
    assert (header.name, header.architecture, header.quantisation) == ("random", "llama", "F16")
    assert (header.n_layers, header.n_embd, header.n_ff, header.n_heads, header.n_heads_kv) == (2, 64, 128, 4, 2)
    assert (header.n_params, header.n_vocab, header.n_ctx_train, header.n_head_dim) == (125_248, 800, 2048, 32)
    assert header.has_template
    assert inspect_gguf(random_weights(Shape(quantised=True))).quantisation == "Q8_0"


def test_the_hash_of_large_files_reads_their_ends(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with open(path, "wb") as stream:
        stream.truncate(2**30 + 5)
    before = weights_sha256(path)
    with open(path, "r+b") as stream:
        stream.seek(2**30)
        stream.write(b"x")
    assert weights_sha256(path) != before
    small = tmp_path / "small"
    small.write_bytes(b"abc")
    assert weights_sha256(small).startswith("ba7816bf")


def fake_memory(monkeypatch: pytest.MonkeyPatch, available: int) -> None:
    memory = type("Memory", (), {"available": available})
    monkeypatch.setattr(catalog.psutil, "virtual_memory", lambda: memory)


def test_the_estimate_is_near_what_is_loaded(make_worker: MakeWorker) -> None:
    path = random_weights(SHAPE_20M, "20m")
    fit = estimate_fit(inspect_gguf(path), 4096, 4)
    worker = make_worker(path, n_ctx=4096, n_sequences=4)
    assert fit.kv_bytes == pytest.approx(worker.info.kv_bytes, rel=0.01)
    assert fit.weights_bytes == pytest.approx(path.stat().st_size, rel=0.05)
    process_id = worker.process_id
    assert process_id
    assert psutil.Process(process_id).memory_info().rss < fit.needed_bytes + KEPT_FOR_SHARED_LIBRARIES


KEPT_FOR_SHARED_LIBRARIES = 100e6


def test_weights_that_do_not_fit_are_refused_before_they_are_loaded(
    make_worker: MakeWorker, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_memory(monkeypatch, 100_000_000)
    with pytest.raises(UserError, match=r"needs 0\.\d GB .* 0\.1 GB are available") as caught:
        check_fits(inspect_gguf(weights), 0, 16)
    assert "smaller context" in caught.value.hint
    worker = make_worker()
    with pytest.raises(UserError, match="GB are available"):
        _ = worker.info
    assert worker.process_id is None


def test_fewer_sequences_are_kept_when_memory_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    path = random_weights(SHAPE_20M, "20m")
    header = inspect_gguf(path)
    enough_for_5 = estimate_fit(header, 0, 5).needed_bytes
    fake_memory(monkeypatch, round(enough_for_5 / 0.9) + 1000)
    assert plan_load(WeightsSettings(path)).n_sequences == 5
    fake_memory(monkeypatch, round(estimate_fit(header, 0, MIN_SEQUENCES).needed_bytes / 0.9) - 1000)
    with pytest.raises(UserError):
        plan_load(WeightsSettings(path))


def test_absurd_sizes_do_not_fit(weights: Path) -> None:
    header: WeightsHeader = inspect_gguf(weights)
    with pytest.raises(UserError, match="GB"):
        check_fits(header, 10**12, 2)


def test_a_core_is_left_for_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    for allowed, cores, expected in ((1, 1, 1), (2, 2, 2), (4, 4, 3), (8, 4, 3), (2, 8, 2), (16, None, 15)):
        monkeypatch.setattr(catalog.os, "sched_getaffinity", lambda pid, n=allowed: range(n), raising=False)
        monkeypatch.setattr(catalog.psutil, "cpu_count", lambda logical=True, n=cores: n)
        assert default_threads() == expected


def test_the_newest_house_weights_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "weights"
    folder.mkdir()
    monkeypatch.setattr(catalog.resources, "files", lambda package: tmp_path)
    with pytest.raises(UserError, match="missing"):
        house_weights()
    for version in (1, 9, 10):
        (folder / f"tableread-house-v{version}.gguf").touch()
    assert house_weights().name == "tableread-house-v10.gguf"
