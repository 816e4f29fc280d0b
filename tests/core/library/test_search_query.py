"""What a person types: any text is a query, and the words of it are found again in the text it came from."""

from hypothesis import given
from hypothesis import strategies as st

from core.library.search_query import MAX_TERMS, Query, Term, cut_snippet, find_marks, fold, parse_query, split_words

words = st.text(st.sampled_from("abcéÉßñÅø"), min_size=1, max_size=6)


def marked(text: str, query: str) -> list[str]:
    return [text[begin:end] for begin, end in find_marks(text, parse_query(query))]


def test_words_and_phrases() -> None:
    assert parse_query('keep "the Light" -x') == Query(
        (Term(("keep",), True), Term(("the", "Light"), False), Term(("x",), True))
    )
    assert parse_query('say "not clos').terms[1] == Term(("not", "clos"), False)
    assert parse_query("e-mail").terms == (Term(("e", "mail"), True),)
    assert parse_query(' "" !? ').terms == ()
    assert len(parse_query(" ".join(f"w{number}" for number in range(99))).terms) == MAX_TERMS


def test_marks_are_where_the_words_are_whatever_their_case_and_accents() -> None:
    assert marked("Zoë kept the café open.", "zoe CAFE") == ["Zoë", "café"]
    assert marked("Zoe\u0308 kept", "zoë") == ["Zoe\u0308"]
    assert marked("keeper, bookkeeper", "keep") == ["keeper"]
    assert marked("the light; the, light", '"the light"') == ["the light", "the, light"]
    assert marked("the lights", '"the light"') == []
    assert marked("灯台の番人です", "番人") == ["番人"]
    assert marked("그는 등대지기다", "등대") == ["등대지기다"]


def test_a_snippet_is_a_line_around_the_first_word() -> None:
    text = "One. " * 50 + "The keeper\nlies. " + "Two. " * 50
    snippet, marks = cut_snippet(text, find_marks(text, parse_query("keeper")), 60)
    assert [snippet[begin:end] for begin, end in marks] == ["keeper"]
    assert snippet.startswith("… ")
    assert "keeper lies." in snippet
    assert len(snippet) <= 62


@given(st.text())
def test_anything_is_a_query(text: str) -> None:
    query = parse_query(text)
    assert all(term.words and all(term.words) for term in query.terms)
    find_marks(text, query)


@given(st.lists(words, min_size=1, max_size=5), st.data())
def test_every_word_of_a_text_finds_itself(some: list[str], data: st.DataObject) -> None:
    text = ", ".join(some)
    word = data.draw(st.sampled_from(some))
    begin = word[: data.draw(st.integers(1, len(word)))]
    assert any(fold(text[a:b]).startswith(fold(begin)) for a, b in find_marks(text, parse_query(begin)))
    assert word in split_words(text)


@given(st.text(max_size=200), st.text(min_size=1, max_size=5), st.integers(20, 80))
def test_marks_in_a_snippet_are_those_of_the_text(text: str, query: str, n_chars: int) -> None:
    marks = find_marks(text, parse_query(query))
    snippet, inside = cut_snippet(text, marks, n_chars)
    assert bool(inside) == bool(marks)
    assert all(0 <= begin < end <= len(snippet) for begin, end in inside)
