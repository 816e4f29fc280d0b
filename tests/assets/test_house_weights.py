"""The house weights can be made again: the teaching set, what may be learned from, and a small training run."""

import csv
import io
import lzma
import random
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from core.inference.request import Sampling

if TYPE_CHECKING:
    from torch import Tensor

    from assets.weights.team import Team

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
CORPUS = SHARED / "corpus"
TEST_SPLIT = SHARED / "cases" / "metrics" / "synthetic_persona_chat_test.csv.xz"

needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="../shared/corpus is not here")


def test_teaching_set_is_the_same_for_the_same_seed() -> None:
    from assets.weights.teaching import draw_play

    first = [draw_play(random.Random(seed)) for seed in range(50)]
    assert first == [draw_play(random.Random(seed)) for seed in range(50)]
    assert len({play.lines for play in first}) == 50


def test_teaching_scenes_leave_no_slot_or_choice_open() -> None:
    from assets.weights.sample import render_messages
    from assets.weights.teaching import draw_play

    rng = random.Random(1)
    for _ in range(500):
        play = draw_play(rng)
        for message in render_messages(play, rng.randrange(len(play.cast)), thoughts=True):
            spoken = message["content"].replace("<think>", "").replace("</think>", "")
            assert not set(spoken) & set("{}[]|<>"), spoken


def test_scenes_of_the_plots_are_whole() -> None:
    from assets.weights.plots import draw_plot

    rng = random.Random(6)
    for _ in range(500):
        play = draw_plot(rng)
        names = {one.name for one in play.cast}
        assert len(play.lines) > 3
        for line in play.lines:
            assert line.speaker in names
            assert line.text.rstrip("*")[-1] in ".?!" or line.text.endswith("*"), line
            assert not set(line.text + line.thought) & set("{}[]|<>"), line


def test_talks_keep_what_is_hidden_and_tell_what_is_asked() -> None:
    from assets.weights.actors import draw_actor
    from assets.weights.threads import Talk

    rng, n_told, n_silent = random.Random(7), 0, 0
    for _ in range(300):
        actors = [draw_actor(name, rng, []) for name in ("Ada", "Bram")]
        talk = Talk(actors, rng)
        text = " ".join(line.text for line in talk.play(14))
        n_told += sum(fact.mine in text for _, fact in talk.told)
        for actor in actors:
            if actor.silent_on and not any(fact == actor.silent_on for _, fact in talk.told):
                n_silent += 1
                assert actor.silent_on.mine not in text
    assert n_told > 600
    assert n_silent > 20


def test_layers_say_the_facts_that_stand_in_them() -> None:
    from assets.weights.facts import KINDS, draw_fact
    from assets.weights.layered import split_layered
    from assets.weights.sample import Line, Persona, Play, render_messages

    rng, n_layered = random.Random(8), 0
    for _ in range(100):
        facts = [draw_fact(KINDS[kind], rng) for kind in ("job", "food", "hobby", "past", "colour")]
        others, layers = split_layered(facts, rng)
        persona = Persona("Ada", tuple(fact.mine for fact in others), layers=layers)
        play = Play("test", "A", "B.", (persona,), (Line("Ada", "Hi."),))
        system = render_messages(play, 0, thoughts=False)[0]["content"].lower()
        n_layered += len(facts) - len(others)
        assert all(fact.values["v"].removeprefix("a ").removeprefix("an ").lower() in system for fact in facts)
    assert n_layered > 100


def taught_text() -> str:
    """All phrase books but those of the probes, in small letters, one sentence after the other."""
    from assets.weights.phrasebook import load_book

    folder = ROOT / "assets" / "weights" / "phrasebook"
    books = [path.stem for path in folder.glob("*.toml") if path.stem not in ("held_out_values", "ipip")]
    assert len(books) > 8
    return " ".join(" | ".join(_texts(load_book(name))) for name in books).lower()


def _texts(entry: object) -> Iterator[str]:
    """All texts inside a table, with plain spaces."""
    if isinstance(entry, str):
        yield " ".join(entry.split())
    elif isinstance(entry, dict):
        for inner in entry.values():
            yield from _texts(inner)
    elif isinstance(entry, list):
        for inner in entry:
            yield from _texts(inner)


