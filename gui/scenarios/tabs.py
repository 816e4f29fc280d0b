"""The tabs of an open scenario: the scene with its cast, beats, world, who knows what, and what the checker found."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from gui.scenarios.beats.editor import BeatsEditor
from gui.scenarios.checking.checker import Problem, Verdict
from gui.scenarios.checking.findings_list import FindingsList
from gui.scenarios.form import ScenarioForm
from gui.scenarios.header import BEATS, FINDINGS, KNOWLEDGE, PLAYING, SCENE, WORLD
from gui.scenarios.open_story import OpenStory
from gui.scenarios.playing.tab import PlayingTab
from gui.scenarios.world.knowledge_tab import KnowledgeTab
from gui.scenarios.world.tab import WorldTab

_TAB_OF = {"beat": BEATS, "link": BEATS, "variable": WORLD, "prop": WORLD, "place": WORLD, "fact": KNOWLEDGE}


class ScenarioTabs(QStackedWidget):
    """One page is shown at a time; what is typed into the others is kept."""

    shown = Signal(int)
    """Another tab is shown."""

    def __init__(self, story: OpenStory, form: ScenarioForm, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._story = story
        self.form = form
        self.beats = BeatsEditor(story)
        self.world = WorldTab(story)
        self.knowledge = KnowledgeTab(story)
        self.findings = FindingsList(story)
        self.playing = PlayingTab(story)
        for page in (form, self.beats, self.world, self.knowledge, self.playing, self.findings):
            self.addWidget(page)
        self.findings.chosen.connect(self.show_problem)

    def show_tab(self, tab: int, *, focuses: bool = False) -> None:
        """Shows a tab; `focuses`: and goes into it."""
        if tab != self.currentIndex():
            self.flush()
            self.setCurrentIndex(tab)
            self.shown.emit(tab)
        if focuses:
            self.focus_tab()

    def focus_tab(self) -> None:
        """Goes into the tab that is shown."""
        targets = {BEATS: self.beats.canvas, WORLD: self.world.variables.view, KNOWLEDGE: self.knowledge.table.view}
        target = targets.get(self.currentIndex(), self.findings.list)
        if self.currentIndex() == SCENE:
            self.form.fields["name"].focus_editor()
        elif self.currentIndex() == PLAYING:
            self.playing.fields["turn_policy"].focus_editor()
        elif target.isVisibleTo(self):
            target.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif self.currentIndex() == WORLD:
            self.world.variables.add_button.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.knowledge.table.add_button.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_problem(self, problem: Problem) -> None:
        """Shows what a finding is about, selected and in sight."""
        if problem.kind == "role" or (problem.kind == "scenario" and problem.field not in ("win", "lose")):
            self.show_tab(SCENE)
            self._show_role(problem.id)
            return
        self.show_tab(_TAB_OF.get(problem.kind, WORLD))
        match problem.kind:
            case "beat":
                self.beats.show_beat(problem.id, problem.field)
            case "link":
                self.beats.show_link(problem.id, problem.field)
            case "fact":
                self.knowledge.go_to(problem.id)
            case _:
                self.world.go_to(problem.kind, problem.id, problem.field)

    def show_verdict(self, verdict: Verdict | None) -> None:
        """Lists what was found, and marks it on the canvas."""
        self.findings.show_verdict(verdict)
        beats: dict[str, list[str]] = {}
        links: set[str] = set()
        for problem in verdict.grave if verdict is not None else ():
            if problem.kind == "beat":
                beats.setdefault(problem.id, []).append(self._on_card(problem))
            elif problem.kind == "link":
                links.add(problem.id)
        self.beats.show_findings(beats, links)

    def show_part(self, part: str) -> None:
        """Goes to a part by the name that search gives it: a field of the scene, `world`, `role:ID`, `beat:ID`…"""
        kind, _colon, key = part.partition(":")
        if kind == "beat":
            self.show_tab(BEATS)
            self.beats.show_beat(key)
        elif kind == "beat_link":
            self.show_tab(BEATS)
            self.beats.show_link(key)
        elif kind == "world":
            self.show_tab(WORLD, focuses=True)
        elif kind == "role":
            self.show_tab(SCENE)
            self._show_role(key)
        elif kind in self.playing.fields:
            self.show_tab(PLAYING)
            self.playing.go_to(kind)
        elif kind in self.form.fields:
            self.show_tab(SCENE)
            self.form.go_to_field(self.form.fields[kind])

    def flush(self) -> None:
        """Keeps at once what was typed."""
        self.form.flush()
        self.beats.flush()
        self.world.flush()
        self.playing.flush()

    def add_variable(self) -> None:
        """Adds a variable, in sight."""
        self.show_tab(WORLD)
        self.world.add_variable()

    def add_prop(self) -> None:
        """Adds a prop, in sight."""
        self.show_tab(WORLD)
        self.world.add_prop()

    def add_place(self) -> None:
        """Adds a place, in sight."""
        self.show_tab(WORLD)
        self.world.add_place()

    def add_fact(self) -> None:
        """Adds a fact, in sight."""
        self.show_tab(KNOWLEDGE)
        self.knowledge.add_fact()

    def show_findings(self) -> None:
        """Shows what the checker found."""
        self.show_tab(FINDINGS, focuses=True)

    def _show_role(self, role_id: str) -> None:
        card = self.form.cast.cards.get(role_id)
        if card is not None:
            self.form.sections.show_widget(card)
            card.player.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.form.sections.show_widget(self.form.cast)

    def _on_card(self, problem: Problem) -> str:
        """The finding in few words: the card says already which beat it is."""
        beat = self._story.graph.beats.get(problem.id)
        words = problem.message.rstrip(".")
        if beat is not None and beat.name:
            words = words.removeprefix(f"“{beat.name}” ").removeprefix(f"In “{beat.name}” ")
            words = words.rpartition(f" of “{beat.name}”: ")[2]
        return words.replace("can never be reached", self.tr("cannot be reached"))
