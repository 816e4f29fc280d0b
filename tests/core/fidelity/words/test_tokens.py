"""The tokeniser T1 and the stop list."""

from hypothesis import given
from hypothesis import strategies as st

from core.fidelity.words.tokens import STOP_WORDS, content_words, tokenise


def test_words_are_lower_case_runs_with_apostrophes():
    assert tokenise("It's 9 o'clock -- THE_END, naïve?") == ["it's", "9", "o'clock", "the", "end", "na", "ve"]


def test_other_scripts_have_no_words():
    assert tokenise("我们走吧 Привет") == []


def test_typographic_apostrophe_splits_a_word():
    assert tokenise("it’s") == ["it", "s"]


def test_content_words_leave_out_the_stop_list():
    assert content_words(tokenise("The cat is on the mat, and I don't know why.")) == {"cat", "mat", "know"}
    assert len(STOP_WORDS) == 79


@given(st.lists(st.from_regex(r"[a-z0-9']+", fullmatch=True)))
def test_words_joined_by_blanks_come_back(words: list[str]):
    assert tokenise(" ".join(words).upper()) == words
