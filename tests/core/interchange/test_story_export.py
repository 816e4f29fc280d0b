"""Beat graphs as files of narrative languages: they compile, say the author's words, and go the same ways."""

import ast
import html
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import UserError
from core.interchange.story_export import SUFFIXES, StoryForm, export_story, form_of, format_story
from core.interchange.story_plan import Said, plan_story
from core.interchange.story_words import Syntax
from core.library.templates import add_template, list_templates
from core.project import Project
from core.world.graph import Story, StoryBeat, StoryLink, StoryRole
from core.world.steps import Rules
from models.beat import BeatKind
from models.world import Fact, Place, Prop, Variable, VariableKind, World
from tests.core.interchange import compilers

NASTY = (
    "-> END {x} <<jump y>> [[a->b]] $v // no /* */ # tag | ~ x = 1 \\ \"q\" 'q' %s [s] {b} === knot === :: P <b>&amp; "
    "* star + plus - minus TODO: VAR x = 1 __init__ @@ ''i'' <> <- 日本語 é"
)
words = st.text(st.characters(codec="utf-8", max_codepoint=0x3FFF), max_size=40) | st.sampled_from(
    [
        NASTY,
        "",
        " ",
        "VAR x = 1",
        "TODO: x",
        "- a\n* b\n=== c",
        ":: passage",
        "-> option",
        "<<if x>>",
        '"""',
        "end",
        "start",
        "else: x",
    ]
)
WORLD = World(
    variables=[
        Variable(name="tension", low=-2, high=5, start=1, note="How tense -> it is"),
        Variable(name="class", kind=VariableKind.FLAG, start=False),
        Variable(name="mood", kind=VariableKind.CHOICE, choices=["calm", "angry"], start="calm"),
    ],
    places=[Place(id="hall", name="The hall")],
    props=[Prop(name="key", place="hall", states=["clean", "bent"])],
    facts=[Fact(id="f1", text="He sold the boat", known_by={"r1": "knows"})],
    win="tension >= 5",
    lose="tension <= -2",
)
ROLES = (StoryRole(id="r1", names=("Mara",)), StoryRole(id="r2", names=('Théo "the" {x}',)))
CONDITIONS = [
    "", "tension >= 1", "not class", "mood = calm and tension < 4", "Mara knows f1 or class", "key.place = hall",
    "turns >= 3", "not turns >= 3", "not (tension = 1 or class)", "Mara at hall", "nonsense here !", "key.state = bent",
]  # fmt: skip
EFFECTS = [
    "", "tension + 1", "tension - 3", "class = yes", "mood = angry\nMara takes key", "everyone learns f1",
    "Mara leaves", "key.state = bent\ntension = 2", "r2 suspects f1",
]  # fmt: skip
LANGUAGES = [pytest.param(form, id=form.value) for form in (StoryForm.INK, StoryForm.YARN, StoryForm.TWEE)]


@pytest.fixture(scope="module")
def node() -> Iterator[compilers.Compilers]:
    """The compilers of npm."""
    if why := compilers.missing("ink"):
        pytest.skip(f"skipped: {why}")
    process = compilers.Compilers()
    yield process
    process.close()


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """A story of one to six beats with odd names and texts."""
    kinds = st.sampled_from([BeatKind.STEP, BeatKind.STEP, BeatKind.WIN, BeatKind.EVENT, BeatKind.ENDING])
    beats = [
        StoryBeat(
            id=f"b{number}",
            name=draw(words)[:200],
            kind=BeatKind.START if number == 0 else draw(kinds),
            text=draw(words),
            condition=draw(st.sampled_from(CONDITIONS)),
            effects=draw(st.sampled_from(EFFECTS)),
            failure_effects=draw(st.sampled_from(EFFECTS)),
            success=draw(st.sampled_from(CONDITIONS)),
            goals={"r1": draw(words), "gone": "x"},
            place_id=draw(st.sampled_from([None, "hall", "gone"])),
            is_repeatable=draw(st.booleans()),
        )
        for number in range(draw(st.integers(1, 5)))
    ]
    ids = st.sampled_from([beat.id for beat in beats])
    triggers = st.sampled_from(
        [
            {},
            {"kind": "choice"},
            {"kind": "phrase", "text": "go -> now"},
            {"kind": "turns", "n_turns": 2},
            {"kind": "?"},
        ]
    )
    links = [
        StoryLink(
            id=f"l{number}",
            from_id=draw(ids),
            to_id=draw(ids),
            label=draw(words)[:200],
            condition=draw(st.sampled_from(CONDITIONS)),
            trigger=draw(triggers),
            position=number,
        )
        for number in range(draw(st.integers(0, 6)))
    ]
    return Story(world=WORLD, roles=ROLES, beats=tuple(beats), links=tuple(links))