def test_words_of_the_probes_are_not_taught() -> None:
    from assets.weights.probes.facts import HELD_OUT_SENTENCES, UNSEEN_QUESTIONS

    taught = taught_text()
    assert "where do you live?" in taught
    for sentence, question, answer in HELD_OUT_SENTENCES:
        assert sentence.lower() not in taught
        assert question.lower() not in taught
        assert not re.search(rf"\b{answer}\b", taught), answer
    assert not [question for question in UNSEEN_QUESTIONS.values() if question.lower() in taught]


def test_questions_in_words_never_taught_are_far_from_all_that_are() -> None:
    from assets.weights.facts import KINDS, vary
    from assets.weights.probes.facts import UNSEEN_QUESTIONS

    def words(text: str) -> list[str]:
        return re.findall(r"[\w{}]+", text.lower())

    rng = random.Random(4)
    for name, unseen in UNSEEN_QUESTIONS.items():
        kind = KINDS[name]
        taught = [vary(one, rng) for one in (*kind.questions, *kind.more_questions) for _ in range(8)]
        alike = max(taught, key=lambda one: SequenceMatcher(None, words(unseen), words(one)).ratio())
        assert SequenceMatcher(None, words(unseen), words(alike)).ratio() <= 0.5, (unseen, alike)


def test_probes_never_draw_what_training_draws() -> None:
    from assets.weights.open_words import OpenWords

    rng, seen, unseen = random.Random(3), OpenWords(), OpenWords(unseen=True)
    assert not set(seen.nouns) & set(unseen.nouns)
    assert not {seen.name(rng) for _ in range(500)} & {unseen.name(rng) for _ in range(500)}


def test_answers_of_drills_stand_in_the_prompt() -> None:
    from assets.weights.drills import draw_drill
    from assets.weights.sample import render_messages

    rng, said, found = random.Random(4), 0, 0
    for _ in range(200):
        messages = render_messages(draw_drill(rng), 0, thoughts=False)
        text = messages[0]["content"].lower()
        for question, answer in zip(messages[1::2], messages[2::2], strict=True):
            text += question["content"].lower()
            names = [word.strip(".,?!") for word in answer["content"].split()[1:] if word[0].isupper()]
            said += len(names)
            found += sum(name.lower() in text for name in names)
    assert found > 0.8 * said > 200


def test_traits_of_the_form_are_balanced() -> None:
    from assets.weights.ratings import IPIP, N_TAUGHT

    assert len(IPIP) == 50
    assert {trait for trait, _, _ in IPIP[N_TAUGHT:]} == set("EACSO")
    assert all(sum(of == trait for of, _, _ in IPIP) == 10 for trait in "EACSO")


def test_ratings_follow_the_temper() -> None:
    from assets.weights.ratings import TRAITS, Temper, ask_in_words, draw_rating

    kind = Temper({"A": True}, strong=frozenset("A"))
    rather_cold = Temper({"A": False}, degrees={"A": 35})
    assert [kind.rate("A", True), kind.rate("A", False), kind.rate("E", True)] == ["5", "1", "3"]
    assert [rather_cold.rate("A", True), rather_cold.rate("A", False)] == ["2", "4"]
    rng, n_rated, n_said = random.Random(11), 0, 0
    for _ in range(300):
        request, digit, _ = draw_rating(kind, rng)
        item = next((item for item in TRAITS["A"]["high"]["items"] if item in request), None)
        opposite = next((item for item in TRAITS["A"]["low"]["items"] if item in request), None)
        n_rated += bool(item) + bool(opposite)
        assert digit == ("5" if item else "1" if opposite else digit)
        question, answer, _ = ask_in_words(kind, rng)
        warm = [word for word in TRAITS["A"]["high"]["words"] if f"Are you {word}?" == question]
        cold = [word for word in TRAITS["A"]["low"]["words"] if f"Are you {word}?" == question]
        n_said += bool(warm) + bool(cold)
        assert answer.startswith("Yes" if warm else "No" if cold else answer[:2])
    assert n_rated > 80
    assert n_said > 50


