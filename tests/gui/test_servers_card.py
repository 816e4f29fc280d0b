"""The servers of the Weights place, driven as a person would, against a real server on this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from core.app_settings import Server, load_settings
from core.inference.pool import PooledEngine
from core.inference.request import WeightsSettings
from core.inference.servers.book import remember_server
from gui import theme
from gui.weights.servers_card import ServersCard
from gui.workspace import Workspace
from tests.core.inference.chat_server import ChatServer, chat_server

WAIT_MS = 10_000


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as running:
        running.on_chat(lambda to: to.say("Only", " the", " wind."))
        yield running


@pytest.fixture
def workspace(home: Path) -> Iterator[Workspace]:
    workspace = Workspace()
    yield workspace
    workspace.close()


@pytest.fixture
def card(qtbot: QtBot, qapp: QApplication, workspace: Workspace) -> Iterator[ServersCard]:
    theme.apply(qapp, "dark")
    card = ServersCard(workspace)
    card.resize(860, 500)
    qtbot.addWidget(card)
    with qtbot.waitExposed(card):
        card.show()
    yield card
    card.close_tasks()


def settle(qtbot: QtBot, card: ServersCard) -> None:
    qtbot.waitUntil(lambda: not card.task.is_running, timeout=WAIT_MS)


def said(card: ServersCard) -> str:
    return "\n".join(label.text() for label in card.findChildren(QLabel) if label.isVisible())


def test_a_server_is_added_tried_used_and_removed(
    qtbot: QtBot, card: ServersCard, workspace: Workspace, server: ChatServer, tmp_path: Path
) -> None:
    qtbot.mouseClick(card.open_form, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(card.form.address, server.url.removesuffix("/v1"))
    qtbot.keyClick(card.form.address, Qt.Key.Key_Return)
    settle(qtbot, card)
    assert [card.form.model.itemText(place) for place in range(card.form.model.count())] == ["small", "large"]
    card.form.model.setCurrentText("large")
    qtbot.keyClicks(card.form.name, "Tower")
    qtbot.mouseClick(card.form.add, Qt.MouseButton.LeftButton)
    settle(qtbot, card)
    kept = Server(name="Tower", base_url=server.url, model="large")
    assert load_settings().servers == [kept]
    assert card.form.isHidden()
    (row,) = card.rows
    qtbot.mouseClick(row.try_out, Qt.MouseButton.LeftButton)
    assert not row.use.isEnabled(), "one thing at a time"
    settle(qtbot, card)
    assert "It runs large (OpenAI API) and said “Only the wind.”" in said(card)
    assert "– grounding: not scored" in said(card)
    card.grab().save(str(tmp_path / "servers.png"))
    settled: list[bool] = []
    card.settle_requested.connect(lambda: settled.append(True))
    with qtbot.waitSignal(workspace.engine_changed, timeout=WAIT_MS):
        qtbot.mouseClick(row.use, Qt.MouseButton.LeftButton)
    assert settled == [True]
    engine = workspace.engine
    assert isinstance(engine, PooledEngine)
    assert engine.choice == kept
    assert engine.info.name == "large"
    qtbot.waitUntil(lambda: "in use" in said(card), timeout=WAIT_MS)
    with qtbot.waitSignal(workspace.engine_changed, timeout=WAIT_MS):
        qtbot.mouseClick(card.rows[0].remove, Qt.MouseButton.LeftButton)
    assert card.rows == []
    assert (load_settings().servers, load_settings().server) == ([], "")
    weights = workspace.engine
    assert isinstance(weights, PooledEngine)
    assert isinstance(weights.choice, WeightsSettings)


def test_what_is_wrong_with_an_address_is_said_beside_it(qtbot: QtBot, card: ServersCard) -> None:
    qtbot.mouseClick(card.open_form, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(card.form.address, "ftp://example.org")
    qtbot.mouseClick(card.form.add, Qt.MouseButton.LeftButton)
    assert "is not the address of a server" in said(card)
    assert load_settings().servers == []


def test_a_server_that_does_not_answer_is_not_used(qtbot: QtBot, workspace: Workspace, card: ServersCard) -> None:
    with chat_server() as gone:
        remember_server(Server(name="Gone", base_url=gone.url))
    card.show_settings()
    qtbot.mouseClick(card.rows[0].use, Qt.MouseButton.LeftButton)
    settle(qtbot, card)
    assert "does not answer" in said(card)
    assert load_settings().server == ""


def test_a_key_is_hidden_and_gone_when_the_form_is_closed(qtbot: QtBot, card: ServersCard) -> None:
    qtbot.mouseClick(card.open_form, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(card.form.key, "secret")
    assert "secret" not in card.form.key.displayText()
    qtbot.mouseClick(card.open_form, Qt.MouseButton.LeftButton)
    assert card.form.key.text() == ""
