"""What the rules find, what they leave alone, and that no text is too odd for them."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core.characters.fragments import resolve
from core.characters.lint.check import MAX_FINDINGS, check_character
from core.characters.lint.finding import Finding, Severity, Surroundings, mend, value_at, with_value_at
from models.character import CharacterBase
from models.fragment import FragmentBase

GREETED = {"greeting": "Good evening."}
ODD = st.text(max_size=60) | st.sampled_from(
    ["{{", "{{}}", "{{random}}", "*You", "“You", "for nine years", "since 1921", "born in 1900", "{{user}} nods."]
)


def check(around: Surroundings | None = None, **fields: Any) -> list[Finding]:
    character = CharacterBase.model_validate({"name": "Mara", **GREETED, **fields})
    return list(check_character(resolve(character, []), around or Surroundings()))


def rules(found: list[Finding]) -> list[str]:
    return [finding.rule for finding in found]


def test_years_disagree_with_the_year_of_the_scene() -> None:
    statements = ["Mara has kept the light for eleven winters.", "She came here in 1921."]
    (finding,) = check(Surroundings(scene_years=(1926,)), statements=statements)
    assert finding.sentence == "“for eleven winters” and “came here in 1921” disagree for a scene set in 1926."
    assert (finding.place.item, finding.other.item if finding.other else None) == (0, 1)
    start, end = finding.place.span or (0, 0)
    assert statements[0][start:end] == "for eleven winters"
    assert check(Surroundings(scene_years=(1933,)), statements=statements) == []
    assert check(statements=statements) == []  # no scene, no year: nothing to tell


def test_ages_and_births_disagree_but_those_of_others_are_theirs() -> None:
    layers = {"social": {"age": 58}}
    assert rules(check(description="I am fifty-seven years old.", layers=layers)) == ["age"]
    assert check(description="I am fifty-eight years old. My daughter is ten years old.", layers=layers) == []
    found = check(Surroundings(scene_years=(1926,)), description="I was born in 1850.", layers=layers)
    assert rules(found) == ["birth"]
    assert check(Surroundings(scene_years=(1926,)), description="I was born in 1868.", layers=layers) == []


def test_what_is_later_than_the_horizon_cannot_be_known() -> None:
    found = check(knowledge="The war of 1939.", layers={"horizon": {"date": "March 1926"}})
    assert rules(found) == ["horizon"]


def test_traits_against_the_five_factors_and_each_other() -> None:
    traits = [{"name": "shy"}, {"name": "talkative", "degree": 90}]
    found = check(layers={"personal": {"big_five": {"extraversion": 10}, "traits": traits}})
    assert [(finding.rule, finding.severity) for finding in found] == [
        ("trait", Severity.WARNING),
        ("trait", Severity.NOTE),
    ]
    assert check(personality="Not shy.", layers={"personal": {"big_five": {"extraversion": 90}}}) == []


def test_liked_and_disliked_denied_and_repeated() -> None:
    assert rules(check(layers={"life": {"likes": ["the tea"], "dislikes": ["Tea"]}})) == ["likes"]
    statements = ["She mentions the sea.", "She never mentions the sea.", "She mentions the sea!"]
    assert rules(check(statements=statements)) == ["denied", "repeated"]


def test_macros_that_are_unknown_useless_or_open() -> None:
    found = check(voice="{{char}} and {{mood}} {{original}} {{random}} {{// note}} {{user")
    assert [finding.sentence.split("”")[0] for finding in found] == [
        "“{{mood}}",
        "“{{original}}",
        "“{{random}}",
        "“{{user",
    ]
    assert check(system_prompt="{{original}} {{pick:a,b}} {{roll:d6}}") == []


def test_greetings_that_act_for_the_other_person() -> None:
    for greeting in (
        "*You shiver. She turns the lamp.* You came a long way.",
        "You shiver. “Come in,” she says.",
        "You shiver.",
        "*{{user}} steps in.*",
        "Hello.\n{{user}}: Hello.",
    ):
        assert rules(check(greeting=greeting)) == ["speaks-for-user"], greeting
    for greeting in ("You came a long way for one page.", "“You shiver,” she says.", "*You see a lamp.* Hello."):
        assert check(greeting=greeting) == [], greeting
    examples = "<START>\n{{user}}: Hello\n{{char}}: *{{user}} nods.* Good."
    assert rules(check(example_dialogue=examples)) == ["speaks-for-user"]


def test_a_missing_greeting_a_long_field_and_an_unused_statement() -> None:
    assert rules(check(greeting="")) == ["greeting"]
    assert rules(check(Surroundings(n_tokens={"voice": 600}, n_ctx=2048))) == ["long"]
    found = check(Surroundings(uses=(0, 3)), statements=["She has a key.", "She lies."])
    assert [(finding.rule, finding.place.item) for finding in found] == [("unused", 0)]


def test_what_is_inherited_is_not_mended_here() -> None:
    fragment = FragmentBase.model_validate({"name": "Odd", "content": {"voice": "{{mood}}"}})
    (finding,) = check_character(resolve(CharacterBase(name="Mara", greeting="Hi."), [fragment]), Surroundings())
    assert (finding.rule, finding.fix) == ("macro", None)


def test_fixes_end_what_they_are_for() -> None:
    character = CharacterBase(
        name="Mara",
        greeting="*You shiver. She turns the lamp.* You came a long way.",
        voice="Plain {{mood}}.",
        statements=["She lies.", "She lies."],
        layers={"personal": {"traits": [{"name": "shy"}, {"name": "Shy"}]}, "memories": [{"text": "A {{x}} wreck."}]},
    )
    for _ in range(10):
        fixes = [one.fix for one in check_character(resolve(character, []), Surroundings()) if one.fix is not None]
        if not fixes:
            break
        path, value = mend(character, fixes[0])
        character = with_value_at(character, path, value)
    assert check_character(resolve(character, []), Surroundings()) == ()
    assert character.greeting == "*She turns the lamp.* You came a long way."
    assert character.persona.memories[0].text == "A  wreck."


@settings(max_examples=60)
@given(st.data())
def test_no_text_is_too_odd(data: st.DataObject) -> None:
    fields = {
        name: data.draw(ODD) for name in ("description", "greeting", "example_dialogue", "personality", "knowledge")
    }
    some = st.lists(ODD, max_size=4)
    layers = {
        "social": {"age": data.draw(st.none() | st.integers(0, 200))},
        "horizon": {"date": data.draw(ODD)},
        "life": {"likes": data.draw(some), "dislikes": data.draw(some)},
        "memories": [{"text": text} for text in data.draw(some)],
    }
    character = CharacterBase.model_validate({"name": "M", "statements": data.draw(some), "layers": layers, **fields})
    around = Surroundings(scene_years=(1926,), uses=(0, 1), n_tokens={"voice": 5}, n_ctx=10)
    found = check_character(resolve(character, []), around)
    assert len(found) <= MAX_FINDINGS
    for finding in found:
        value = value_at(character, finding.place.path)
        if finding.place.item is not None:
            value = value[finding.place.item]
        if finding.place.span is not None and isinstance(value, str):
            assert 0 <= finding.place.span[0] < finding.place.span[1] <= len(value)
        if finding.fix is not None:
            path, mended = mend(character, finding.fix)
            CharacterBase.model_validate(with_value_at(character, path, mended).model_dump())


def test_what_somebody_never_does_is_denied_by_what_they_do() -> None:
    (finding,) = check(statements=["I never drink.", "I drink every evening in the harbour bar."])
    assert (finding.rule, finding.severity) == ("denied", Severity.WARNING)
    assert finding.sentence == "“I never drink” and “I drink every evening in the harbour bar” deny each other."
    assert (finding.place.item, finding.other.item if finding.other else None) == (1, 0)
    (finding,) = check(description="She never drinks.", statements=["She drinks tea."])
    assert (finding.severity, finding.sentence) == (
        Severity.NOTE,
        "“She never drinks” and “She drinks tea” may deny each other.",
    )
    for innocent in ("My brother drinks every evening.", "I drank once.", "I will never drink."):
        assert check(statements=["I never drink.", innocent], voice="") == [], innocent
    assert check(statements=["I never lie to friends.", "I lie to strangers."]) == []
    assert rules(check(statements=["{{char}} never drinks.", "Often {{char}} drinks."])) != []


def test_a_statement_puts_no_words_into_the_mouth_of_the_user() -> None:
    spoken = Surroundings(user_names=("Theo",))
    (finding,) = check(spoken, statements=["{{user}} says: Yes, and you nod."])
    assert (finding.rule, finding.sentence[:42]) == ("speaks-for-user", "Statement 1 speaks for the other person: “")
    assert rules(check(spoken, description="Quiet.\n{{user}}: Hello.")) == ["speaks-for-user"]
    assert check(spoken, statements=["{{user}} owns the boat.", "{{user}} asks too much."]) == []


def test_the_user_is_not_called_you_where_you_is_the_character() -> None:
    statements = ["{{user}} owns the boat."]
    for names in ((), ("You",), ("Theo", "you")):
        (finding,) = check(Surroundings(user_names=names), statements=statements)
        assert (finding.rule, finding.severity, finding.place.span) == ("user-is-you", Severity.NOTE, (0, 8))
    assert check(Surroundings(user_names=("Theo",)), statements=statements) == []
    assert check(example_dialogue="{{user}}: Hello.\n{{char}}: Hello.", greeting="Hello, {{user}}.") == []
