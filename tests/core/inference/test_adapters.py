"""LoRAs and control vectors on real weights: what they change, what they leave alone, and how contexts are shared."""

import shutil
from contextlib import closing
from pathlib import Path

import numpy as np
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.app_settings import Server
from core.errors import UserError
from core.inference.batching.desks import MAX_ADAPTED
from core.inference.llama import Chunk, Context, Stop, Weights
from core.inference.request import (
    Adapter,
    AdapterKind,
    Diverge,
    Diverged,
    Generate,
    Generated,
    Layout,
    Sampling,
    Score,
    Scored,
    Shadow,
)
from core.inference.scripted import ScriptedEngine
from core.inference.servers.remote import RemoteEngine
from core.inference.steering.adapters import adapter_kind, effective
from core.inference.unsupported import Unsupported
from core.inference.worker import Worker
from tests.core.inference.conftest import CHAT, MakeWorker
from tests.random_adapters import random_control_vector, random_lora
from tests.random_weights import Shape, random_weights

DEEP = Shape(n_layers=4)
WORDS = " katomi bagu lodi ruza"
TOKENS = [int(token) for token in np.random.default_rng(1).integers(0, 700, 30)]


@pytest.fixture
def lora(tmp_path: Path) -> Adapter:
    return Adapter(AdapterKind.LORA, random_lora(tmp_path / "lora.gguf"))


@pytest.fixture
def control(tmp_path: Path) -> Adapter:
    return Adapter(AdapterKind.CONTROL, random_control_vector(tmp_path / "control.gguf"), scale=2.0)


def scored(worker: Worker, *adapters: Adapter, lane: str = "mila") -> tuple[float, ...]:
    result = worker.submit(Score(lane, CHAT, WORDS, adapters)).result(60)
    assert isinstance(result, Scored)
    return result.logprobs


def generated(worker: Worker, *adapters: Adapter, lane: str = "mila") -> Generated:
    request = Generate(lane, CHAT, 20, Sampling(seed=3), adapters=adapters)
    result = worker.submit(request).result(60)
    assert isinstance(result, Generated)
    return result


def logits(weights: Weights, *adapters: Adapter) -> np.ndarray:
    context = Context(
        weights, n_ctx=256, n_sequences=2, n_threads=1, n_batch=64, layout=Layout.APART, adapters=adapters
    )
    found = context.decode([Chunk(TOKENS, 0, 0, 1)])
    assert not isinstance(found, Stop)
    context.close()
    return found[0]


def scaled(adapter: Adapter, scale: float, **layers: int) -> Adapter:
    return Adapter(adapter.kind, adapter.path, scale, **layers)


@pytest.mark.parametrize("name", ["lora", "control"])
def test_more_of_an_adapter_changes_more(name: str, request: pytest.FixtureRequest) -> None:
    adapter = request.getfixturevalue(name)
    weights = Weights(random_weights(), n_gpu_layers=0, safe_mode=False, on_progress=lambda: None)
    plain = logits(weights)
    little, much = (float(np.abs(logits(weights, scaled(adapter, scale)) - plain).mean()) for scale in (0.5, 2.0))
    assert 0 < little < much
    assert np.array_equal(logits(weights, scaled(adapter, 0.0)), plain)
    assert np.array_equal(logits(weights), plain), "the weights themselves stay as they are"
    weights.close()


def test_opposite_control_vectors_cancel_each_other(control: Adapter) -> None:
    weights = Weights(random_weights(), n_gpu_layers=0, safe_mode=False, on_progress=lambda: None)
    assert np.array_equal(logits(weights, control, scaled(control, -2.0)), logits(weights))
    weights.close()


def test_a_control_vector_acts_in_its_layers_alone(tmp_path: Path) -> None:
    path = random_control_vector(tmp_path / "deep.gguf", DEEP)
    weights = Weights(random_weights(DEEP, "deep"), n_gpu_layers=0, safe_mode=False, on_progress=lambda: None)
    plain = logits(weights)

    def steered(first: int, last: int) -> np.ndarray:
        return logits(weights, Adapter(AdapterKind.CONTROL, path, 2.0, first, last))

    assert np.array_equal(steered(4, 9), plain)
    assert np.array_equal(steered(3, 2), plain)
    assert not np.array_equal(steered(1, 1), steered(2, 2))
    assert np.array_equal(steered(1, -1), steered(0, 3))
    weights.close()


def test_adapters_change_an_answer_and_no_other(make_worker: MakeWorker, lora: Adapter, control: Adapter) -> None:
    worker, other = make_worker(), make_worker()
    plain = scored(other)
    assert scored(worker, scaled(lora, 0.0), scaled(control, 0.0)) == plain
    changed = {scored(worker, lora), scored(worker, control), scored(worker, lora, control)}
    assert len(changed) == 3
    assert plain not in changed
    assert scored(worker) == plain
    assert scored(worker, control, lora) == scored(worker, lora, control)
    assert generated(worker, scaled(lora, 0.0)).text == generated(other).text


