"""The tokeniser T1 and the stop list."""

from hypothesis import given
from hypothesis import strategies as st

from core.fidelity.words.tokens import STOP_WORDS, content_words, split_words, tokenise


def test_words_are_lower_case_runs_with_apostrophes():
    assert tokenise("It's 9 o'clock -- THE_END, naïve?") == ["it's", "9", "o'clock", "the", "end", "na", "ve"]


def test_other_scripts_have_no_words():
    assert tokenise("我们走吧 Привет") == []


def test_published_figures_split_at_typographic_apostrophes():
    assert tokenise("it’s crème") == ["it", "s", "cr", "me"]


def test_apostrophes_and_accents_leave_words_whole():
    assert split_words("Don’t, ‘crème’ brûlée – Straße, SMØRREBRØD") == [
        *("don't", "creme", "brulee", "strasse", "smorrebrod")
    ]
    assert split_words("dogs’ Привет 走吧") == ["dogs"]


@given(st.text("abcXYZ '!?_09"))
def test_plain_text_is_split_in_the_same_way(text: str):
    assert split_words(text) == tokenise(text)


def test_content_words_leave_out_the_stop_list():
    assert content_words(tokenise("The cat is on the mat, and I don't know why.")) == {"cat", "mat", "know"}
    assert len(STOP_WORDS) == 79


@given(st.lists(st.from_regex(r"[a-z0-9']+", fullmatch=True)))
def test_words_joined_by_blanks_come_back(words: list[str]):
    assert tokenise(" ".join(words).upper()) == words
