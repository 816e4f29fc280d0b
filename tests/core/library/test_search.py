"""The index equals a plain scan of all rows, whatever was edited, deleted, undone and done again."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import text
from sqlmodel import select

from core.library.characters import create_character, delete_character, update_character
from core.library.kinds import KINDS, MODELS
from core.library.playtests import delete_playtest
from core.library.scenarios import add_role, create_scenario, list_scenarios, remove_role, update_role, update_scenario
from core.library.search import list_hits, read_hits, search
from core.library.search_query import Term, fold, parse_query, split_words
from core.library.tags import add_tag, rename_tag
from core.library.trash import delete_listed, empty_trash, list_trash, restore_listed
from core.project import Project
from models.beat import Beat, BeatLink
from models.character import Character, CharacterBase
from models.database import open_database
from models.fragment import Fragment
from models.lore import Lorebook, LoreEntry
from models.migrations import MIGRATIONS
from models.migrations.m5_library import SOURCES
from models.playtest import Origin, Playtest, SpeakerKind, Turn
from models.relationship import Relationship
from models.scenario import Role, RoleBase, Scenario, ScenarioBase
from tests.examples import n_examples

TABLES = {
    str(table.__tablename__): table
    for table in (
        Character,
        Relationship,
        Fragment,
        Lorebook,
        LoreEntry,
        Scenario,
        Role,
        Beat,
        BeatLink,
        Playtest,
        Turn,
    )
}
QUERIES = ("lamp", "la", '"the lamp"', "zoe", "keeper lamp", "night", '"keeper the"', "k", "é")
lines = st.lists(st.sampled_from(["the", "lamp", "Lamps", "keeper", "Zoë", "night", "—", "é"]), max_size=4).map(
    " ".join
)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    project = Project(tmp_path / "play.tableread")
    yield project
    project.close()


def found(project: Project, query: str) -> set[tuple[str, str]]:
    return {(one.kind, one.id) for one in search(project, parse_query(query))}


def scan(project: Project, query: str) -> set[tuple[str, str]]:
    """The same, by reading every row."""
    terms = parse_query(query).terms
    matches = set()
    with project.reading() as session:
        gone = {row.id for model in MODELS.values() for row in session.exec(select(model)) if row.deleted_at}
        for book in session.exec(select(Lorebook)):
            if {book.character_id, book.scenario_id} & gone:
                gone.add(book.id)
        for source in SOURCES:
            for row in session.exec(select(TABLES[source.table])):
                columns = ["\n".join(getattr(row, name) for name in source.names)]
                columns.append("\n".join(row.tags) if source.has_tags else "")
                columns.append("\n".join(text_of(row, field) for field in source.fields))
                owner = getattr(row, source.owner)
                if owner not in gone and all(any(has(column, term) for column in columns) for term in terms):
                    matches.add((source.kind, owner))
    return matches


def text_of(row: Any, field: str) -> str:
    if field in ("scenario_name", "weights_name"):
        return ""
    value = row.content if field == "parts" else getattr(row, field)
    keys = {"name", "description", "text", "note", "win", "lose"} if field == "world" else None
    return "\n".join(texts_in(value, field, keys))


def texts_in(value: Any, key: str, wanted: set[str] | None) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name != "expressions":
                yield from texts_in(inner, name, wanted)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner, key, wanted)
    elif isinstance(value, str) and (wanted is None or key in wanted):
        yield value


def has(column: str, term: Term) -> bool:
    have = [fold(word) for word in split_words(column)]
    want = [fold(word) for word in term.words]
    for start in range(len(have) - len(want) + 1):
        some = have[start : start + len(want)]
        if some == want or (term.is_open and some[:-1] == want[:-1] and some[-1].startswith(want[-1])):
            return True
    return False


class SearchMachine(RuleBasedStateMachine):
    """Random work on a project; the index must hold at any time."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.project = Project(Path(self.folder.name) / "p.tableread")

    def ids(self, kind: str) -> list[str]:
        with self.project.reading() as session:
            return list(session.exec(select(MODELS[kind].id).where(MODELS[kind].deleted_at.is_(None))))

    def pick(self, data: st.DataObject, kind: str) -> str:
        return data.draw(st.sampled_from(self.ids(kind)))

    @rule(name=lines, words=lines, tag=lines)
    def new_character(self, name: str, words: str, tag: str) -> None:
        layers = {"voice_rules": [words], "expressions": {"keeper": "lamp"}}
        draft = CharacterBase(name=name or "x", statements=[words], tags=[tag], layers=layers)
        create_character(self.project, draft)

    @rule(name=lines, words=lines)
    def new_scenario(self, name: str, words: str) -> None:
        world = {"facts": [{"id": "lamp", "text": words, "known_by": {"keeper": "knows"}}]}
        create_scenario(self.project, ScenarioBase(name=name or "x", world=world), [RoleBase(goal=words)])

    @rule(data=st.data(), name=lines, words=lines)
    @precondition(lambda self: self.ids("scenario"))
    def new_parts(self, data: st.DataObject, name: str, words: str) -> None:
        scenario_id = self.pick(data, "scenario")
        with self.project.act("New beats") as session:
            beats = [Beat(scenario_id=scenario_id, name=name, goals={"keeper": words}) for _number in range(2)]
            session.add_all(beats)
            session.flush()
            session.add(BeatLink(scenario_id=scenario_id, label=words, from_id=beats[0].id, to_id=beats[1].id))

    @rule(name=lines, words=lines)
    def new_fragment_and_book(self, name: str, words: str) -> None:
        with self.project.act("New") as session:
            session.add(Fragment(name=name, content={"layers": {"voice_rules": [words]}}, tags=[words]))
            book = Lorebook(name=name, description=words)
            session.add(book)
            session.flush()
            session.add(LoreEntry(book_id=book.id, keys=[words], content=name))

    @rule(speaker=lines, words=lines, thought=lines)
    def new_turn(self, speaker: str, words: str, thought: str) -> None:
        with self.project.append() as session:
            playtest = Playtest(name="Run", tags=[])
            session.add(playtest)
            session.flush()
            session.add(
                Turn(
                    playtest_id=playtest.id, number=1, speaker_id="a", speaker=speaker, kind=SpeakerKind.CHARACTER,
                    text=words, thought=thought or None, origin=Origin.HUMAN,
                )
            )  # fmt: skip

    @rule(data=st.data(), words=lines)
    @precondition(lambda self: self.ids("character"))
    def edit_character(self, data: st.DataObject, words: str) -> None:
        update_character(self.project, self.pick(data, "character"), description=words, layers={"samples": [words]})

    @rule(data=st.data(), words=lines)
    @precondition(lambda self: self.ids("scenario"))
    def edit_scenario(self, data: st.DataObject, words: str) -> None:
        update_scenario(self.project, self.pick(data, "scenario"), setting=words, name=words or "y")

    @rule(data=st.data(), tag=st.sampled_from(["lamp", "night", "Lamp"]))
    @precondition(lambda self: any(self.ids(kind) for kind in KINDS))
    def tag(self, data: st.DataObject, tag: str) -> None:
        kind = data.draw(st.sampled_from([kind for kind in KINDS if self.ids(kind)]))
        add_tag(self.project, [(kind, self.pick(data, kind))], tag)

    @rule(tag=st.sampled_from(["lamp", "night"]), new=st.sampled_from(["zoë", "night"]))
    def rename_tag(self, tag: str, new: str) -> None:
        rename_tag(self.project, tag, new)

    @rule(data=st.data())
    @precondition(lambda self: any(self.ids(kind) for kind in KINDS))
    def delete(self, data: st.DataObject) -> None:
        kind = data.draw(st.sampled_from([kind for kind in KINDS if self.ids(kind)]))
        delete_listed(self.project, [(kind, self.pick(data, kind))])

    @rule()
    @precondition(lambda self: list_trash(self.project))
    def restore(self) -> None:
        restore_listed(self.project, [(one.kind, one.id) for one in list_trash(self.project)[:1]])

    @rule()
    def empty(self) -> None:
        empty_trash(self.project)

    @rule(n_steps=st.integers(1, 3))
    def undo(self, n_steps: int) -> None:
        for _step in range(n_steps):
            self.project.undo()

    @rule()
    def redo(self) -> None:
        self.project.redo()

    @invariant()
    def index_is_true(self) -> None:
        if hasattr(self, "project"):
            for query in QUERIES:
                assert found(self.project, query) == scan(self.project, query), query

    def teardown(self) -> None:
        self.project.close()
        self.folder.cleanup()