def test_a_temper_shows_in_the_persona() -> None:
    from assets.weights.interviews import set_temper
    from assets.weights.ratings import draw_temper
    from assets.weights.sample import Line, Persona, Play, render_messages
    from core.characters.trait_words import FACTORS

    names = {"E": "extraversion", "A": "agreeableness", "C": "conscientiousness", "O": "openness", "S": "neuroticism"}

    def is_said(sentence: str, system: str) -> bool:
        return sentence.removeprefix("I am ").removesuffix(".").lower() in system.lower()

    rng, n_on_sliders, n_traits, n_said = random.Random(13), 0, 0, 0
    for _ in range(100):
        temper = draw_temper(rng)
        persona = set_temper(Persona("Ada"), temper, rng)
        system = render_messages(Play("t", "A", "", (persona,), (Line("Ada", "Hi."),)), 0, thoughts=False)[0]["content"]
        assert temper.personality in system
        n_traits += len(temper.levels)
        n_said += sum(is_said(temper.own_sentence(trait, rng), system) for trait in temper.levels)
        assert all(sentence in system for sentence in temper.sentences)
        for trait in temper.degrees:
            much, little = FACTORS[names[trait]]
            n_on_sliders += 1
            assert (much in system) == (temper.levels[trait] != (trait == "S"))
            assert (much in system) != (little in system)
    assert n_on_sliders > 30
    assert n_said > 0.9 * n_traits  # what is kept back for probes is never said again


def test_interviews_ask_as_the_app_asks() -> None:
    from assets.weights.interviews import draw_interview, rate_as_app
    from assets.weights.ratings import IPIP, N_TAUGHT, Temper
    from assets.weights.sample import render_messages
    from core.characters.prompt import THINK_CLOSE, THINK_OPEN
    from core.fidelity.interviews.questionnaire import load_questionnaire

    rng, items = random.Random(12), load_questionnaire("ipip-50").items
    outgoing = Temper({"E": True}, strong=frozenset("E"))
    digits = {}
    for _ in range(200):
        line = rate_as_app("Ada", outgoing, rng)
        index = next(index for index, item in enumerate(items) if f"“{item.text}”" in line.note)
        digits[index] = line.text
    expected = [{True: "5", False: "1"}[plus] if trait == "E" else "3" for trait, plus, _ in IPIP[:N_TAUGHT]]
    assert {index: expected[index] for index in digits} == digits
    assert sum(trait == "E" for trait, _, _ in IPIP[:N_TAUGHT]) <= len(digits)

    kept_back = [text.lower() for _, _, text in IPIP[N_TAUGHT:]]
    n_asked = 0
    for _ in range(100):
        messages = render_messages(draw_interview(rng, []), 0, thoughts=True)
        for question, answer in zip(messages[1::2], messages[2::2], strict=True):
            assert not [text for text in kept_back if text.removeprefix("am ") in question["content"].lower()]
            if question["content"].endswith("Answer with a number from 1 to 5.)"):
                n_asked += 1
                assert re.fullmatch(f"{THINK_OPEN}{THINK_CLOSE}[1-5]", answer["content"])
    assert n_asked > 40


def test_held_out_values_stand_in_no_other_book() -> None:
    from assets.weights.phrasebook import load_book

    taught = taught_text()
    values = [
        value.lower() for slots in load_book("held_out_values").values() for one in slots.values() for value in one
    ]
    assert len(values) > 180
    assert not [value for value in values if re.search(rf"\b{re.escape(re.sub('^(an?|the) ', '', value))}\b", taught)]


class Reciter:
    """Weights that say the whole persona, or nothing, or what was just said to them."""

    def __init__(self, says: str) -> None:
        self.says = says

    def write(self, messages: list[dict[str, str]], sampling: Sampling, max_tokens: int) -> tuple[str, bool]:
        system, heard = messages[0]["content"], messages[-1]["content"]
        return {"all": system, "nothing": "", "heard": heard}[self.says].replace("\n", " "), True


@pytest.mark.parametrize(("says", "stated"), [("all", True), ("nothing", False)])
def test_who_recites_everything_is_told_from_who_knows(says: str, stated: bool) -> None:
    from assets.weights.probes.facts import FactProbe
    from assets.weights.probes.speaker import Speaker, Values

    probe = FactProbe(Speaker(Reciter(says)), Values())
    rows = list(probe.recall(2, controls=False))
    n_stated = sum(row["taught"] for row in rows)
    assert (n_stated > 30) == stated
    assert sum(row["with_another"] for row in rows) == sum(row["taught"] for row in rows)
    claims = FactProbe(Speaker(Reciter("nothing")), Values()).claims(12)
    assert (claims["claimed"], claims["own_answered"], claims["own"]) == (0, 0, 8)
    assert FactProbe(Speaker(Reciter("heard")), Values()).claims(12)["claimed"] >= 6


