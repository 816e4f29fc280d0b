"""Grammars: the same tokens as llama.cpp allows, and no grammar that hangs or kills."""

import ctypes
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import llama_cpp.llama_cpp as native
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import UserError
from core.inference.llama import Vocabulary
from core.inference.sampling.gbnf import MAX_CHARS, parse_gbnf
from core.inference.sampling.grammar import AnswerGrammar, CompiledGrammar, TokenTable
from tests.core.inference.llama_cpp_source import llama_cpp_files
from tests.core.inference.native_samplers import native_vocabulary
from tests.random_weights import random_weights

LIST = r"""
# a list, nested
root  ::= "[" ws (value ("," ws value)*)? "]"
value ::= root | name | number{1,3} |
          "é" | [α-ω🎭]+ | [^\x00-\x7Fa-z]  # what comes after is a comment
name  ::= "ka" ("to" | [a-m-z_.\-\]] )* [.!]?
number ::= [0-9]
ws ::= [ \t\n]*
"""
NEVER_IN_UTF8 = {0xC0, 0xC1, *range(0xF5, 0x100)}
"""llama.cpp lets these bytes begin a character; we do not."""

TEXTS = st.text(alphabet="ab(c)é🎭", max_size=12)


def native_allowed(sampler: Any, n_tokens: int) -> np.ndarray:
    data = (native.llama_token_data * n_tokens)()
    for token in range(n_tokens):
        data[token] = native.llama_token_data(token, 0.0, 0.0)
    array = native.llama_token_data_array(data, n_tokens, -1, False)
    native.llama_sampler_apply(sampler, ctypes.byref(array))
    return np.array([data[token].logit > -np.inf for token in range(n_tokens)])


def table_of(vocabulary: Vocabulary) -> TokenTable:
    pieces = [vocabulary.piece(token) for token in range(vocabulary.n_tokens)]
    return TokenTable(pieces, vocabulary.ends, lambda text: None)


def table_of_bytes() -> TokenTable:
    """A vocabulary of every single byte, some longer texts, and an end."""
    return TokenTable([bytes([b]) for b in range(256)] + [b"ab", b"(a", "é".encode(), b"aaaaaaaa", b""], [260], {}.get)


def compiled(text: str, table: TokenTable | None = None) -> CompiledGrammar:
    return CompiledGrammar(parse_gbnf(text), table or table_of_bytes())


def accepts(grammar: CompiledGrammar, text: str) -> bool:
    answer = AnswerGrammar(grammar)
    for byte in text.encode():
        if not answer.allows(byte):
            return False
        answer.accept(byte)
    return answer.allows(260)


def walk_alike(handle: Any, text: str, n_steps: int, seed: int, *, skip_cut: bool = False) -> None:
    """Writes by chance under both grammars and compares what each allows on the way.

    Args:
        skip_cut: Leave out cut characters: in a set of all characters but some, llama.cpp refuses the first bytes of
            every character near one of these.
    """
    vocabulary = Vocabulary(handle)
    ours = AnswerGrammar(compiled(text, table_of(vocabulary)))
    sampler = native.llama_sampler_init_grammar(handle, text.encode(), b"root")
    comparable = np.array([token not in vocabulary.control for token in range(vocabulary.n_tokens)])
    comparable[list(vocabulary.ends)] = True
    random = np.random.default_rng(seed)
    for _ in range(n_steps):
        allowed = ours.allowed()
        differing = np.flatnonzero((allowed != native_allowed(sampler, len(allowed))) & comparable)
        pieces = [piece for piece in map(vocabulary.piece, differing) if not set(piece) & NEVER_IN_UTF8]
        assert [piece for piece in pieces if not (skip_cut and is_cut(piece))] == []
        choices = [int(token) for token in np.flatnonzero(allowed) if token not in vocabulary.ends]
        if not choices:
            break
        token = int(random.choice(choices))
        assert ours.allows(token)
        ours.accept(token)
        native.llama_sampler_accept(sampler, token)
    native.llama_sampler_free(sampler)


def is_cut(piece: bytes) -> bool:
    """Whether a piece begins or ends inside a character."""
    try:
        piece.decode()
    except UnicodeDecodeError:
        return True
    return False


@pytest.fixture(scope="module")
def handle() -> Iterator[Any]:
    with native_vocabulary(random_weights()) as found:
        yield found


@pytest.mark.parametrize("seed", range(4))
def test_the_same_tokens_are_allowed_as_by_llama_cpp(handle: Any, seed: int) -> None:
    walk_alike(handle, LIST, 25, seed)


@pytest.mark.parametrize("path", llama_cpp_files("../grammars/*.gbnf"))
def test_real_grammars_allow_the_same_tokens(handle: Any, path: Path) -> None:
    walk_alike(handle, path.read_text("utf-8"), 12, 1, skip_cut=True)


@pytest.mark.parametrize("path", llama_cpp_files("ggml-vocab-[lq]*.gguf"))
def test_real_vocabularies_allow_the_same_tokens(path: Path) -> None:
    with native_vocabulary(path) as real:
        walk_alike(real, LIST, 4, 2)


