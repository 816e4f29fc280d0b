"""Drafts: what rules read is cited, what is accepted is exactly what changes, and any text is survived."""

from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.authoring.drafting.from_line import read_line
from core.authoring.drafting.from_posts import MAX_POSTS_CHARS, infer_big_five, read_posts
from core.authoring.drafting.from_prose import read_prose
from core.authoring.drafting.from_transcript import read_transcript
from core.authoring.drafting.interview import QUESTIONS, Answer, read_interview
from core.authoring.drafting.proposal import Proposal, changes, still_new, value_at
from core.authoring.drafting.with_weights import FIELDS, WeightsDrafter
from core.errors import UserError
from core.inference.request import WeightsSettings
from core.inference.weights.catalog import house_weights
from core.inference.worker import Worker
from models.character import CharacterBase

PROSE = (
    "Mara Voss is the keeper of the Skarholm light. She is fifty-eight years old and lives alone above the lamp room. "
    "She likes strong tea, quiet mornings and her brother's songs. She does not like visitors. Mara is stubborn and "
    "not cruel. She wants to keep her post; she is good at knots and mending. She is not a sailor. "
    "The island has forty people. Theo is a magistrate of forty years."
)
MARA = CharacterBase(name="Mara Voss")


def values(proposals: list[Proposal], path: str) -> list[object]:
    return [proposal.value for proposal in proposals if proposal.path == path]


def test_prose_is_read_with_the_words_it_was_found_in() -> None:
    found = read_prose(PROSE, MARA)
    assert values(found, "layers.social.age") == [58]
    assert values(found, "layers.career.occupation") == ["keeper"]
    assert values(found, "layers.social.residence") == ["above the lamp room"]
    assert values(found, "layers.social.pronouns") == ["she/her"]
    assert values(found, "layers.life.likes") == ["strong tea", "quiet mornings", "her brother's songs"]
    assert values(found, "layers.life.dislikes") == ["visitors"]
    assert values(found, "layers.career.skills") == ["knots", "mending"]
    assert values(found, "layers.career.aspiration") == ["keep her post"]
    assert values(found, "layers.personal.traits") == [{"name": "stubborn", "degree": 75}]
    assert "Mara does not like visitors." in values(found, "statements")
    age = next(proposal for proposal in found if proposal.path == "layers.social.age")
    assert age.evidence == "She is fifty-eight years old and lives alone above the lamp room."


def test_a_text_about_somebody_else_says_so_and_quotations_say_nothing() -> None:
    text = (
        "Aldous Quill (born 14 May 1871 in Trondheim) was a Norwegian cartographer and smuggler. "
        "He was the second son of a priest. He said: “A map is a polite lie.”"
    )
    found = read_prose(text, MARA)
    assert values(found, "name") == ["Aldous Quill"]
    assert values(found, "layers.social.nationality") == ["Norwegian"]
    assert values(found, "layers.career.occupation") == ["cartographer"]
    assert values(found, "layers.personal.traits") == []
    assert "Aldous was the second son of a priest." in values(found, "statements")
    assert not any("polite" in str(statement) for statement in values(found, "statements"))


def test_a_line_of_two_sentences_speaks_of_one_person() -> None:
    line = "Beatrix, a harbour surgeon of 44 from Bergen who drinks alone and plays the cello; she was a nurse at sea."
    found = read_line(line, CharacterBase(name="New"))
    read = [one.value for one in found if one.path == "statements" and not one.is_invented]
    assert read == [
        "I am a harbour surgeon from Bergen.",
        "I am 44 years old.",
        "I drink alone and play the cello.",
        "I was a nurse at sea.",
    ]
    assert values(found, "layers.career.occupation") == ["surgeon"]


def test_what_was_accepted_is_exactly_what_changes() -> None:
    found = read_prose(PROSE, MARA)
    chosen = [one for one in found if one.path in {"layers.social.age", "layers.life.likes"}] + [
        next(one for one in found if one.path == "statements")
    ]
    fields = changes(MARA, chosen)
    assert set(fields) == {"layers", "statements"}
    changed = MARA.model_copy(update=fields)
    assert changed.persona.social.age == 58
    assert changed.persona.life.likes == ["strong tea", "quiet mornings", "her brother's songs"]
    assert changed.statements == [chosen[-1].value]
    assert changed.persona.career.occupation == ""
    assert all(one not in still_new(changed, found) for one in chosen)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.sampled_from(["Mara Voss", "A(", "李", "x" * 200]))