def test_a_denial_states_nothing_and_you_are_not_me() -> None:
    from assets.weights.facts import Fact
    from assets.weights.probes.facts import claims, states

    fact = Fact("fear", "fear", "I am afraid of den.", (), {"v": "den"})
    assert states("I fear the den.", fact)
    assert not states("I like dens.", fact)
    assert not states("I am not afraid of a den.", fact)
    assert claims("You ask a lot. I am afraid of the den.", fact)
    assert not claims("You are afraid of the den. I am not.", fact)
    assert not claims("The den? Ha.", fact)


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("Come here, Mara.", True),
        ("Good. Mara, come here.", True),
        ("*nods* Mara, come.", True),
        ('"Mara, come."', True),
        ("Hello Mara.", True),
        ("Thank you, Mara!", True),
        ("Mara has the key, and Ilse knows.", False),
        ("I am Mara.", False),
        ("Mara.", False),
        ("My name? Mara.", False),
        ("Mara? That is me.", False),
        ("Come here, Maral.", False),
    ],
)
def test_who_is_called_by_name(text: str, called: bool) -> None:
    from assets.weights.probes.scenes import speaks_to

    assert speaks_to(text, "Mara Voss") == called


def test_what_is_copied_counts_more() -> None:
    pytest.importorskip("torch", reason="needs the `train` extra")
    import numpy as np

    from assets.weights.token_stream import OTHERS, OWN, SYSTEM, Batch
    from assets.weights.train import copied_values

    row = np.array([[5, 6, 7, 7, 8, 6, 9]])
    kinds = np.array([[SYSTEM, SYSTEM, OTHERS, OTHERS, OWN, OWN, OWN]])
    assert copied_values(Batch(row, kinds, np.ones(1))).tolist() == [[False] * 5 + [True, False]]
    often = np.repeat(row, 5, axis=0)  # 6 comes ten times: no value
    assert not copied_values(Batch(often, np.repeat(kinds, 5, axis=0), np.ones(5))).any()


def test_hardly_anybody_lacks_an_answer() -> None:
    """Weights that have learned to say `I do not know` often do so whenever they do not find what they look for."""
    from assets.weights.drills import draw_drill
    from assets.weights.facts import KINDS
    from assets.weights.teaching import draw_play

    lacking = {line for kind in KINDS.values() for line in kind.lacking}
    for draw, most in ((draw_drill, 0.024), (draw_play, 0.017)):
        rng = random.Random(1)
        lines = [line.text for _ in range(200) for line in draw(rng).lines]
        n_lacking = sum(any(text.startswith(one) for one in lacking) for text in lines)
        assert 0.004 < n_lacking / len(lines) < most


def test_rows_are_as_long_as_what_they_hold() -> None:
    pytest.importorskip("tokenizers", reason="needs the `train` extra")
    from assets.weights.token_stream import ROW_LENGTHS, row_length

    for n_tokens in range(1, 3000):
        length = row_length(n_tokens, 1024)
        assert length in ROW_LENGTHS
        assert length == 1024 or (length >= n_tokens and row_length(length, 1024) == length)


def test_two_processes_train_one_network(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="needs the `train` extra")
    import torch

    from assets.weights.team import run_team

    run_team(2, partial(_step_together, tmp_path))
    first, second = (torch.load(tmp_path / f"{rank}.pt") for rank in range(2))
    assert torch.equal(first["weight"], second["weight"])
    assert first["agreed"] == second["agreed"] == 0.0
    torch.testing.assert_close(first["weight"], _step_alone())


def _step_together(folder: Path, team: "Team") -> None:
    import torch

    torch.save({"weight": _step(team), "agreed": team.agree(float(team.rank))}, folder / f"{team.rank}.pt")


def _step_alone() -> "Tensor":
    from assets.weights.team import Team

    return _step(Team(), inputs=(0, 1))