def told(text: str) -> str:
    """Text as far as no language keeps more of it: without white space."""
    return re.sub(
        r"\s+",
        "",
        "".join(" " if ord(character) < 32 or 127 <= ord(character) < 160 else character for character in text),
    )


@pytest.mark.parametrize("form", LANGUAGES)
@given(story=stories(), title=words, setting=words, line=words)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_story_compiles(
    node: compilers.Compilers, form: StoryForm, story: Story, title: str, setting: str, line: str
) -> None:
    dialogue = {"b0": [Said("Mara", line), Said("", line), Said("{Odd}: name", "x")]}
    result = node.compile(form.value, format_story(form, title, setting, story, dialogue, "s").decode())
    assert result["errors"] == []


@given(story=stories(), title=words, setting=words, line=words)
@settings(max_examples=30, deadline=None)
def test_any_story_is_sound_renpy(story: Story, title: str, setting: str, line: str) -> None:
    dialogue = {"b0": [Said("Mara", line), Said("", line)]}
    text = format_story(StoryForm.RENPY, title, setting, story, dialogue).decode()
    check_renpy(text)


def check_renpy(text: str) -> None:
    """Checks what a compiler would: blocks, labels, jumps, strings and expressions. There is none in the registries."""
    labels, jumps, python = [], [], ["def story():", " pass"]
    for raw in text.split("\n"):
        line = raw.strip()
        depth = len(raw) - len(raw.lstrip())
        assert depth % 4 == 0
        if not line or line.startswith("#"):
            continue
        if match := re.fullmatch(r"label (\w+):", line):
            labels.append(match[1])
            python.append(f"{' ' * depth}if True:\n{' ' * depth}    pass")
        elif match := re.fullmatch(r"jump (\w+)", line):
            jumps.append(match[1])
            python.append(f"{' ' * depth}pass")
        elif match := re.fullmatch(r"(?:define|default) ([\w.]+) = (.*)", line):
            ast.parse(f"x = {match[2]}")
        elif line == "menu:":
            python.append(f"{' ' * depth}if True:\n{' ' * depth}    pass")
        elif line == "return":
            python.append(f"{' ' * depth}pass")
        elif match := re.fullmatch(r'("(?:[^"\\]|\\.)*")( if .*)?:', line):
            python.append(f"{' ' * depth}if {match[1]} and {(match[2] or ' if True')[4:]}:")
            no_interpolation(ast.literal_eval(match[1]))
        elif match := re.fullmatch(r'(?:\w+ )?("(?:[^"\\]|\\.)*")', line):
            no_interpolation(ast.literal_eval(match[1]))
            python.append(f"{' ' * depth}pass")
        else:
            python.append(f"{' ' * depth}{line.removeprefix('$ ')}")
    ast.parse("\n".join(python))
    assert len(labels) == len({label.lower() for label in labels})
    assert set(jumps) <= set(labels)
    assert labels[0] == "start"


def no_interpolation(text: str) -> None:
    """Everything that means something in a string of Ren'Py is doubled."""
    for sign in "[{%":
        assert not text.replace(sign * 2, "").count(sign)