def test_words_in_several_contexts_at_once_are_those_of_each_alone(
    make_worker: MakeWorker, lora: Adapter, control: Adapter
) -> None:
    sets = [(), (lora,), (control,), (lora, control)]
    worker, other = make_worker(), make_worker()
    futures = [worker.submit(Generate("mila", CHAT, 20, Sampling(seed=3), adapters=adapters)) for adapters in sets]
    together = [future.result(60) for future in futures]
    alone = [generated(other, *adapters) for adapters in sets]
    assert [one.token_ids for one in together if isinstance(one, Generated)] == [one.token_ids for one in alone]
    assert len({one.token_ids for one in alone}) > 1


def test_what_a_context_has_read_holds_for_its_adapters_alone(worker: Worker, lora: Adapter) -> None:
    assert generated(worker).usage.n_reused_tokens == 0
    assert generated(worker, lora).usage.n_reused_tokens == 0
    assert generated(worker, lora).usage.n_reused_tokens > 10


def test_shadows_weigh_with_the_adapters_of_the_answer(make_worker: MakeWorker, control: Adapter) -> None:
    worker, other = make_worker(), make_worker()
    bare = CHAT[1:]
    shadows = (Shadow("bare", bare, distributions=True),)
    request = Generate("mila", CHAT, 12, Sampling(seed=3), shadows=shadows, adapters=(control,))
    answer = worker.submit(request).result(60)
    assert isinstance(answer, Generated)
    weigh = Diverge("mila", CHAT, "bare", bare, answer.token_ids, (control,))
    found = [engine.submit(weigh, background=True).result(60) for engine in (worker, other)]
    assert isinstance(found[0], Diverged)
    assert isinstance(found[1], Diverged)
    assert found[0].kl == pytest.approx(found[1].kl, abs=1e-3)
    assert found[0].usage.n_reused_tokens > found[1].usage.n_reused_tokens


def test_more_sets_than_contexts_are_served_all_the_same(worker: Worker, control: Adapter) -> None:
    sets = [scaled(control, scale) for scale in range(1, MAX_ADAPTED + 4)]
    requests = [Generate("mila", CHAT, 8, Sampling(seed=3), adapters=(one,)) for one in sets]
    together = [future.result(60) for future in [worker.submit(request) for request in requests]]
    alone = [worker.submit(request).result(60) for request in requests]
    assert [one.text for one in together if isinstance(one, Generated)] == [
        one.text for one in alone if isinstance(one, Generated)
    ]


def test_a_file_that_changed_is_read_again(worker: Worker, control: Adapter) -> None:
    before = scored(worker, control)
    random_control_vector(control.path, seed=9)
    assert scored(worker, control) != before


def test_a_worker_that_died_goes_on_with_the_adapters(worker: Worker, lora: Adapter) -> None:
    before = scored(worker, lora)
    assert worker.process_id is not None
    psutil.Process(worker.process_id).kill()
    assert scored(worker, lora) == before


def test_files_that_do_not_fit_are_named(worker: Worker, lora: Adapter, control: Adapter, tmp_path: Path) -> None:
    random_lora(tmp_path / "gemma.gguf", architecture="gemma2")
    random_lora(tmp_path / "wide.gguf", Shape(n_embd=128))
    random_control_vector(tmp_path / "wide_control.gguf", Shape(n_embd=128))
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(lora.path.read_bytes()[:-900])
    for kind, name, says in (
        ("lora", "gemma.gguf", "was made for gemma2 weights, and these are llama"),
        ("lora", "wide.gguf", "does not fit"),
        ("lora", "control.gguf", "is no LoRA"),
        ("lora", "cut.gguf", "is cut off"),
        ("lora", "nowhere.gguf", "cannot be read"),
        ("control", "wide_control.gguf", "was made for 2 layers of 128 numbers"),
        ("control", "lora.gguf", "is no control vector"),
    ):
        with pytest.raises(UserError, match=says):
            scored(worker, Adapter(AdapterKind(kind), tmp_path / name))
    with pytest.raises(UserError, match="is not a number"):
        scored(worker, scaled(lora, float("nan")))
    assert scored(worker, lora) != scored(worker), "the worker goes on"


def test_kinds_are_told_by_the_files(lora: Adapter, control: Adapter, tmp_path: Path) -> None:
    assert adapter_kind(lora.path) is AdapterKind.LORA
    assert adapter_kind(control.path) is AdapterKind.CONTROL
    with pytest.raises(UserError, match="is no adapter"):
        adapter_kind(shutil.copy(random_weights(), tmp_path / "weights.gguf"))


def test_what_cannot_take_adapters_says_so(lora: Adapter) -> None:
    engines = (
        RemoteEngine(Server(name="Nowhere", base_url="http://127.0.0.1:9")),
        ScriptedEngine(lambda request: "So."),
    )
    for engine in engines:
        with closing(engine), pytest.raises(Unsupported):
            engine.submit(Score("mila", CHAT, WORDS, (lora,))).result(60)


adapters = st.builds(
    Adapter, st.sampled_from(AdapterKind), st.sampled_from([Path("a"), Path("b")]), st.sampled_from([0.0, 1.0, -0.5])
)


@given(st.lists(adapters, max_size=5), st.randoms())
def test_sets_are_equal_however_they_are_written(written: list[Adapter], random: object) -> None:
    shuffled = list(written)
    random.shuffle(shuffled)
    assert effective(written) == effective(shuffled)
    assert set(effective(written)) == {one for one in written if one.scale}
