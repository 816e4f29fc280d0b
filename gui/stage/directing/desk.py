"""The director's desk: each act asks for what it needs, and is given to the director of the open playtest."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QComboBox, QMenu, QWidget

from core.library.characters import list_characters
from core.memory.emotion import EMOTIONS
from core.playtest.directing.acts import DIRECTOR_ID, describe_seconds
from core.playtest.directing.director import Director
from core.playtest.script import NARRATOR_ID, Script
from core.world.state import WorldState
from gui.stage.cast.cast_weights_section import offered_weights
from gui.stage.directing.act_form import ActForm
from gui.stage.directing.world_offers import Offer, list_facts, list_offers, list_presence
from gui.stage.fill import fill
from gui.stage.names import cast_names
from gui.stage.session import StageSession
from gui.stage.stage_actions import StageActions, connect_all
from gui.stage.transcript.act_sentences import say_emotion
from gui.workspace import Workspace

Work = Callable[[], object]
MINUTE, HOUR, DAY = 60, 3_600, 86_400
PAUSES_S = (10 * MINUTE, HOUR, 8 * HOUR, DAY, 7 * DAY)
LINE_SECONDS = (0, 20, 60, 180)
STRENGTHS = (0.35, 0.65, 1.0)


class DirectorsDesk(QObject):
    """Every act, by action and for one character. Forms open over `anchor`."""

    speaking_wanted = Signal(str, object)
    """The field is wanted: who speaks, and the role ids of those who hear; None: everyone."""

    character_wanted = Signal(str)
    """Role id: its character is wanted in the editor."""

    def __init__(
        self, workspace: Workspace, session: StageSession, acts: StageActions, anchor: QWidget, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._session = session
        self._acts = acts
        self._anchor = anchor
        self._window = parent
        self.form: ActForm | None = None
        """The one that is open."""
        connect_all(
            {
                acts.direct: self.open_menu,
                acts.event: self.inject_event,
                acts.whisper: self.whisper,
                acts.mood: self.set_mood,
                acts.world: self.change_world,
                acts.presence: self.change_presence,
                acts.time: self.pass_time,
                acts.next_speaker: self.choose_next,
                acts.take_role: self.take_role,
                acts.hand_back: self.hand_back,
                acts.recast: self.recast,
                acts.weights: self.swap_weights,
                acts.end_scene: lambda: self._direct(lambda director: director.end_scene()),
            }
        )

    # Menus

    def open_menu(self) -> None:
        """Shows every act over the button that says so."""
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self._acts.of_director())
        menu.insertSeparator(self._acts.end_scene)
        menu.insertAction(self._acts.end_scene, self._acts.what_if)
        size = menu.sizeHint()
        corner = self._anchor.mapToGlobal(QPoint(self._anchor.width() - size.width(), -size.height() - 4))
        menu.popup(corner)
        menu.setActiveAction(self._acts.event)

    def menu_for(self, role_id: str) -> QMenu:
        """Returns the acts for one character."""
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        name, acts = self._names().get(role_id, ""), self._acts

        def add(text: str, icon_of: object, work: Work) -> None:
            action = menu.addAction(text.replace("&", "&&"))
            action.setIcon(icon_of.icon())  # type: ignore[attr-defined]
            action.setEnabled(self._session.can_write or icon_of is acts.rename)
            action.triggered.connect(lambda _checked: work())

        add(fill(self.tr("Open %1 in Characters"), name), acts.rename, lambda: self.character_wanted.emit(role_id))
        menu.addSeparator()
        add(fill(self.tr("Speak as %1"), name), acts.speak, lambda: self.speaking_wanted.emit(role_id, None))
        add(fill(self.tr("%1 speaks next"), name), acts.next_speaker, lambda: self._direct(_play_as(role_id)))
        add(fill(self.tr("Whisper a motive to %1"), name), acts.whisper, lambda: self.whisper(role_id))
        add(self.tr("Set the mood…"), acts.mood, lambda: self.set_mood(role_id))
        add(self.tr("Enter, leave or move…"), acts.presence, lambda: self.change_presence(role_id))
        if self._script().story.world.facts:
            add(self.tr("Let them know…"), acts.world, lambda: self.teach(role_id))
        if role_id in self._session.taken_roles:
            add(self.tr("Hand the role back"), acts.hand_back, lambda: self._hand_back(role_id))
        else:
            add(self.tr("Take the role…"), acts.take_role, lambda: self.take_role(role_id))
        add(self.tr("Swap who plays it…"), acts.recast, lambda: self.recast(role_id))
        add(self.tr("Swap the weights…"), acts.weights, lambda: self.swap_weights(role_id))
        return menu

    # Acts

    def inject_event(self) -> None:
        """Lets the narrator tell that something happens."""
        self.speaking_wanted.emit(NARRATOR_ID, None)

    def whisper(self, role_id: str = "") -> None:
        """Says what one character wants from now on; nobody else hears it."""
        chosen = role_id or self._chosen_role()
        self.speaking_wanted.emit(DIRECTOR_ID, [chosen] if chosen else None)

    def set_mood(self, role_id: str = "") -> None:
        """Asks for a feeling and its strength."""
        form = self._form(
            self.tr("Set a mood"),
            self.tr("It is felt from the next turn on, and fades as moods do."),
            self.tr("Set it"),
        )
        who = self._add_role(form, role_id)
        what = form.add_choice(self.tr("&Feels"), [(say_emotion(one), one) for one in EMOTIONS])
        words = (self.tr("a little"), self.tr("clearly"), self.tr("strongly"))
        how = form.add_choice(self.tr("&How much"), list(zip(words, STRENGTHS, strict=True)), STRENGTHS[1])
        self._open(form, Director.set_mood, lambda: (who.currentData(), what.currentData(), how.currentData()))

    def change_world(self) -> None:
        """Asks what of the world is to be another."""
        offers = list_offers(self._script(), self._state())
        form = self._form(
            self.tr("Change the world"),
            self.tr("Nobody hears that it was set; the cast sees what it can see."),
            self.tr("Set it"),
        )
        what = form.add_choice(self.tr("&What"), [(offer.title, place) for place, offer in enumerate(offers)])
        what.addItem(self.tr("Effects, as in Scenarios"), -1)
        value = form.add_choice(self.tr("&Becomes"), [])
        number = form.add_number(self.tr("Becomes"), 0, 1, 0)
        line = form.add_line(self.tr("&Effects"), "tension + 1, Mara takes key")

        def find() -> Offer | None:
            place = what.currentData()
            return offers[place] if place is not None and place >= 0 else None

        def follow() -> None:
            offer = find()
            form.show_field(value, offer is not None and offer.bounds is None)
            form.show_field(number, offer is not None and offer.bounds is not None)
            form.show_field(line, offer is None)
            _fill_values(value, offer)
            if offer is not None and offer.bounds is not None:
                number.setRange(*offer.bounds)
                number.setValue(int(offer.present or 0))

        def effects() -> str:
            offer = find()
            if offer is None:
                return "\n".join(part.strip() for part in line.text().split(","))
            return str(value.currentData()) if offer.bounds is None else offer.effect_of(number.value())

        what.currentIndexChanged.connect(follow)
        follow()
        self._open(form, Director.set_world, lambda: (effects(),))

    def change_presence(self, role_id: str = "") -> None:
        """Asks who enters, leaves, or goes to another place."""
        form = self._form(
            self.tr("Enter, leave or move"),
            self.tr("Who is away or elsewhere does not hear what is said here."),
            self.tr("Do it"),
        )
        who = self._add_role(form, role_id)
        where = form.add_choice(self.tr("&Then"), [])
        words = {"enters": self.tr("is there (enters)"), "leaves": self.tr("is away (leaves)")}

        def follow() -> None:
            offer = list_presence(self._script(), str(who.currentData()), self._state())
            _fill_values(where, offer, words)
            form.button.setEnabled(offer is not None)

        who.currentIndexChanged.connect(follow)
        follow()
        self._open(form, Director.set_world, lambda: (str(where.currentData()),))

    def pass_time(self) -> None:
        """Asks how long the scene pauses in its own time."""
        form = self._form(
            self.tr("Let time pass"), self.tr("Memories grow older; the cast is told."), self.tr("Let it pass")
        )
        how_long = form.add_choice(
            self.tr("&How long"), [(describe_seconds(seconds), seconds) for seconds in PAUSES_S], HOUR
        )
        how_long.addItem(self.tr("as many minutes as I say"), 0)
        minutes = form.add_number(self.tr("&Minutes"), 1, 10_000_000, 30)
        how_long.currentIndexChanged.connect(lambda: form.show_field(minutes, not how_long.currentData()))
        form.show_field(minutes, False)
        self._open(form, Director.pass_time, lambda: (how_long.currentData() or minutes.value() * MINUTE,))

    def choose_next(self) -> None:
        """Asks whose turn it is now, whatever the rules say."""
        form = self._form(
            self.tr("Who speaks next"), self.tr("One turn, whoever's it would be."), self.tr("Let them speak")
        )
        who = self._add_role(form, "")
        self._open(form, Director.play_as, lambda: (who.currentData(),))

    def take_role(self, role_id: str = "") -> None:
        """Asks whom the person plays, and how long there is for a line."""
        form = self._form(
            self.tr("Take a role"),
            self.tr("When its turn comes the scene waits for your line."),
            self.tr("Take it"),
        )
        who = self._add_role(form, role_id)
        texts = [self.tr("as long as it takes"), *(describe_seconds(one) for one in LINE_SECONDS[1:])]
        how_long = form.add_choice(self.tr("&Time for a line"), list(zip(texts, LINE_SECONDS, strict=True)))
        self._open(form, Director.take_role, lambda: (who.currentData(), float(how_long.currentData())))

    def hand_back(self) -> None:
        """Has the weights speak a role again that a person took; asks which where there are some."""
        taken = list(self._session.taken_roles)
        if len(taken) == 1:
            self._hand_back(taken[0])
            return
        form = self._form(
            self.tr("Hand a role back"), self.tr("The weights speak it from now on."), self.tr("Hand it back")
        )
        names = self._names()
        who = form.add_choice(self.tr("&Role of"), [(names.get(one, one), one) for one in taken])
        self._open(form, Director.hand_back, lambda: (who.currentData(),))

    def recast(self, role_id: str = "") -> None:
        """Asks who plays a role from now on."""
        playing = set(self._names().values())
        others = [one for one in list_characters(self._workspace.project) if one.name not in playing]
        said = self.tr("Another character has the role from the next turn on, and all that was said in it.")
        nobody = self.tr("Nobody else is there to be cast. Add somebody in Characters first.")
        form = self._form(self.tr("Swap who plays a role"), said if others else nobody, self.tr("Swap"))
        who = self._add_role(form, role_id)
        whom = form.add_choice(self.tr("Played &by"), [(one.name, one.id) for one in others])
        form.button.setEnabled(bool(others))
        self._open(form, Director.recast, lambda: (who.currentData(), whom.currentData()))

    def swap_weights(self, role_id: str = "") -> None:
        """Asks what writes the lines of a role from now on."""
        form = self._form(
            self.tr("Swap the weights of a role"),
            self.tr("They write its lines from the next turn on. Weights shows what this machine has."),
            self.tr("Swap"),
        )
        who = self._add_role(form, role_id)
        offered = offered_weights(self._workspace.settings)
        choices = [(self.tr("the weights in use"), ""), *((name, wanted) for wanted, name in offered.items())]
        what = form.add_choice(self.tr("&Weights"), choices)

        def follow() -> None:
            chosen = self._session.settings.cast_weights.get(str(who.currentData()), "")
            what.setCurrentIndex(max(0, what.findData(chosen)))

        who.currentIndexChanged.connect(follow)
        follow()
        self._open(
            form,
            Director.swap_weights,
            lambda: (who.currentData(), what.currentData(), offered.get(what.currentData(), "")),
        )

    def teach(self, role_id: str) -> None:
        """Asks what a role comes to know."""
        offer = list_facts(self._script(), role_id)
        if offer is None:
            return
        form = self._form(self.tr("Let them know"), self.tr("As if they had found it out."), self.tr("Let them know"))
        fact = form.add_choice(self.tr("&Fact"), offer.values)
        self._open(form, Director.set_world, lambda: (str(fact.currentData()),))

    # How

    def _direct(self, command: Callable[[Director], None]) -> None:
        self._session.direct(command)

    def _hand_back(self, role_id: str) -> None:
        self._direct(lambda director: director.hand_back(role_id))

    def _form(self, title: str, explanation: str, button: str) -> ActForm:
        return ActForm(self._window, title, explanation, button)

    def _open(self, form: ActForm, act: Callable[..., None], read: Callable[[], tuple[object, ...]]) -> None:
        """Opens a form. Its fields are read when the button is pressed: the director may have to be made first."""

        def work() -> None:
            values = read()
            self._direct(lambda director: act(director, *values))

        self.form = form
        form.destroyed.connect(lambda: self._forget(form))
        form.open_over(self._anchor, work)

    def _forget(self, form: ActForm) -> None:
        if self.form is form:
            self.form = None

    def _add_role(self, form: ActForm, role_id: str) -> QComboBox:
        names = self._names()
        return form.add_choice(
            self.tr("&Who"), [(name, one) for one, name in names.items()], role_id or self._chosen_role()
        )

    def _chosen_role(self) -> str:
        """Whoever is next, or the first."""
        following = self._session.next_speaker()
        return (following[0] if following is not None else "") or next(iter(self._names()), "")

    def _names(self) -> dict[str, str]:
        return cast_names(self._session.cast)

    def _script(self) -> Script:
        script = self._session.script
        assert script is not None
        return script

    def _state(self) -> WorldState | None:
        return self._session.world_state()


def _play_as(role_id: str) -> Callable[[Director], None]:
    return lambda director: director.play_as(role_id)


def _fill_values(box: QComboBox, offer: Offer | None, words: dict[str, str] | None = None) -> None:
    """Offers values; the one that it has now is marked, and the next one chosen."""
    box.clear()
    for text, effect in offer.values if offer is not None else ():
        box.addItem((words or {}).get(text, text), effect)
    if offer is None:
        return
    shown = [text for text, _effect in offer.values]
    if offer.present in shown and len(shown) > 1:
        place = shown.index(offer.present)
        box.setItemText(place, f"{box.itemText(place)} ·")
        box.setCurrentIndex((place + 1) % len(shown))
