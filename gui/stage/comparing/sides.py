"""What can be laid side by side: the branches of a playtest, and of others of its scenario. For the jobs' thread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.library.playtests import get_playtest
from core.playtest.looking_back.side_by_side import Comparison, Side, SideTurn, compare_sides
from core.project import Project
from gui.stage.branches.branch_rows import list_branches
from gui.stage.reading import ScoreCell, StageTurn, read_marks, read_scores, read_turns
from gui.stage.turn_tree import TurnTree


@dataclass(frozen=True, slots=True)
class Choice:
    """A branch that can be one of the two sides."""

    playtest_id: str
    leaf_id: int | None
    """Its last turn; None: the branch that is being played, whichever it is."""
    name: str
    n_turns: int = 0
    """How long it is; 0: not known."""


def read_comparison(project: Project, left: Choice, right: Choice) -> Comparison:
    """Reads both branches and lays them side by side."""
    read: dict[str, tuple[TurnTree, dict[int, dict[str, ScoreCell]]]] = {}
    for choice in (left, right):
        if choice.playtest_id not in read:
            tree = TurnTree(read_turns(project, choice.playtest_id))
            read[choice.playtest_id] = (tree, read_scores(project, choice.playtest_id))
    sides = []
    for choice in (left, right):
        tree, scores = read[choice.playtest_id]
        playtest = get_playtest(project, choice.playtest_id)
        leaf_id = choice.leaf_id if choice.leaf_id is not None else playtest.head_id if playtest is not None else None
        sides.append(make_side(choice.name, tree.path_to(leaf_id), scores))
    return compare_sides(*sides)


def make_side(name: str, path: Sequence[StageTurn], scores: Mapping[int, Mapping[str, ScoreCell]]) -> Side:
    """Makes a side of a path of turns."""

    def values(turn: StageTurn) -> dict[str, float]:
        return {metric: cell.value for metric, cell in scores.get(turn.id, {}).items() if cell.value is not None}

    return Side(
        name,
        [
            SideTurn(
                turn.number, turn.speaker_id, turn.speaker, turn.kind, turn.text, turn.thought, values(turn), turn.id
            )
            for turn in path
        ],
    )


def read_branch_names(project: Project, playtest_id: str) -> list[tuple[int, str, str, int]]:
    """Returns last turn, name (empty when it has none), first words and length of each branch of a playtest."""
    marks = read_marks(project, playtest_id)
    tree = TurnTree(read_turns(project, playtest_id))
    tree.cut(turn_id for turn_id, mark in marks.items() if mark.is_cut)
    return [(row.leaf.id, row.name, row.first_words, row.leaf.number) for row in list_branches(tree, marks)]