def test_any_text_is_read_and_all_of_it_can_be_accepted(text: str, name: str) -> None:
    character = CharacterBase(name=name)
    for found in (
        read_prose(text, character),
        read_posts([text], character),
        read_transcript([text] * 4, [text], character),
        read_interview([Answer(QUESTIONS[0], text), Answer(QUESTIONS[4], text)], character),
    ):
        changed = character.model_copy(update=changes(character, found))
        assert [
            one for one in still_new(changed, found) if not one.is_addition and one.path != "layers.social.age"
        ] == []


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=100))
def test_any_line_becomes_a_character(line: str) -> None:
    character = CharacterBase(name="New")
    changes(character, read_line(line, character))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("A cook of Paris", ["I am a cook of Paris."]),
        ("The old woman, 70", ["I am the old woman.", "I am 70 years old."]),
        ("Bo, a keeper of the light of 58", ["I am a keeper of the light.", "I am 58 years old."]),
        ("Bo, a nurse who passes exams and kisses ducks", ["I am a nurse.", "I pass exams and kiss ducks."]),
        ("Bo, a nurse who hides letters and books", ["I am a nurse.", "I hide letters and books."]),
        ("Ivan, a man who has died", ["I am a man.", "I have died."]),
    ],
)
def test_a_line_is_said_in_the_first_person(line: str, said: list[str]) -> None:
    found = read_line(line, CharacterBase(name="New"), n_invented=0)
    assert values(found, "statements") == said


def test_an_age_in_words_that_is_none_is_not_guessed() -> None:
    assert values(read_prose("Mara is forty-none years old.", MARA), "layers.social.age") == []
    assert values(read_prose("Mara is forty two years old.", MARA), "layers.social.age") == [42]


def test_a_name_is_cut_to_what_fits_and_what_does_not_fit_is_a_sentence() -> None:
    found = read_line("A" * 300 + ", a cook of 40", CharacterBase(name="New"), n_invented=0)
    assert changes(CharacterBase(name="New"), found)["name"] == "A" * 200
    for proposal in (
        Proposal("name", "A" * 300, "Too long."),
        Proposal("layers.social.age", -1, "Nobody is."),
        Proposal("layers.life.likes", "x" * 5_000, "Too long.", is_addition=True),
    ):
        with pytest.raises(UserError, match="cannot be taken"):
            changes(MARA, [proposal])


@pytest.mark.parametrize("read", [lambda text: read_posts([text], MARA), lambda text: read_prose(text, MARA)])
def test_a_denial_is_only_looked_for_close_by(read: Callable[[str], list[Proposal]]) -> None:
    assert read("Mara is not curious.") != read("Mara is curious.")
    far = "Mara is not " + "so " * 100 + "curious."
    assert [one.value for one in read(far) if "big_five" in one.path or "traits" in one.path] == [
        one.value for one in read("Mara is curious.") if "big_five" in one.path or "traits" in one.path
    ]


@pytest.mark.parametrize("place", [0, 1, 2, 3, 4])
def test_every_reader_ends_when_told(place: int) -> None:
    asked = []

    def cancelled() -> bool:
        asked.append(True)
        return len(asked) > 3

    text = "I am curious. I like tea. " * 50
    readers = [
        lambda: read_prose(text, MARA, cancelled),
        lambda: read_posts([text], MARA, cancelled),
        lambda: read_transcript([text], [], MARA, cancelled),
        lambda: read_interview([Answer(QUESTIONS[0], text)], MARA, cancelled),
        lambda: read_line(text, MARA, cancelled=cancelled),
    ]
    with pytest.raises(CancelledError):
        readers[place]()
    assert len(asked) == 4


def test_no_more_is_read_than_the_limits_say() -> None:
    filler = " " * (MAX_POSTS_CHARS - 2) + "x."
    assert read_posts([f"{filler} I am curious."], MARA) == []
    assert read_posts([filler, "I am curious."], MARA) == []
    assert read_posts([filler[1:-20], "I am curious."], MARA) != []


def test_a_line_is_read_and_the_rest_is_marked_as_made_up() -> None:
    found = read_line("Mara, a tired lighthouse keeper of 58 who hides letters", CharacterBase(name="New"))
    assert values(found, "name") == ["Mara"]
    assert values(found, "layers.social.age") == [58]
    assert values(found, "layers.career.occupation") == ["lighthouse keeper"]
    read = [one.value for one in found if one.path == "statements" and one.evidence]
    assert read == ["I am a tired lighthouse keeper.", "I am 58 years old.", "I hide letters."]
    made_up = [one for one in found if one.is_invented]
    assert len(made_up) == 6
    assert all(one.why.startswith("Made up") for one in made_up)


