"""The graph of the open scenario: its canvas, the fields of what is selected, and what can be done to it."""

from collections.abc import Mapping

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QLabel, QSplitter, QVBoxLayout, QWidget

from core.library.beats import add_beat, add_link, delete_parts, insert_parts, move_beats, update_beats
from core.library.ways_played import count_ways
from gui import theme
from gui.scenarios.beats.actions import BeatActions
from gui.scenarios.beats.arranging import Line, align, distribute
from gui.scenarios.beats.canvas import BeatCanvas
from gui.scenarios.beats.card import WIDTH_PX, CardFace, kind_color, make_face
from gui.scenarios.beats.clipboard import Parts, format_parts, parse_parts, take_parts
from gui.scenarios.beats.minimap import Minimap
from gui.scenarios.beats.scene import Arrow
from gui.scenarios.beats.search_box import SearchBox
from gui.scenarios.beats.selection_panel import SelectionPanel
from gui.scenarios.beats.snapping import snap_to_grid
from gui.scenarios.beats.tidying import COLUMN_GAP_PX, tidy
from gui.scenarios.beats.trigger_field import describe_trigger
from gui.scenarios.open_story import OpenStory
from models.beat import Beat, BeatBase, BeatKind

MANY_BEATS = 40
"""From here on places are kept off the window's thread."""
PASTE_SHIFT_PX = 32
PANEL_PX = 280


