"""Several engines in one memory: real weights in real processes, and scripted ones to see who is loaded when."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.app_settings import AppSettings, Server
from core.errors import UserError
from core.events import OnEvent
from core.inference.engine_choice import EngineChoice, find_server, format_choice, parse_choice, remembered_choice
from core.inference.pool import EnginePool
from core.inference.request import CountTokens, Engine, Finish, Generate, Generated, Message, Score, WeightsSettings
from core.inference.scripted import ScriptedEngine
from core.inference.weights.catalog import house_weights
from core.inference.weights.fit import estimate_fit
from core.inference.weights.gguf_header import inspect_gguf

CHAT = (Message("user", "Vera: Who is there?"),)
N_CTX = 256


@pytest.fixture
def three(tmp_path: Path, weights: Path) -> list[WeightsSettings]:
    """Three files that hold the same weights."""
    paths = [Path(shutil.copy(weights, tmp_path / f"{name}.gguf")) for name in ("one", "two", "three")]
    return [WeightsSettings(path, n_threads=1, n_ctx=N_CTX, n_sequences=2) for path in paths]


def cost_of(choice: WeightsSettings) -> int:
    return estimate_fit(inspect_gguf(choice.path), choice.n_ctx, choice.n_sequences).needed_bytes


class Stable:
    """Makes scripted engines and knows which were made and closed."""

    def __init__(self, delay_s: float = 0.0) -> None:
        self.delay_s = delay_s
        self.made: list[EngineChoice] = []

    def __call__(self, choice: EngineChoice, _on_event: OnEvent) -> Engine:
        self.made.append(choice)
        return ScriptedEngine(lambda request: f"I am {request.lane}. " * 20, delay_s=self.delay_s)


MakePool = Callable[..., EnginePool]


@pytest.fixture
def make_pool() -> Iterator[MakePool]:
    pools: list[EnginePool] = []

    def make(*arguments: object, **options: object) -> EnginePool:
        pools.append(EnginePool(*arguments, **options))  # type: ignore[arg-type]
        return pools[-1]

    yield make
    for pool in pools:
        pool.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "engine-pool"]


def say(engine: Engine, lane: str = "mila", max_tokens: int = 3) -> Generated:
    answer = engine.submit(Generate(lane, CHAT, max_tokens=max_tokens)).result(timeout=60)
    assert isinstance(answer, Generated)
    return answer


def wait_until(is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_nothing_is_loaded_before_it_is_needed_and_one_choice_is_one_engine(
    make_pool: MakePool, three: list[WeightsSettings]
) -> None:
    stable = Stable()
    pool = make_pool(make_engine=stable)
    engine = pool.engine(three[0])
    assert pool.engine(three[0]) is engine
    assert pool.engine(three[1]) is not engine
    assert stable.made == []
    say(engine)
    say(engine)
    assert len(stable.made) == 1
    assert pool.loaded == (three[0],)


def test_the_least_recently_used_makes_room(make_pool: MakePool, three: list[WeightsSettings]) -> None:
    stable = Stable()
    pool = make_pool(make_engine=stable, memory_bytes=cost_of(three[0]) * 5 // 2)
    one, two, other = map(pool.engine, three)
    for engine in (one, two, one):
        say(engine)
    assert pool.loaded == (three[1], three[0])
    say(other)
    assert pool.loaded == (three[0], three[2])
    assert say(two).text
    assert pool.loaded == (three[2], three[1])
    assert len(stable.made) == 4


def test_an_engine_at_work_is_not_unloaded(make_pool: MakePool, three: list[WeightsSettings]) -> None:
    pool = make_pool(make_engine=Stable(delay_s=0.02), memory_bytes=cost_of(three[0]) * 3 // 2)
    writing = pool.engine(three[0]).submit(Generate("mila", CHAT, max_tokens=20))
    wait_until(lambda: pool.loaded == (three[0],))
    waiting = pool.engine(three[1]).submit(Generate("vera", CHAT, max_tokens=2))
    time.sleep(0.1)
    assert pool.loaded == (three[0],)
    assert not waiting.done()
    first, second = writing.result(timeout=10), waiting.result(timeout=10)
    assert isinstance(first, Generated)
    assert isinstance(second, Generated)
    assert first.finish is second.finish is Finish.LENGTH
    assert pool.loaded == (three[1],)


def test_words_are_loaded_for_before_measures(make_pool: MakePool, three: list[WeightsSettings]) -> None:
    pool = make_pool(make_engine=Stable(delay_s=0.02), memory_bytes=cost_of(three[0]) * 3 // 2)
    writing = pool.engine(three[0]).submit(Generate("mila", CHAT, max_tokens=10))
    wait_until(lambda: pool.loaded == (three[0],))
    order: list[str] = []
    blocked = pool.engine(three[1]).submit(Generate("vera", CHAT, max_tokens=1))
    measure = pool.engine(three[2]).submit(Score("vera", CHAT, "I am"), background=True)
    words = pool.engine(three[0]).submit(Generate("mila", CHAT, max_tokens=1))
    for future, name in ((blocked, "words"), (measure, "measure")):
        future.add_done_callback(lambda _settled, name=name: order.append(name))
    for future in (writing, words, blocked, measure):
        future.result(timeout=10)
    wait_until(lambda: len(order) == 2)
    assert order == ["words", "measure"]


def test_a_request_that_waits_for_its_weights_can_be_cancelled(
    make_pool: MakePool, three: list[WeightsSettings]
) -> None:
    stable = Stable(delay_s=0.02)
    pool = make_pool(make_engine=stable, memory_bytes=cost_of(three[0]) * 3 // 2)
    writing = pool.engine(three[0]).submit(Generate("mila", CHAT, max_tokens=30))
    wait_until(lambda: pool.loaded == (three[0],))
    words = pool.engine(three[1]).submit(Generate("vera", CHAT))
    counts = pool.engine(three[1]).submit(CountTokens(("a",)))
    assert words.cancel()
    assert counts.cancel()
    answer = words.result(timeout=1)
    assert isinstance(answer, Generated)
    assert answer.finish is Finish.CANCELLED
    with pytest.raises(CancelledError):
        counts.result(timeout=1)
    writing.result(timeout=10)
    assert len(stable.made) == 1


def test_who_waits_for_memory_keeps_nobody_waiting_who_needs_none(
    make_pool: MakePool, three: list[WeightsSettings]
) -> None:
    pool = make_pool(make_engine=Stable(delay_s=0.02), memory_bytes=cost_of(three[0]) * 3 // 2)
    server = pool.engine(Server(name="Tower", base_url="http://tower.local/v1"))
    writing = pool.engine(three[0]).submit(Generate("mila", CHAT, max_tokens=100))
    wait_until(lambda: pool.loaded == (three[0],))
    measure = pool.engine(three[1]).submit(Score("vera", CHAT, "I am"), background=True)
    words = pool.engine(three[2]).submit(Generate("tor", CHAT, max_tokens=1))
    time.sleep(0.05)
    assert say(server).text
    assert not any(future.done() for future in (writing, measure, words))
    order: list[str] = []
    for future, name in ((words, "words"), (measure, "measure")):
        future.add_done_callback(lambda _settled, name=name: order.append(name))
    assert writing.cancel()
    for future in (words, measure):
        future.result(timeout=10)
    wait_until(lambda: len(order) == 2)
    assert order == ["words", "measure"], "words overtake a measure that was there first"


def test_who_gives_up_waiting_for_memory_makes_way_for_the_next(
    make_pool: MakePool, three: list[WeightsSettings]
) -> None:
    pool = make_pool(make_engine=Stable(delay_s=0.02), memory_bytes=2 * cost_of(three[0]))
    large = replace(three[1], n_ctx=2 * N_CTX)
    assert cost_of(large) > cost_of(three[0])
    writing = pool.engine(three[0]).submit(Generate("mila", CHAT, max_tokens=100))
    wait_until(lambda: pool.loaded == (three[0],))
    blocked = pool.engine(large).submit(Generate("vera", CHAT, max_tokens=1))
    behind = pool.engine(three[2]).submit(Generate("tor", CHAT, max_tokens=1))
    time.sleep(0.1)
    assert not behind.done(), "small weights do not overtake large ones"
    assert blocked.cancel()
    behind.result(timeout=10)
    assert not writing.done()
    writing.cancel()


def test_weights_that_are_not_there_are_the_fault_of_who_asked(
    make_pool: MakePool, three: list[WeightsSettings], tmp_path: Path
) -> None:
    pool = make_pool(make_engine=Stable())
    missing = pool.engine(WeightsSettings(tmp_path / "missing.gguf"))
    with pytest.raises(UserError, match=r"missing\.gguf"):
        say(missing)
    with pytest.raises(UserError, match=r"missing\.gguf"):
        _ = missing.info
    assert say(pool.engine(three[0])).text


def test_each_set_of_weights_gets_its_share(make_pool: MakePool, three: list[WeightsSettings]) -> None:
    stable = Stable()
    many = [replace(choice, n_sequences=64) for choice in three[:2]]
    pool = make_pool(make_engine=stable, memory_bytes=2 * cost_of(replace(three[0], n_sequences=8)))
    for engine in list(map(pool.engine, many)):
        say(engine)
    assert pool.loaded == tuple(many)
    assert [choice.n_sequences for choice in stable.made if isinstance(choice, WeightsSettings)] == [8, 8]


def test_close_cancels_all_and_nothing_more_is_taken(make_pool: MakePool, three: list[WeightsSettings]) -> None:
    pool = make_pool(make_engine=Stable(delay_s=0.05), memory_bytes=cost_of(three[0]) * 3 // 2)
    writing = pool.engine(three[0]).submit(Generate("mila", CHAT))
    wait_until(lambda: pool.loaded == (three[0],))
    waiting = pool.engine(three[1]).submit(Generate("vera", CHAT))
    pool.close()
    for future in (writing, waiting):
        answer = future.result(timeout=1)
        assert isinstance(answer, Generated)
        assert answer.finish is Finish.CANCELLED
    with pytest.raises(UserError, match="closed"):
        pool.engine(three[0]).submit(CountTokens(("a",)))


def test_two_real_weights_take_turns_in_memory_for_one(make_pool: MakePool, three: list[WeightsSettings]) -> None:
    others = {child.pid for child in psutil.Process().children()}
    pool = make_pool(memory_bytes=cost_of(three[0]) * 3 // 2)
    one, two = pool.engine(three[0]), pool.engine(three[1])
    assert one.info.path == str(three[0].path)
    first = say(one, max_tokens=5).text
    assert two.info.path == str(three[1].path)
    assert say(two, max_tokens=5).text == first, "the same weights, the same seed"
    assert say(one, max_tokens=5).text == first
    assert len({child.pid for child in psutil.Process().children()} - others) == 1


def test_choices_are_written_and_read(tmp_path: Path) -> None:
    known = Server(name="Tower", base_url="http://tower.local/v1", has_key=True)
    path = tmp_path / "some.gguf"
    path.write_bytes(b"")
    by_host = Server(name="api.example.org", base_url="https://api.example.org/v1", model="m", has_key=True)
    settings = AppSettings(servers=[known, by_host], n_ctx=512)
    for choice in (
        WeightsSettings(path, n_ctx=512),
        known,
        known.model_copy(update={"model": "big"}),
        by_host,
        find_server(settings, "http://localhost:1234"),
    ):
        assert parse_choice(format_choice(choice, settings), settings) == choice
    assert parse_choice("tower", settings) == known
    assert parse_choice("localhost:1234", settings) == find_server(settings, "http://localhost:1234")
    with pytest.raises(UserError, match="No server “cellar” is known here"):
        parse_choice("cellar", settings)


NAMES = st.text(st.characters(exclude_characters="#", exclude_categories=["Cs"]), min_size=1, max_size=20).filter(
    lambda name: name == name.strip()
)
HOSTS = st.from_regex(r"[a-z]{1,8}\.example(:[1-9][0-9]{0,3})?", fullmatch=True)
KNOWN = st.tuples(NAMES, HOSTS) | HOSTS.map(lambda host: (host, host))
"""Names and hosts of servers; one that was added without a name is called by its host."""


@given(
    st.lists(KNOWN, max_size=3, unique_by=lambda known: known[0].casefold()),
    HOSTS,
    st.text(st.characters(exclude_categories=["Cs"])),
)
def test_each_choice_of_a_server_survives_being_written(known: list[tuple[str, str]], host: str, model: str) -> None:
    servers = [Server(name=name, base_url=f"https://{at}/v1", n_ctx=4096, has_key=True) for name, at in known]
    settings = AppSettings(servers=servers)
    for wanted in (*servers, find_server(settings, f"https://{host}")):
        choice = wanted.model_copy(update={"model": model})
        assert parse_choice(format_choice(choice, settings), settings) == choice


def test_what_plays_is_remembered() -> None:
    assert remembered_choice(AppSettings()) == WeightsSettings(house_weights())
    server = Server(name="Tower", base_url="http://tower.local/v1")
    assert remembered_choice(AppSettings(servers=[server], server="tower")) == server
    assert remembered_choice(AppSettings(server="tower")) == WeightsSettings(house_weights()), "it was forgotten"