def test_the_words_of_the_author_are_shown_as_they_are(node: compilers.Compilers) -> None:
    beats = (
        StoryBeat(id="b0", name="Start", kind=BeatKind.START, text=f"{NASTY}\nTODO: and VAR x"),
        StoryBeat(id="b1", name=NASTY[:200], text="second"),
    )
    story = Story(beats=beats, links=(StoryLink(id="l", from_id="b0", to_id="b1", label=NASTY[:190]),))
    for form in (StoryForm.INK, StoryForm.YARN):
        result = node.compile(form.value, format_story(form, "T", "", story).decode())
        assert result["errors"] == []
        assert told("".join(result["shown"][0]["text"])) == told(beats[0].text), form
        assert [told(choice) for choice in result["shown"][0]["choices"]] == [told(NASTY[:190])], form
        assert result["shown"][1]["text"] == ["second"]
    result = node.compile("twee", format_story(StoryForm.TWEE, "T", "", story).decode())
    passage = next(one for one in result["passages"] if one["name"] == result["start"])
    shown = html.unescape(re.sub(r"<<.*?>>|<!--.*?-->", "", passage["text"]))
    assert told(shown) == told(beats[0].text)


def test_ink_goes_where_the_rules_go(node: compilers.Compilers) -> None:
    """Always the first open way: the same beats are passed, and every number ends the same."""
    beats = (
        StoryBeat(id="a", name="Quarrel", kind=BeatKind.START, text="one", effects="tension + 2"),
        StoryBeat(id="b", name="Truce", text="two", condition="tension >= 3", effects="tension - 9\nMara takes key"),
        StoryBeat(id="c", name="Door", text="three", effects="class = yes", is_repeatable=True),
        StoryBeat(id="d", name="Out", text="four", kind=BeatKind.WIN, condition="class and key.holder = Mara"),
    )
    ways = [("a", "d"), ("a", "b"), ("b", "a"), ("b", "c"), ("c", "d")]
    links = tuple(StoryLink(id=f"l{n}", from_id=x, to_id=y, position=n) for n, (x, y) in enumerate(ways))
    world = WORLD.model_copy(update={"lose": "", "win": ""})
    story = Story(world=world, roles=ROLES, beats=beats, links=links)
    result = node.compile("ink", format_story(StoryForm.INK, "T", "", story).decode())
    assert result["errors"] == []
    rules = Rules(story)
    state = rules.begin(lambda _: 0.0)
    passed = ["one"]
    while state.outcome is None:
        way = next(way for way in rules.ways[state.beat_id or ""] if rules.is_open(state, way))
        state, _ = rules.enter(state, way.link.to_id, lambda _: 0.0)
        passed.append(next(beat.text for beat in beats if beat.id == state.beat_id))
    assert [page["text"] for page in result["shown"]] == [[text] for text in passed]
    tension = next(slot for slot, one in enumerate(rules.slots.all) if one.key == "tension")
    assert result["numbers"]["tension"] == state.values[tension] == -2


def test_events_come_back_to_where_the_scene_was(node: compilers.Compilers) -> None:
    beats = (
        StoryBeat(id="a", name="Room", kind=BeatKind.START, text="one"),
        StoryBeat(id="e", name="Knock", kind=BeatKind.EVENT, text="knock", effects="class = yes"),
    )
    story = Story(world=WORLD, roles=ROLES, beats=beats, links=(StoryLink(id="l", from_id="a", to_id="e"),))
    for form in (StoryForm.INK, StoryForm.YARN):
        result = node.compile(form.value, format_story(form, "T", "", story).decode())
        assert result["errors"] == []
        assert [page["text"] for page in result["shown"]][:2] == [["one"], ["knock"]]


def test_twee_has_its_data(node: compilers.Compilers) -> None:
    beats = (StoryBeat(id="a", name="Room", kind=BeatKind.START, text="one", x=10, y=-20.5),)
    result = node.compile("twee", format_story(StoryForm.TWEE, "The boat", "", Story(beats=beats), None, "id").decode())
    assert (result["name"], result["start"]) == ("The boat", "Room")
    assert re.fullmatch(r"[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}", result["ifid"])
    again = format_story(StoryForm.TWEE, "The boat", "", Story(beats=beats), None, "id").decode()
    assert result["ifid"] in again


def test_goals_places_and_dialogue_are_in_every_language() -> None:
    beats = (StoryBeat(id="a", name="Room", kind=BeatKind.START, goals={"r1": "Get the key"}, place_id="hall"),)
    story = Story(world=WORLD, roles=ROLES, beats=beats)
    for form in StoryForm:
        text = format_story(form, "T", "A lighthouse.", story, {"a": [Said("Mara", "Who is there?")]}).decode()
        for wanted in ("Mara wants: Get the key", "Place: The hall", "Who is there?", "A lighthouse."):
            assert wanted in text.replace("\\", ""), (form, wanted)


