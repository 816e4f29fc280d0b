"""What weights take: by their layers as they are, and by what was measured here."""

from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import UserError
from core.inference.request import Generate, WeightsSettings
from core.inference.weights.catalog import plan_load
from core.inference.weights.fit import Basis, Fit, Measured, Verdict, estimate_fit
from core.inference.weights.gguf_header import WeightsHeader, inspect_gguf
from core.inference.weights.notes import hash_of, open_notes
from core.playtest.weights_trials import remember_memory
from tests.core.inference.conftest import CHAT, MakeWorker
from tests.random_weights import SHAPE_20M, Shape, random_weights
from tests.sparse_weights import LLAMA_8B, NEMO_12B, Head, write_head


def header_of(tmp_path: Path, head: Head) -> WeightsHeader:
    return inspect_gguf(write_head(tmp_path / "some.gguf", head))


@pytest.mark.parametrize(
    ("head", "n_values"),
    [
        (LLAMA_8B, 32 * 2 * 8 * 128),
        (NEMO_12B, 40 * 2 * 8 * 128),
        (replace(LLAMA_8B, n_heads_kv=32), 32 * 2 * 32 * 128),
        (
            Head(
                "layers that differ",
                "deci",
                n_layers=3,
                n_embd=64,
                n_heads=8,
                tensors={
                    "blk.0.attn_k.weight": (64, 16),
                    "blk.0.attn_v.weight": (64, 16),
                    "blk.1.attn_k.weight": (64, 32),
                    "blk.1.attn_v.weight": (64, 48),
                    "blk.2.ffn_up.weight": (64, 64),
                },
            ),
            16 + 16 + 32 + 48,
        ),
        (
            Head(
                "compressed",
                "deepseek2",
                n_layers=2,
                n_embd=64,
                n_heads=8,
                values={"attention.key_length_mla": 24, "attention.value_length_mla": 16, "attention.kv_lora_rank": 32},
                tensors={f"blk.{layer}.attn_kv_a_mqa.weight": (64, 40) for layer in range(2)},
            ),
            2 * 40,
        ),
        (
            Head(
                "fused",
                "phi3",
                n_layers=2,
                n_embd=64,
                n_heads=8,
                n_heads_kv=2,
                tensors={f"blk.{layer}.attn_qkv.weight": (64, 96) for layer in range(2)},
            ),
            2 * 2 * 2 * 8,
        ),
        (
            Head(
                "the last layers share",
                "gemma3n",
                n_layers=4,
                n_embd=64,
                n_heads=8,
                values={"attention.shared_kv_layers": 2},
                tensors={f"blk.{layer}.attn_{part}.weight": (64, 8) for layer in range(4) for part in "kv"},
            ),
            2 * 16,
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Head) else "",
)
def test_what_a_token_takes_is_read_off_the_layers(head: Head, n_values: int, tmp_path: Path) -> None:
    header = header_of(tmp_path, head)
    assert header.n_kv_values == n_values
    assert estimate_fit(header, 1024, 4).kv_bytes == 2 * n_values * 1024 * 4


def test_recurrent_layers_take_the_same_however_long(tmp_path: Path) -> None:
    layers = {"blk.0.ssm_in.weight": (64, 256), "blk.1.attn_k.weight": (64, 16), "blk.1.attn_v.weight": (64, 16)}
    sizes = {"ssm.inner_size": 128, "ssm.state_size": 16, "ssm.conv_kernel": 4, "ssm.group_count": 1}
    header = header_of(tmp_path, Head("hybrid", "jamba", n_layers=2, n_embd=64, values=sizes, tensors=layers))
    assert header.n_state_values == 3 * (128 + 2 * 16) + 16 * 128
    short, long = estimate_fit(header, 1024, 4), estimate_fit(header, 2048, 4)
    assert long.kv_bytes - short.kv_bytes == 2 * 32 * 1024 * 4
    assert short.kv_bytes == 2 * 32 * 1024 * 4 + 4 * header.n_state_values * 4


def test_a_sliding_window_is_known_but_saves_nothing_here(tmp_path: Path) -> None:
    plain = header_of(tmp_path, LLAMA_8B)
    slides = header_of(tmp_path, replace(LLAMA_8B, values={"attention.sliding_window": 4096}))
    assert slides.sliding_window == 4096
    assert estimate_fit(slides, 8192, 4).kv_bytes == estimate_fit(plain, 8192, 4).kv_bytes


@pytest.mark.parametrize("shape", [Shape(), SHAPE_20M, Shape(recurrent=True)], ids=["tiny", "20m", "recurrent"])
def test_the_estimate_of_kept_tokens_is_what_llama_cpp_reports(shape: Shape, make_worker: MakeWorker) -> None:
    path = random_weights(shape, "fit")
    info = make_worker(path, n_ctx=1024, n_sequences=4).info
    fit = estimate_fit(inspect_gguf(path), 1024, info.n_sequences)
    assert fit.kv_bytes == pytest.approx(info.kv_bytes, rel=0.05, abs=70_000)


def test_the_verdict_has_three_steps() -> None:
    fit = Fit(weights_bytes=700, kv_bytes=20, compute_bytes=10, available_bytes=1000)
    assert fit.verdict is Verdict.FITS
    assert replace(fit, kv_bytes=100).verdict is Verdict.TIGHT
    assert replace(fit, kv_bytes=300).verdict is Verdict.TOO_LARGE


GB = 10**9


def test_what_was_measured_comes_first(tmp_path: Path) -> None:
    header = header_of(tmp_path, LLAMA_8B)
    estimate = estimate_fit(header, 8192, 4)
    assert estimate.basis is Basis.ESTIMATE
    known = Measured(8192, 4, 0, 12 * GB)
    exact = estimate_fit(header, 8192, 4, measured=[Measured(2048, 2, 0, 9 * GB), known])
    assert (exact.basis, exact.needed_bytes) == (Basis.MEASURED, 12 * GB)
    other = estimate_fit(header, 8192, 8, measured=[known])
    assert other.basis is Basis.CORRECTED
    assert other.needed_bytes - 12 * GB == other.kv_bytes - exact.kv_bytes
    on_gpu = estimate_fit(header, 8192, 4, n_gpu_layers=-1, measured=[known])
    assert on_gpu.basis is Basis.ESTIMATE
    assert on_gpu.kv_bytes == 0
    assert estimate_fit(header, 8192, 4, freed_bytes=GB).available_bytes > psutil.virtual_memory().total * 0.01


@given(st.integers(2, 64), st.integers(1, 64), st.integers(0, 10**11))
def test_more_sequences_never_take_less(n_few: int, n_more: int, total: int) -> None:
    header = _LLAMA
    measured = [Measured(4096, 8, 0, total)]
    few = estimate_fit(header, 4096, n_few, measured=measured)
    many = estimate_fit(header, 4096, n_few + n_more, measured=measured)
    assert many.needed_bytes > few.needed_bytes > few.weights_bytes


_LLAMA = WeightsHeader(
    path=Path("some.gguf"),
    size_bytes=5 * GB,
    name="some",
    architecture="llama",
    quantisation="Q4_K_M",
    n_params=8 * GB,
    tensor_bytes=5 * GB,
    n_layers=32,
    n_embd=4096,
    n_ff=14_336,
    n_heads=32,
    n_heads_kv=8,
    n_head_dim=256,
    n_ctx_train=8192,
    n_vocab=128_000,
    has_template=True,
    n_kv_values=32 * 2048,
)


def test_a_real_load_corrects_the_next_estimate(make_worker: MakeWorker) -> None:
    path = random_weights(SHAPE_20M, "20m")
    settings = WeightsSettings(path, n_ctx=1024, n_sequences=4)
    worker = make_worker(path, n_ctx=1024, n_sequences=4)

    worker.submit(Generate("a", CHAT, max_tokens=4)).result(timeout=60)
    assert remember_memory(worker.process_id, worker.info, settings) > 50e6
    with open_notes() as notes:
        sha256 = hash_of(path, notes)
        assert sha256 == worker.info.sha256 == plan_load(settings).sha256
        measured = notes.measured(sha256)
    fit = estimate_fit(inspect_gguf(path), 1024, 4, measured=measured)
    assert fit.basis is Basis.MEASURED
    process = psutil.Process(worker.process_id)
    assert fit.needed_bytes == pytest.approx(process.memory_info().rss, rel=0.5)
    assert fit.needed_bytes < estimate_fit(inspect_gguf(path), 1024, 4).needed_bytes
    assert remember_memory(None, worker.info, settings) == 0


def test_what_is_no_weights_is_refused_by_name(tmp_path: Path) -> None:
    small = Head(n_layers=1, n_embd=256, n_heads=4, n_heads_kv=4, n_ff=512, n_vocab=1000)
    for architecture, word in (("clip", "projector"), ("controlvector", "control vector")):
        path = write_head(tmp_path / f"{architecture}.gguf", replace(small, architecture=architecture))
        with pytest.raises(UserError, match=word):
            plan_load(WeightsSettings(path))