TestSearchMachine = SearchMachine.TestCase
TestSearchMachine.settings = settings(max_examples=n_examples(8, 100), stateful_step_count=12, deadline=None)


def add_turn(project: Project, playtest_id: str, words: str, number: int = 1) -> int:
    turn = Turn(
        playtest_id=playtest_id, number=number, speaker_id="a", speaker="Mara", kind=SpeakerKind.CHARACTER,
        text=words, thought="Nobody must know.", origin=Origin.WEIGHTS,
    )  # fmt: skip
    with project.append() as session:
        session.add(turn)
    assert turn.id is not None
    return turn.id


def test_names_come_first_then_tags_then_texts(project: Project) -> None:
    body = create_character(project, CharacterBase(name="Ada", description="lamp " * 9))
    tagged = create_character(project, CharacterBase(name="Bo", tags=["lamp"], description="Nothing else. " * 20))
    named = create_character(project, CharacterBase(name="The Lamp Keeper of the North", description="Long. " * 400))
    assert search(project, parse_query("lamp"))[0].id == named.id
    assert {one.id for one in search(project, parse_query("lamp"))} == {body.id, tagged.id, named.id}


def test_a_hit_says_where_the_words_are(project: Project) -> None:
    mara = create_character(project, CharacterBase(name="Mara", boundaries="Never speaks of the boathouse."))
    scenario = create_scenario(project, ScenarioBase(name="Inquest"), [RoleBase(name="Keeper", secret="She lit it.")])
    (hit,) = list_hits(project, parse_query("boat"), mara.id)
    assert (hit.source, hit.field, hit.name) == ("character", "boundaries", "Mara")
    assert [hit.snippet[begin:end] for begin, end in hit.marks] == ["boathouse"]
    (hit,) = list_hits(project, parse_query("lit"), scenario.id)
    assert (hit.source, hit.field, hit.name) == ("role", "secret", "Keeper")
    assert read_hits(project, parse_query("lit"), [hit.document_id, 99_999]) == [hit]