@given(TEXTS)
def test_a_literal_accepts_itself_alone(text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    grammar = compiled(f'root ::= "{quoted}"')
    assert accepts(grammar, text)
    assert not accepts(grammar, text + "a")


@given(st.integers(0, 5), st.integers(0, 5), st.integers(0, 12))
def test_repeats_are_counted(fewest: int, more: int, count: int) -> None:
    grammar = compiled(f'root ::= "ab"{{{fewest},{fewest + more}}}')
    assert accepts(grammar, "ab" * count) == (fewest <= count <= fewest + more)


@given(st.characters(exclude_categories=["Cs"]), st.characters(exclude_categories=["Cs"]), st.characters())
@settings(max_examples=300)
def test_a_range_holds_its_characters_and_no_other(first: str, last: str, character: str) -> None:
    span = rf"\U{ord(first):08x}-\U{ord(last):08x}"
    inside = first <= character <= last
    if character.isprintable():
        assert accepts(compiled(f"root ::= [{span}]"), character) == inside
        assert accepts(compiled(f"root ::= [^{span}]"), character) != inside


def test_an_answer_goes_on_where_it_stopped() -> None:
    grammar = compiled('root ::= "(" root ")" | "a"*')
    whole = AnswerGrammar(grammar)
    for byte in b"((aa":
        whole.accept(byte)
    assert np.array_equal(AnswerGrammar(grammar, list(b"((aa")).allowed(), whole.allowed())
    with pytest.raises(ValueError, match="does not keep"):
        AnswerGrammar(grammar, list(b")"))


def test_an_answer_is_complete_when_nothing_may_follow() -> None:
    answer = AnswerGrammar(compiled('root ::= "ab" "c"?'), list(b"ab"))
    assert not answer.is_complete
    assert answer.allows(260)
    answer.accept(ord("c"))
    assert answer.is_complete
    assert np.flatnonzero(answer.allowed()).tolist() == [260]


def test_whole_tokens_can_be_asked_for() -> None:
    table = TokenTable([b"a", b"b", b"", b""], [3], {"<think>": 2}.get)
    answer = AnswerGrammar(compiled('root ::= <think> !<[1]> "b" | "b"', table))
    assert np.flatnonzero(answer.allowed()).tolist() == [1, 2]
    answer.accept(2)
    assert np.flatnonzero(answer.allowed()).tolist() == [0]
    with pytest.raises(UserError, match="no token <other>"):
        compiled("root ::= <other>", table)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no rule named root"),
        ('start ::= "a"', "no rule named root"),
        ("root ::= missing", "uses a rule missing"),
        ('root ::= "a', r"line 1: a text or set of characters is not closed"),
        ('a ::= "x"\nroot ::= ("a"', "line 2: a bracket is not closed"),
        ("root = a", "line 1: ::= is missing"),
        ("root ::= *", "nothing to repeat"),
        ('root ::= "a"{3,2}', "no number of repeats"),
        ('root ::= "a"{,', "no number of repeats"),
        ('root ::= "a"{5000}', "more than 2,000 repeats"),
        (r'root ::= "\q"', r"\\q means nothing"),
        (r'root ::= "\U00110000"', "is no character"),
        ("root ::= <[12x]>", "number of a token"),
        ('root ::= "a")', r"'\)' does not belong here"),
        ('root ::= root "a" | "b"', "begins with itself"),
        ('root ::= a* b\na ::= ""\nb ::= root', "begins with itself"),
        ("root ::= " + "(" * 5000, "a bracket is not closed"),
        ('root ::= "' + "a" * 100 + '"{2000}', "repeats too much"),
        ('root ::= "' + "a" * MAX_CHARS + '"', "longer than"),
    ],
)
def test_broken_grammars_are_explained(text: str, says: str) -> None:
    with pytest.raises(UserError, match=says):
        compiled(text)


@pytest.mark.parametrize(
    "text",
    [
        'root ::= "a" root "b" | "a" root "c" | "a" root "d" | "a"',
        'root ::= s s s s s s s s\ns ::= "a"* t*\nt ::= "a" s "a" | "aa"',
        "\n".join(["root ::= r0", *(f"r{n} ::= r{n + 1}" for n in range(5000)), 'r5000 ::= "a"']),
        "root ::= " + "(" * 5000 + '"a"' + ")?" * 5000,
        'root ::= ("a"? "a"? "a"? "a"? "a"? "a"? "a"? "a"?){200} "b"',
    ],
)
def test_hostile_grammars_neither_hang_nor_kill(text: str) -> None:
    start = time.monotonic()
    try:
        answer = AnswerGrammar(compiled(text))
        for _ in range(15):
            if not answer.allowed()[ord("a")]:
                break
            answer.accept(ord("a"))
    except UserError as error:
        assert "too ambiguous" in error.message  # noqa: PT017 - either end is right
    assert time.monotonic() - start < 20


@given(st.text(alphabet='root:=" []()ab|*+?{}1,\n\\x!<>^-.#', max_size=60))
@settings(max_examples=300)
def test_whatever_is_no_grammar_is_refused_in_words(text: str) -> None:
    try:
        AnswerGrammar(compiled(f"root ::= {text}")).allowed()
    except UserError as error:
        assert error.hint  # noqa: PT017 - many texts are grammars