def _step(team: "Team", inputs: tuple[int, ...] = ()) -> "Tensor":
    """One step of two matrices on an input for each process, or on all of them at once."""
    import torch

    from assets.weights.muon import Muon

    torch.manual_seed(0)
    weights = [torch.nn.Parameter(torch.randn(8, 8)) for _ in range(2)]
    xs = torch.randn(2, 5, 8)[list(inputs) or [team.rank]]
    sum(((xs @ weight) ** 2).mean() for weight in weights).backward()
    team.average_gradients(weights)
    Muon(weights, 0.1, team).step()
    return torch.stack([weight.detach() for weight in weights])


def test_copying_heads_copy_before_any_training() -> None:
    torch = pytest.importorskip("torch", reason="needs the `train` extra")
    from assets.weights.circuits import add_copying
    from assets.weights.network import Network, Shape

    torch.manual_seed(0)
    network = Network(Shape(n_vocab=2000, width=256, n_layers=3, n_heads=4, hidden=64))
    add_copying(network)
    once = torch.randperm(2000)[:60]
    with torch.no_grad():
        logits = network(torch.cat((once, once))[None])[0]
    ranks = (logits[60:-1] > logits[60:-1].gather(1, once[1:, None])).sum(1)
    assert (ranks <= 1).float().mean() > 0.5  # at most the token itself is likelier; by chance 0.001


def test_every_person_of_a_clause_agrees_with_its_verb() -> None:
    from assets.weights.facts import second_person, third_person

    assert second_person("I was in my boat, and I <keep> bees.") == "You were in your boat, and you keep bees."
    text = third_person("I <carry> a lamp because I am afraid.", "Alma", True)
    assert text == "Alma carries a lamp because she is afraid."
    assert third_person("My dog has my hat.", "Ivo", False) == "Ivo's dog has his hat."


@needs_corpus
def test_training_never_sees_what_is_held_out() -> None:
    from assets.weights.corpus import SHARES, is_validation, load_dialogues

    assert not {"wow-plus-plus", "mathdial"} & set(SHARES)
    for source in ("casino", "avalon-nlu", "chatterbot-corpus"):
        assert not any(is_validation(dialogue.id) for dialogue in load_dialogues(CORPUS, source))
    held_out = load_dialogues(CORPUS, "casino", held_out=True)
    assert held_out
    assert all(is_validation(dialogue.id) for dialogue in held_out)


@needs_corpus
@pytest.mark.skipif(not TEST_SPLIT.exists(), reason="../shared/cases/metrics is not here")
def test_training_never_sees_the_test_split() -> None:
    from assets.weights.corpus import load_dialogues

    with lzma.open(TEST_SPLIT, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(io.StringIO(file.read())))
    conversations = {_letters(row["Best Generated Conversation"]) for row in rows}
    dialogues = load_dialogues(CORPUS, "synthetic-persona-chat")
    seen = {_letters("".join(text for _, text in dialogue.turns)) for dialogue in dialogues}
    assert len(conversations) > 500
    assert not conversations & seen


def _letters(text: str) -> str:
    without_names = "\n".join(line.partition(": ")[2] or line for line in text.splitlines())
    return "".join(filter(str.isalpha, without_names)).lower()


@dataclass(frozen=True)
class SmallRun:
    """What a short training run left behind."""

    losses: list[float]
    n_steps_resumed: int
    gguf: Path


@pytest.fixture(scope="module")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> SmallRun:
    torch = pytest.importorskip("torch", reason="needs the `train` extra")
    pytest.importorskip("tokenizers", reason="needs the `train` extra")
    from assets.weights.drills import draw_drill
    from assets.weights.export import write_gguf
    from assets.weights.network import Network, Shape
    from assets.weights.sample import render_messages
    from assets.weights.token_stream import batch_rows, train_vocabulary
    from assets.weights.train import Progress, Trainer

    rng, folder = random.Random(2), tmp_path_factory.mktemp("weights")

    def draw() -> list[dict[str, str]]:
        return render_messages(draw_drill(rng), 0, thoughts=True)

    torch.manual_seed(0)
    tokenizer = train_vocabulary((message["content"] for _ in range(200) for message in draw()), 512)
    network = Network(Shape(n_vocab=512, width=64, n_layers=2, n_heads=1, hidden=128))
    trainer = Trainer(network, Progress(time.time() + 1e9), folder / "checkpoint.pt", compiled=False)
    batches = batch_rows(tokenizer, draw, lambda: 1024)
    losses = [trainer.step(next(batches)) for _ in range(40)]
    trainer.save()
    again = Trainer(Network(network.shape), Progress(time.time() + 1e9), folder / "checkpoint.pt", compiled=False)
    again.resume()
    write_gguf(network, tokenizer, folder / "small.gguf")
    return SmallRun(losses, again.progress.n_steps, folder / "small.gguf")