def test_every_turn_of_a_playtest_is_found_in_order_thoughts_too(project: Project) -> None:
    with project.append() as session:
        playtest = Playtest(name="Run 1", script={"scenario": {"name": "Inquest"}})
        session.add(playtest)
    ids = [add_turn(project, playtest.id, f"Fog {number}", number) for number in range(1, 4)]
    (run,) = search(project, parse_query("fog"))
    assert (run.kind, run.id, run.n_hits) == ("playtest", playtest.id, 3)
    hits = list_hits(project, parse_query("fog"), playtest.id)
    assert [(hit.source, int(hit.source_id)) for hit in hits] == [("turn", turn_id) for turn_id in ids]
    assert found(project, "mara fog") == found(project, '"nobody must"') == {("playtest", playtest.id)}
    assert found(project, "inquest") == {("playtest", playtest.id)}
    delete_playtest(project, playtest.id)
    assert found(project, "fog") == set()


@pytest.mark.parametrize(
    "query", ['"', "a AND", "NEAR(", "name:lamp", "* ^ -", "lamp*", "(((", "\ud800", "a\x00b", "'; --"]
)
def test_nothing_that_is_typed_breaks_a_search(project: Project, query: str) -> None:
    create_character(project, CharacterBase(name="Lamp"))
    search(project, parse_query(query))


def test_scripts_without_spaces_are_searched_letter_by_letter(project: Project) -> None:
    keeper = create_character(project, CharacterBase(name="佐藤", description="灯台の番人です。"))
    assert found(project, "番人") == {("character", keeper.id)}
    assert found(project, "佐藤 番人") == {("character", keeper.id)}
    assert found(project, "番犬") == set()


def test_a_document_that_sqlite_cannot_read_does_not_stop_its_row(project: Project) -> None:
    with project.append() as session:
        session.execute(
            text("INSERT INTO fragment (name, summary, content, id, created_at, updated_at) "
                 "VALUES ('Accent', 'Broad', '{\"card_extra\": NaN}', 'f', '', '')")
        )  # fmt: skip
    assert found(project, "accent broad") == {("fragment", "f")}


def test_books_of_what_is_in_the_trash_are_gone_too(project: Project) -> None:
    mara = create_character(project, CharacterBase(name="Mara"))
    with project.act("book") as session:
        session.add(Lorebook(name="Skerry", character_id=mara.id))
    delete_character(project, mara.id)
    assert found(project, "skerry") == set()
    project.undo()
    assert len(found(project, "skerry")) == 1


def test_roles_that_come_and_go(project: Project) -> None:
    scenario = create_scenario(project, ScenarioBase(name="S"))
    role = add_role(project, scenario.id, RoleBase(goal="Find the ledger"))
    assert found(project, "ledger") == {("scenario", scenario.id)}
    update_role(project, role.id, goal="Hide it")
    assert found(project, "ledger") == set()
    remove_role(project, role.id)
    assert found(project, "hide") == set()
    assert list_scenarios(project)[0].id == scenario.id


def test_a_file_of_an_older_schema_is_indexed_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "old.tableread"
    later = {number: MIGRATIONS.pop(number) for number in list(MIGRATIONS) if number >= 5}
    try:
        engine = open_database(path)
        with engine.begin() as connection:
            connection.execute(
                text("INSERT INTO fragment (name, summary, content, id, created_at, updated_at) "
                     "VALUES ('Accent', 'Broad and slow', '{}', 'f', '', '')")
            )  # fmt: skip
        engine.dispose()
    finally:
        MIGRATIONS.update(later)
    project = Project(path)
    assert found(project, "slow") == {("fragment", "f")}
    project.close()