@pytest.mark.parametrize(
    ("post", "factor", "sign"),
    [
        ("I worried all night and cried in the morning.", "neuroticism", 1),
        ("I felt calm and relaxed all day.", "neuroticism", -1),
        ("What a party! I talked to everybody.", "extraversion", 1),
        ("I stayed home, alone and quiet.", "extraversion", -1),
        ("Parties are not fun.", "extraversion", 0),
        ("Planned it, made a list, finished early.", "conscientiousness", 1),
        ("I forgot again, my desk is a mess.", "conscientiousness", -1),
        ("Thank you for helping, that was kind.", "agreeableness", 1),
        ("They are idiots and liars, I hate them.", "agreeableness", -1),
        ("I wrote a poem and imagined a new theory.", "openness", 1),
        ("Just the ordinary boring routine.", "openness", -1),
        ("I am not nervous.", "neuroticism", -1),
    ],
)
def test_words_of_posts_lean_the_right_way(post: str, factor: str, sign: int) -> None:
    leaning = next(one for one in infer_big_five([post]) if one.factor == factor)
    assert (leaning.degree > 50) - (leaning.degree < 50) == sign
    assert leaning.quotes == (post,) or len(leaning.quotes) >= 1


def test_more_evidence_leans_further_and_never_beyond_the_bounds() -> None:
    degrees = [infer_big_five(["I worry."] * count)[0].degree for count in (1, 3, 10, 300)]
    assert degrees == sorted(set(degrees))
    assert 50 < degrees[0] < degrees[-1] <= 95


def test_a_transcript_shows_facts_and_a_voice() -> None:
    lines = [
        "I am the keeper of the light.",
        "My brother drowned in a storm? No, I will not say.",
        "Aye, the lamp was lit!",
        "I have kept the light for eleven winters. Aye.",
        "Aye. What do you want?",
    ]
    found = read_transcript(lines, ["Who are you?", "What happened at night?", "Did you see the boat?"], MARA)
    assert values(found, "statements") == ["I am the keeper of the light.", "I have kept the light for eleven winters."]
    rules = values(found, "layers.voice_rules")
    assert "Often asks back." in rules
    assert "Favourite words: aye." in rules
    assert any(str(rule).startswith("Short lines") for rule in rules)
    assert len(values(found, "layers.samples")) == 3
    assert read_transcript(lines[:1], [], MARA)[-1].path == "statements"


def test_an_interview_becomes_essays_and_facts() -> None:
    answers = [
        Answer(QUESTIONS[0], "I grew up on the island. My mother sang at work."),
        Answer(QUESTIONS[4], "I light the lamp and sleep at noon."),
        Answer(QUESTIONS[5], "   "),
    ]
    found = read_interview(answers, MARA)
    assert values(found, "layers.life.day") == ["I light the lamp and sleep at noon."]
    assert [essay["title"] for essay in values(found, "layers.life.essays")] == ["Where I grew up"]
    assert "My mother sang at work." in values(found, "statements")
    changed = MARA.model_copy(update=changes(MARA, found))
    assert value_at(changed, "layers.life.essays")[0].text == answers[0].text


@pytest.fixture(scope="module")
def drafter() -> Iterator[WeightsDrafter]:
    engine = Worker(WeightsSettings(house_weights(), n_threads=1))
    yield WeightsDrafter(engine)
    engine.close()


def test_the_weights_answer_and_write_and_choose(drafter: WeightsDrafter) -> None:
    mara = MARA.model_copy(update={"statements": ["I am the keeper of the light.", "I like strong tea."]})
    first = drafter.answer(mara, QUESTIONS[3])
    assert first.text
    assert all(one.is_invented for one in read_interview([first], mara))
    assert first == drafter.answer(mara, QUESTIONS[3])
    assert drafter.answer(mara, QUESTIONS[4], [first]).question is QUESTIONS[4]
    proposal = drafter.write_field(mara, "voice")
    assert proposal is not None
    assert changes(mara, [proposal])["voice"] == proposal.value
    choose = drafter.choose_sentence()
    sentences = ["I was born on a boat.", "I was born in the capital."]
    assert choose(mara.statements, sentences) in {0, 1}
    degrees = {one.path: one.value for one in drafter.weigh_big_five(["I worry.", "I am alone."])}
    assert len(degrees) == 5
    assert all(0 <= degree <= 100 for degree in degrees.values())


def test_every_field_that_the_weights_fill_is_a_field() -> None:
    for path in FIELDS:
        value_at(MARA, path)