def test_a_scenario_without_beats_is_told_so() -> None:
    with pytest.raises(UserError, match="has no beats"):
        format_story(StoryForm.INK, "T", "", Story())


def test_names_are_unique_and_mean_nothing_else() -> None:
    names = ["End", "end", "class", "", "1st", "menu", "日本", "Größe", "Größe"]
    beats = tuple(StoryBeat(id=f"b{n}", name=name) for n, name in enumerate(names))
    plan: Any = plan_story("T", "", Story(world=WORLD, roles=ROLES, beats=beats))
    made = [one.name for one in plan.passages] + [one.name for one in plan.numbers] + list(plan.cast.values())
    assert len({name.lower() for name in made}) == len(made)
    assert all(re.fullmatch(r"[A-Za-z]\w*", name) for name in made)
    assert not {"end", "class", "menu"} & {name.lower() for name in made}


@pytest.mark.parametrize("name", [one.name for one in list_templates()])
def test_every_template_compiles(node: compilers.Compilers, tmp_path: Path, name: str) -> None:
    with closing(Project(tmp_path / "a.tableread")) as project:
        scenario = add_template(project, name)
        for form in StoryForm:
            path = tmp_path / f"story{SUFFIXES[form]}"
            assert form_of(path) == form
            export_story(project, scenario.id, form, path)
            if form == StoryForm.RENPY:
                check_renpy(path.read_text(encoding="utf-8"))
            else:
                assert node.compile(form.value, path.read_text(encoding="utf-8"))["errors"] == []


def ways_of(condition: str) -> list[str]:
    """What a way asks whose target is entered when a condition holds."""
    beats = (StoryBeat(id="a", kind=BeatKind.START), StoryBeat(id="b", name="b", condition=condition))
    story = Story(
        world=World(variables=[Variable(name="v")]), beats=beats, links=(StoryLink(id="l", from_id="a", to_id="b"),)
    )
    return [Syntax().ask(way.question) for passage in plan_story("t", "", story).passages for way in passage.ways]


@pytest.mark.parametrize(
    ("condition", "asked"),
    [
        ("not turns >= 3", "been_b == 0"),
        ("not not turns >= 3", "been_b == 0"),
        ("not (turns >= 3 or v = 2)", "(been_b == 0) and (v != 2)"),
        ("not (turns >= 3 and v = 2)", "been_b == 0"),
        ("not (v = 1 or not v < 2)", "(been_b == 0) and ((v != 1) and (v < 2))"),
    ],
)
def test_counts_of_turns_hold_whatever_stands_around_them(condition: str, asked: str) -> None:
    assert ways_of(condition) == [asked]


def test_names_of_the_cast_say_nothing_to_renpy() -> None:
    story = Story(roles=(StoryRole(id="r", names=("Mara [config.basedir] {b} 5%",)),), beats=(StoryBeat(id="a"),))
    assert 'Character("Mara [[config.basedir] {{b} 5%%")' in format_story(StoryForm.RENPY, "t", "", story).decode()


def test_thousands_of_beats_of_one_name_get_names() -> None:
    beats = tuple(StoryBeat(id=str(number), name="Same" if number % 2 else "same") for number in range(5_000))
    passages = plan_story("t", "", Story(beats=beats)).passages
    assert len({passage.name.lower() for passage in passages}) == len(passages) == 10_000


def test_more_events_than_a_file_can_hold_are_refused() -> None:
    kinds = (BeatKind.EVENT, BeatKind.STEP)
    beats = tuple(StoryBeat(id=str(number), name=f"n{number}", kind=kinds[number % 2]) for number in range(800))
    with pytest.raises(UserError, match="too many events"):
        plan_story("t", "", Story(beats=beats))


def test_a_beat_that_lies_nowhere_is_written() -> None:
    story = Story(beats=(StoryBeat(id="a", x=float("inf"), y=float("nan")),))
    assert b"0,0" in format_story(StoryForm.TWEE, "t", "", story)