class BeatsEditor(QWidget):
    """Canvas and side panel. Every change is one undo step."""

    play_requested = Signal()
    """The scene is to be played from the selected beat."""

    def __init__(self, story: OpenStory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.story = story
        self._workspace = story.workspace
        self.canvas = BeatCanvas()
        self.panel = SelectionPanel(story)
        self.map = Minimap(self.canvas)
        self.search = SearchBox(self.canvas)
        self._beat_findings: dict[str, list[str]] = {}
        self._marked_links: set[str] = set()
        self._played: dict[str, int] = {}
        """Link id -> how often it was taken."""
        self._hint = QLabel(self.canvas)
        self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.acts = BeatActions(self)
        self.panel.add_arranging([*self.acts.lines, *self.acts.gaps])
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.canvas)
        self._on_opened()

    # What is shown

    def show_findings(self, beats: Mapping[str, list[str]], links: set[str]) -> None:
        """Marks what the checker found: beat id -> sentences, and links."""
        if (dict(beats), links) != (self._beat_findings, self._marked_links):
            self._beat_findings, self._marked_links = dict(beats), set(links)
            self._show_graph()

    def show_beat(self, beat_id: str, field: str = "") -> None:
        """Selects a beat and brings it into sight; with the cursor in one of its fields when it is named."""
        self.canvas.show_beat(beat_id)
        if field:
            self.panel.go_to(field)
        else:
            self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_link(self, link_id: str, field: str = "") -> None:
        """Selects a link and brings it into sight."""
        self.canvas.show_link(link_id)
        if field:
            self.panel.go_to(field)
        else:
            self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def chosen_beat(self) -> Beat | None:
        """The beat that alone is selected."""
        chosen = self.canvas.selected
        return self.story.graph.beats.get(next(iter(chosen))) if len(chosen) == 1 else None

    def flush(self) -> None:
        """Keeps at once what was typed and moved."""
        self.panel.flush()
        self.canvas.flush()

    # What a person does

    def new_beat(self) -> None:
        """Adds a beat beside the current one, or in the middle, and asks for its name."""
        self._add_beat(self._free_place(self.canvas.current), "")

    def new_beat_after(self) -> None:
        """Adds a beat that the current one leads to."""
        self._add_beat(self._free_place(self.canvas.current), self.canvas.current)

    def edit_name(self) -> None:
        """Goes to the name of the beat or the label of the link that is selected."""
        self.panel.show_selection(self.canvas.selected, self.canvas.selected_links)
        self.panel.go_to_name()

    def select_all(self) -> None:
        """Selects all beats."""
        self.canvas.select(set(self.story.graph.beats))

    def find(self) -> None:
        """Finds beats by their words."""
        self.search.open_box()

    def copy(self) -> None:
        """Puts the selected beats and the links among them on the clipboard."""
        self.flush()
        parts = take_parts(self.story.graph, self.canvas.selected)
        if parts.beats:
            QApplication.clipboard().setMimeData(format_parts(parts))

    def cut(self) -> None:
        """Copies and deletes."""
        self.copy()
        self.delete()

    def paste(self) -> None:
        """Adds the beats of the clipboard, beside where they came from or in sight."""
        parts: list[Parts | None] = []
        if self._workspace.attempt(lambda: parts.append(parse_parts(QApplication.clipboard().mimeData()))) and parts[0]:
            self._insert(self._in_sight(parts[0]), self.tr("Paste beats"))

    def duplicate(self) -> None:
        """Adds copies of the selected beats."""
        self.flush()
        parts = take_parts(self.story.graph, self.canvas.selected)
        if parts.beats:
            self._insert(parts.moved(PASTE_SHIFT_PX, PASTE_SHIFT_PX), self.tr("Duplicate beats"))

    def delete(self) -> None:
        """Deletes what is selected; the beat that is current then is the one that led there."""
        self.flush()
        beats, links = set(self.canvas.selected), set(self.canvas.selected_links)
        if not beats and not links:
            return
        project, scenario_id = self._workspace.project, self.story.scenario_id
        before = [link.from_id for key in beats for link in self.story.graph.ways_in.get(key, ())]
        self.panel.forget()
        if self._workspace.attempt(lambda: delete_parts(project, scenario_id, beats, links)):
            self.reload()
            left = next((key for key in before if key in self.story.graph.beats), "")
            if left:
                self.canvas.select({left}, current=left)

    def set_kind(self, kind: BeatKind) -> None:
        """Gives the selected beats another kind."""
        self._update({key: {"kind": kind} for key in self.canvas.selected}, "")

    def align(self, line: Line) -> None:
        """Brings the selected beats in line."""
        self._put(align(self.canvas.scene.boxes(self.canvas.selected), line), self.tr("Align beats"))

    def distribute(self, axis: int) -> None:
        """Gives the selected beats equal gaps."""
        self._put(distribute(self.canvas.scene.boxes(self.canvas.selected), axis), self.tr("Distribute beats"))

    def tidy(self) -> None:
        """Lays the beats out in layers: those that are selected, or all."""
        chosen = self.canvas.selected if len(self.canvas.selected) > 1 else set(self.story.graph.beats)
        if not chosen:
            return
        graph = self.story.graph
        boxes = self.canvas.scene.boxes(chosen)
        places = tidy(boxes, [(link.from_id, link.to_id) for link in graph.between(chosen)], [graph.start_id()])
        left, top = min(box[0] for box in boxes.values()), min(box[1] for box in boxes.values())
        if len(chosen) == len(graph.beats):
            left = top = 0
        self._put({key: (x + left, y + top) for key, (x, y) in places.items()}, self.tr("Tidy the layout"))
        if len(chosen) == len(graph.beats):
            self.canvas.zoom_fit()

    def reload(self) -> None:
        """Reads the graph again at once, without waiting for news."""
        self.story.refresh_graph()

    # How it is done

    def _add_beat(self, place: QPointF, from_id: str) -> None:
        if not self.story.scenario_id:
            return
        self.flush()
        kind = BeatKind.STEP if self.story.graph.beats else BeatKind.START
        draft = BeatBase(kind=kind, x=place.x(), y=place.y())
        project, made = self._workspace.project, []
        if self._workspace.attempt(lambda: made.append(add_beat(project, self.story.scenario_id, draft, from_id))):
            self.reload()
            self.canvas.show_beat(made[0].id)
            self.edit_name()

    def _free_place(self, beside: str) -> QPointF:
        """A place to the right of a beat, under what is there already."""
        card = self.canvas.scene.cards.get(beside)
        if card is None:
            middle = self.canvas.middle()
            return QPointF(snap_to_grid(middle.x() - WIDTH_PX / 2), snap_to_grid(middle.y() - 40))
        place = card.translated(WIDTH_PX + COLUMN_GAP_PX, 0)
        while self.canvas.scene.cards_in(place):
            place.translate(0, 24)
        return QPointF(snap_to_grid(place.x()), snap_to_grid(place.y()))

    def _on_beat_requested(self, place: QPointF, from_id: str) -> None:
        self._add_beat(QPointF(place.x(), snap_to_grid(place.y() - 28)) if from_id else place, from_id)

    def _on_link_requested(self, from_id: str, to_id: str) -> None:
        known = [link.id for link in self.story.graph.ways_out.get(from_id, ()) if link.to_id == to_id]
        if known:
            self.canvas.show_link(known[0])
            return
        project, made = self._workspace.project, []
        if self._workspace.attempt(lambda: made.append(add_link(project, from_id, to_id))):
            self.reload()
            self.canvas.select({from_id}, {made[0].id}, current=from_id)
            self.canvas.select(set(), {made[0].id})

    def _insert(self, parts: Parts, label: str) -> None:
        project, scenario_id = self._workspace.project, self.story.scenario_id
        made: list[Beat] = []
        if scenario_id and self._workspace.attempt(
            lambda: made.extend(insert_parts(project, scenario_id, parts.beats, parts.links, label))
        ):
            self.reload()
            self.canvas.select({beat.id for beat in made}, current=made[0].id)
            self.canvas.reveal(made[0].id)

    def _in_sight(self, parts: Parts) -> Parts:
        """Beside the originals while they are in sight, else in the middle; never exactly over others."""
        taken = {(card.x(), card.y()) for card in self.canvas.scene.cards.values()}
        x, y = parts.corner
        seen = self.canvas.seen()
        if not seen.contains(QPointF(x, y)):
            middle = self.canvas.middle()
            parts = parts.moved(middle.x() - WIDTH_PX - x, middle.y() - 80 - y)
        while any((beat.x, beat.y) in taken for beat in parts.beats):
            parts = parts.moved(PASTE_SHIFT_PX, PASTE_SHIFT_PX)
        return parts

    def _update(self, changes: Mapping[str, Mapping[str, object]], label: str) -> None:
        self.flush()
        project = self._workspace.project
        if changes and self._workspace.attempt(lambda: update_beats(project, changes, label)):
            self.reload()

    def _put(self, places: Mapping[str, tuple[float, float]], label: str) -> None:
        """Keeps places; many of them off this thread, since the ledger notes each row."""
        beats = self.story.graph.beats
        moved = {key: place for key, place in places.items() if key in beats and place != (beats[key].x, beats[key].y)}
        if not moved:
            return
        self.canvas.scene.move({key: QPointF(*place) for key, place in moved.items()})
        self.canvas.note_view_changed()
        self.map.forget()
        project = self._workspace.project
        changes = {key: {"x": x, "y": y} for key, (x, y) in moved.items()}

        def keep() -> None:
            if label:
                update_beats(project, changes, label)
            else:
                move_beats(project, moved)

        if len(moved) < MANY_BEATS:
            if self._workspace.attempt(keep):
                self.story.refresh(self.story.cast, {"beat": set(moved)})
            else:
                self._show_graph()
        else:
            self._workspace.jobs.run(keep, lambda _done: self.story.refresh_graph(), self._on_not_kept)

    def _on_not_kept(self, error: object) -> None:
        self._workspace.faulted.emit(getattr(error, "message", ""), getattr(error, "hint", ""))
        self._show_graph()

    # How it is put together

    def _lay_out(self) -> None:
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(1)
        self._splitter.addWidget(self.canvas)
        self._splitter.addWidget(self.panel)
        self._splitter.setStretchFactor(0, 1)
        self._fit_panel()
        self.canvas.setMinimumWidth(320)
        self._splitter.setSizes([900, 320])
        row = QVBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._splitter)
        theme.set_kind(self._hint, "chip")
        self._hint.move(16, 14)
        self._hint.hide()

    def _connect(self) -> None:
        canvas = self.canvas
        self.story.opened.connect(self._on_opened)
        self.story.changed.connect(self._show_graph)
        canvas.selection_changed.connect(self._on_selection_changed)
        canvas.places_changed.connect(self._put_dragged)
        canvas.link_requested.connect(self._on_link_requested)
        canvas.beat_requested.connect(self._on_beat_requested)
        canvas.name_requested.connect(self.edit_name)
        canvas.menu_requested.connect(self.acts.open_menu)
        canvas.linking_changed.connect(self._on_linking_changed)
        self.search.found.connect(self.canvas.show_beat)
        self.panel.left.connect(lambda: canvas.setFocus(Qt.FocusReason.OtherFocusReason))
        self.panel.beat.link_chosen.connect(self.canvas.show_link)
        self.panel.link.beat_chosen.connect(self.canvas.show_beat)
        theme.notifier.theme_changed.connect(self._on_theme_changed)

    def _fit_panel(self) -> None:
        self.panel.setMinimumWidth(theme.text_px(PANEL_PX))

    def _on_theme_changed(self) -> None:
        self._fit_panel()
        self._show_graph()

    def _put_dragged(self, places: Mapping[str, tuple[float, float]]) -> None:
        self._put(places, "")

    def showEvent(self, event: QShowEvent) -> None:
        """Counts again how often ways were taken: something may have been played meanwhile."""
        super().showEvent(event)
        self._count_played()

    def _count_played(self) -> None:
        project, scenario_id = self._workspace.project, self.story.scenario_id
        if scenario_id:
            self._workspace.jobs.run(
                lambda: count_ways(project, scenario_id), lambda counts: self._on_counted(scenario_id, counts)
            )

    def _on_counted(self, scenario_id: str, counts: dict[str, int]) -> None:
        if scenario_id == self.story.scenario_id:
            self._played = counts
            self._show_played()

    def _show_played(self) -> None:
        beat, graph = self.chosen_beat, self.story.graph
        words = self._words_of_links()
        rows = [
            (
                words[link.id] or graph.beats[link.to_id].name,
                self._played.get(link.id, 0),
                kind_color(graph.beats[link.to_id].kind),
            )
            for link in (graph.ways_out.get(beat.id, ()) if beat is not None else ())
        ]
        self.panel.beat.show_played(rows)

    def _on_opened(self) -> None:
        self.panel.forget()
        self._played = {}
        if self.isVisible():
            self._count_played()
        self._beat_findings, self._marked_links = {}, set()
        self._show_graph(anew=True)

    def _on_selection_changed(self) -> None:
        self.panel.show_selection(self.canvas.selected, self.canvas.selected_links)
        self.panel.refresh(self._words_of_links())
        self._show_played()

    def _show_graph(self, *, anew: bool = False) -> None:
        graph = self.story.graph
        self.canvas.show_graph(graph, self._faces(), self._arrows(), anew=anew)
        self.map.forget()
        self.panel.show_selection(self.canvas.selected, self.canvas.selected_links)
        self.panel.refresh(self._words_of_links())
        self.acts.refresh()
        self._show_hint()

    def _faces(self) -> dict[str, CardFace]:
        roles = self.story.role_names
        places = {place.id: place.name or place.id for place in self.story.world.places}
        return {
            beat.id: make_face(beat, roles, places.get(beat.place_id or "", ""), self._beat_findings.get(beat.id, ()))
            for beat in self.story.graph.beats.values()
        }

    def _arrows(self) -> dict[str, Arrow]:
        words = self._words_of_links()
        arrows: dict[str, Arrow] = {}
        n_between: dict[tuple[str, str], int] = {}
        for link in self.story.graph.links.values():
            ends = (link.from_id, link.to_id)
            number = n_between[ends] = n_between.get(ends, -1) + 1
            arrows[link.id] = Arrow(*ends, words[link.id], link.id in self._marked_links, number)
        return arrows

    def _words_of_links(self) -> dict[str, str]:
        facts = {fact.id: fact.text for fact in self.story.world.facts}
        return {
            link.id: link.label or describe_trigger(link.trigger, facts) or " ".join(link.condition.split())[:60]
            for link in self.story.graph.links.values()
        }

    def _on_linking_changed(self, from_id: str) -> None:
        self._show_hint()

    def _show_hint(self) -> None:
        words = ""
        if self.canvas.linking_from:
            face = self.canvas.scene.faces.get(self.canvas.linking_from)
            words = self.tr("Link from “%1”: arrows choose where to, Enter links, Escape leaves").replace(
                "%1", face.title if face is not None else ""
            )
        elif self.story.scenario_id and not self.story.graph.beats:
            words = self.tr("No beats yet: the scene plays freely. Press N, or double-click, to add where it starts.")
        self._hint.setText(words)
        self._hint.adjustSize()
        self._hint.setVisible(bool(words))