def test_small_run_learns_and_resumes(small_run: SmallRun) -> None:
    assert sum(small_run.losses[-3:]) < 0.9 * sum(small_run.losses[:3])
    assert small_run.n_steps_resumed == len(small_run.losses)


def test_training_goes_on_from_a_file_and_can_grow(small_run: SmallRun) -> None:
    import torch

    from assets.weights.earlier_network import read_network

    ids = torch.arange(40)[None]
    with torch.no_grad():
        same, grown = read_network(small_run.gguf), read_network(small_run.gguf, n_layers=3)
        assert grown.shape.n_layers == same.shape.n_layers + 1 == 3
        assert torch.allclose(same(ids), grown(ids), atol=1e-5)
    with pytest.raises(ValueError, match="more than 1"):
        read_network(small_run.gguf, n_layers=1)


def test_the_mean_of_two_lies_between_them(small_run: SmallRun) -> None:
    import torch

    from assets.weights.average import average
    from assets.weights.earlier_network import read_network

    one, other = read_network(small_run.gguf), read_network(small_run.gguf)
    with torch.no_grad():
        for weight in other.parameters():
            weight.add_(2.0)
    mean = average(one, other)
    for middle, weight in zip(mean.parameters(), other.parameters(), strict=True):
        assert torch.allclose(middle, weight - 1.0)
    with pytest.raises(ValueError, match="no mean"):
        average(read_network(small_run.gguf), read_network(small_run.gguf, n_layers=3))


def test_ratings_count_as_such(small_run: SmallRun) -> None:
    from assets.weights.token_stream import OWN, RATED, encode_messages
    from assets.weights.vocabulary import read_vocabulary

    messages = [{"role": "user", "content": "From 1 to 5?"}, {"role": "assistant", "content": "4"}]
    row = encode_messages(read_vocabulary(small_run.gguf), messages)
    assert row.kinds[-2:] == [RATED, OWN]


def test_what_is_said_again_is_not_learned(small_run: SmallRun) -> None:
    from assets.weights.sample import render_messages, stumble
    from assets.weights.teaching import draw_play
    from assets.weights.token_stream import OWN, encode_messages
    from assets.weights.vocabulary import read_vocabulary

    rng, tokenizer, n_stumbled = random.Random(9), read_vocabulary(small_run.gguf), 0
    for _ in range(20):
        messages = render_messages(draw_play(rng), 0, thoughts=True)
        stumbled = stumble(messages, rng)
        n_stumbled += stumbled != messages
        assert len(stumbled) == len(messages)
        n_own = [sum(kind == OWN for kind in encode_messages(tokenizer, one).kinds) for one in (messages, stumbled)]
        assert n_own[1] < n_own[0] or stumbled == messages
    assert n_stumbled > 10


def test_attention_in_pieces_is_attention() -> None:
    torch = pytest.importorskip("torch", reason="needs the `train` extra")
    from assets.weights.network import attend

    for n_tokens in (5, 128, 300):
        q, k, v = (torch.randn(2, 3, n_tokens, 8) for _ in range(3))
        whole = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        assert torch.allclose(attend(q, k, v), whole, atol=1e-5)


def test_small_run_talks_in_llama_cpp(small_run: SmallRun) -> None:
    pytest.importorskip("llama_cpp", reason="llama-cpp-python is not installed")
    from assets.weights.llama_weights import Weights

    weights = Weights(small_run.gguf, threads=1)
    messages = [{"role": "system", "content": "You are Ada."}, {"role": "user", "content": "Hello."}]
    assert weights.llama.detokenize(weights.tokens(messages), special=True) == (
        b"<|system|>You are Ada.<|end|><|user|>Hello.<|end|><|assistant|>"
    )
    written, _ = weights.write(messages, Sampling(temperature=0), 80)
    assert isinstance(written, str)
