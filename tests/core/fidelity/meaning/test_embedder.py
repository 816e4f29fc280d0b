"""The house embedder: any text has a vector, alike texts lie close, and who speaks is found by what they say."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import UserError
from core.fidelity.meaning.embedder import FILE_NAME, FORMAT, Embedder, house_embedder
from core.fidelity.meaning.word_pieces import WordPieces

ROOT = Path(__file__).resolve().parents[4]
SHARED = ROOT.parent / "shared"
CORPUS = SHARED / "corpus"
TEST_SPLIT = SHARED / "cases" / "metrics" / "synthetic_persona_chat_test.csv.xz"
HOUSE_FILE = ROOT / "assets" / "weights" / FILE_NAME

needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="../shared/corpus is not here")
needs_split = pytest.mark.skipif(not TEST_SPLIT.is_file(), reason="../shared/cases/metrics is not here")


def small_file(folder: Path, **changes: object) -> Path:
    """Writes an embedder of three pieces and one bucket, two numbers each; `changes` replace parts of its header."""
    rows = np.array([[127, 0], [0, 127], [127, 127], [-127, 0]], np.int8).tobytes()
    scales = np.full(4, 1 / 127, "<f2").tobytes()
    pieces = b"cat\ndog\n##s"
    ends = np.cumsum([0, len(rows), len(scales), len(pieces)]).tolist()
    header: dict[str, object] = {
        "__metadata__": {"format": FORMAT},
        "rows": {"dtype": "I8", "shape": [4, 2], "data_offsets": ends[0:2]},
        "scales": {"dtype": "F16", "shape": [4], "data_offsets": ends[1:3]},
        "pieces": {"dtype": "U8", "shape": [len(pieces)], "data_offsets": ends[2:4]},
    }
    text = json.dumps(header | changes).encode()
    path = folder / "small.safetensors"
    path.write_bytes(len(text).to_bytes(8, "little") + text + rows + scales + pieces)
    return path


def cosine(one: str, other: str) -> float:
    first, second = house_embedder().embed([one, other])
    return float(first @ second)


def test_house_file_is_small() -> None:
    assert HOUSE_FILE.stat().st_size <= 8_000_000


@given(st.lists(st.text(max_size=60), max_size=8))
def test_any_text_has_a_unit_row_or_no_word(texts: list[str]) -> None:
    rows = house_embedder().embed(texts)
    assert rows.shape == (len(texts), house_embedder().n_dimensions)
    assert rows.dtype == np.float32
    for text, length in zip(texts, np.linalg.norm(rows, axis=1), strict=True):
        assert length == pytest.approx(1, abs=1e-5) or (length == 0 and not text.isascii()) or not _has_word(text)


def _has_word(text: str) -> bool:
    return any(letter.isalnum() for letter in text)


@pytest.mark.parametrize("text", ["", " ", "\n\t", "...", "?!", "_", "\ud800", "\u0301", "\U0001f600"])
def test_text_without_a_word_is_zero(text: str) -> None:
    assert not house_embedder().embed([text]).any()


@pytest.mark.parametrize("text", ["日本語です", "Привет", "ሰላም", "é", "ﬁne", "x" * 100_000, "a'" * 50_000, "don’t"])
def test_words_of_any_alphabet_and_length_have_a_row(text: str) -> None:
    assert np.linalg.norm(house_embedder().embed([text])) == pytest.approx(1, abs=1e-5)


def test_no_texts() -> None:
    assert house_embedder().embed([]).shape == (0, house_embedder().n_dimensions)


def test_row_depends_on_its_text_alone() -> None:
    texts = [f"I have {number} dogs and a boat." for number in range(700)] + ["", "Café", "?"]
    rows = house_embedder().embed(texts)
    np.testing.assert_array_equal(house_embedder().embed(texts[::-1])[::-1], rows)
    np.testing.assert_array_equal(np.concatenate([house_embedder().embed([text]) for text in texts]), rows)
    np.testing.assert_array_equal(Embedder(HOUSE_FILE).embed(texts), rows)


def test_case_accents_and_apostrophes_do_not_matter() -> None:
    assert cosine("Don't go to the café!", "don’t GO to the cafe") == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    ("statement", "near", "far"),
    [
        ("I have two dogs.", "My puppies kept me up all night.", "My boss kept me late at work."),
        ("I am a vegetarian.", "No meat for me, thanks.", "No parking for me, thanks."),
        ("I work as a nurse.", "Another long shift at the hospital.", "Another long walk on the beach."),
        ("I love the sea.", "We sailed along the coast and swam in the ocean.", "We filled in the tax forms."),
        ("My father was a soldier.", "Dad served in the army during the war.", "Mom baked bread in the morning."),
        ("I play the violin.", "I practise my music for the orchestra every day.", "I water my tomatoes every day."),
        ("I keep bees.", "The hive gave a lot of honey this year.", "The car gave a lot of trouble this year."),
        ("I am afraid of the dark.", "Leave the lamp on, please, I am scared.", "Leave the money here, please."),
        ("I cannot swim.", "I stay out of the water.", "I stay out of politics."),
        ("I stole the key.", "The thief? That was me, I took it.", "The dinner? That was good, I liked it."),
    ],
)
def test_turn_that_shows_a_statement_lies_closer(statement: str, near: str, far: str) -> None:
    assert cosine(statement, near) > cosine(statement, far) + 0.05


@needs_split
def test_personas_are_found_by_what_their_speakers_say() -> None:
    from assets.weights.embedder.retrieval import (
        first_distinct,
        load_conversations,
        own_against_stranger,
        rank,
        score_personas,
        tfidf_scores,
    )

    first_users = [pair[0] for pair in load_conversations(TEST_SPLIT)]
    pool = first_distinct(first_users, 500)
    assert rank(tfidf_scores(pool[:10])).mrr == pytest.approx(0.6287, abs=1e-4)
    assert rank(tfidf_scores(pool)).mrr == pytest.approx(0.2026, abs=1e-4)
    scores = score_personas(pool, pool, house_embedder().embed)
    assert rank(scores[:10, :10]).mrr >= 0.72
    assert rank(scores).mrr >= 0.25
    assert own_against_stranger([case for case in first_users if case.turns], house_embedder().embed) >= 0.77


@needs_corpus
def test_training_never_sees_what_is_held_out() -> None:
    from assets.weights.corpus import is_validation, load_dialogues
    from assets.weights.embedder.retrieval import load_conversations
    from assets.weights.embedder.speakers import PERSONA_SOURCE, load_pairs

    learned = load_pairs(CORPUS)
    spoken = {tuple(case.turns for case in pair) for pair in learned}
    held_out = load_dialogues(CORPUS, PERSONA_SOURCE, held_out=True)
    assert held_out
    assert all(is_validation(dialogue.id) for dialogue in held_out)
    assert not spoken & {tuple(case.turns for case in pair) for pair in load_pairs(CORPUS, held_out=True)}
    if TEST_SPLIT.is_file():
        tests = load_conversations(TEST_SPLIT)
        assert not spoken & {tuple(case.turns for case in pair) for pair in tests if pair[0].turns}
        personas = {frozenset(case.persona) for pair in learned for case in pair}
        assert not personas & {frozenset(case.persona) for pair in tests for case in pair}


@needs_corpus
def test_sentences_for_the_encoder_are_of_the_training_part(monkeypatch: pytest.MonkeyPatch) -> None:
    from assets.weights.corpus import load_dialogues
    from assets.weights.embedder import speakers

    monkeypatch.setattr(speakers, "SENTENCE_SOURCES", {"casino": 50, "avalon-nlu": 20})
    sentences, counts = speakers.load_sentences(CORPUS, 100_000)
    dialogues = [one for source in speakers.SENTENCE_SOURCES for one in load_dialogues(CORPUS, source)]
    turns = {text for dialogue in dialogues for _, text in dialogue.turns}
    facts = {fact for dialogue in dialogues for each in dialogue.personas.values() for fact in each}
    assert set(counts) == turns | facts
    assert facts <= set(sentences) <= set(counts)


def test_small_file_adds_up_pieces(tmp_path: Path) -> None:
    embedder = Embedder(small_file(tmp_path))
    rows = embedder.embed(["Cat", "cat dog", "dogs", "é日", "", "zz"])
    half = 0.5**0.5
    expected = [[1, 0], [half, half], [1 / 5**0.5, 2 / 5**0.5], [-1, 0], [0, 0], [-1, 0]]
    np.testing.assert_allclose(rows, expected, atol=1e-3)


@pytest.mark.parametrize(
    "changes",
    [
        {"__metadata__": {"format": "other"}},
        {"__metadata__": None},
        {"rows": {"dtype": "I8", "shape": [4, 3], "data_offsets": [0, 8]}},
        {"rows": {"dtype": "I8", "shape": [8], "data_offsets": [0, 8]}},
        {"rows": {"dtype": "I8", "shape": [-4, -2], "data_offsets": [0, 8]}},
        {"rows": {"dtype": "I8", "shape": [0, 0], "data_offsets": [0, 0]}},
        {"rows": {"dtype": "U8", "shape": [4, 2], "data_offsets": [0, 8]}},
        {"rows": {"dtype": ["I8"], "shape": [4, 2], "data_offsets": [0, 8]}},
        {"rows": {"dtype": "I8", "shape": [float("inf"), 2], "data_offsets": [0, 8]}},
        {"rows": {"dtype": "I8", "shape": [4, 2], "data_offsets": [0, 10**9]}},
        {"rows": {"dtype": "I8", "shape": [4, 2], "data_offsets": ["0", "8"]}},
        {"scales": {"dtype": "F16", "shape": [3], "data_offsets": [8, 14]}},
        {"pieces": {"dtype": "U8", "shape": [16], "data_offsets": [0, 16]}},
        {"pieces": 7},
    ],
)
def test_broken_header_is_a_fault_of_the_file(tmp_path: Path, changes: dict[str, object]) -> None:
    with pytest.raises(UserError, match="broken"):
        Embedder(small_file(tmp_path, **changes))


@settings(max_examples=200)
@given(st.data())
def test_damaged_file_loads_or_is_a_fault(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = small_file(tmp_path_factory.mktemp("damaged"))
    whole = bytearray(path.read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=4)):
        whole[place] = data.draw(st.integers(0, 255))
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole)))])
    try:
        rows = Embedder(path).embed(["cat dogs", ""])
    except UserError:
        return
    assert np.isfinite(rows).all()


def test_missing_file_and_folder_are_faults(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(UserError, match="cannot be read"):
            Embedder(path)


def test_words_are_cut_longest_piece_first() -> None:
    cut = WordPieces(["un", "##able", "##a", "una", "don't", "don", "t", "##ble"], 0)
    assert cut.numbers("Unable") == [3, 7]
    assert cut.numbers("un-aun, don't don’t") == [0, 4, 4]
    assert cut.numbers("don'un") == [5, 0]


def test_cut_words_are_forgotten_before_they_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.fidelity.meaning.word_pieces._MAX_CACHED", 10)
    cut = WordPieces(["a", "##a"], 0)
    for length in range(1, 50):
        assert cut.numbers("a" * length) == [0] + [1] * (length - 1)
    assert len(cut._known) <= 10
