"""Damaged files of every kind: whatever is flipped, there is a result or a sentence, never another exception."""

import base64
import io
import json
import lzma
import random
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from core.errors import UserError
from core.interchange import png
from core.interchange.cards import format_card_json, format_card_png, parse_card
from core.interchange.conversations import read_conversations
from core.interchange.pack_archive import write_archive
from core.interchange.packs import build_pack, read_pack
from core.library.characters import create_character
from core.library.scenarios import create_scenario
from core.project import Project
from models.character import CharacterBase
from models.scenario import RoleBase, ScenarioBase
from tests.core.interchange.samples import add_playtest, picture
from tests.core.interchange.test_hostile_packs import sealed

N_FLIPS = 2_000
MARA = CharacterBase(name="Mara", book={"entries": [{"keys": ["a"], "content": "b"}]}, tags=["x"], statements=["I am."])
CHATS = {
    "turns": [{"turns": [{"speaker": "A", "text": "Hi"}], "personas": {"A": ["I ski."]}, "scene": None, "id": "1"}] * 3,
    "messages": [{"messages": [{"role": "system", "content": "Be."}, {"role": "user", "content": "Hi"}]}] * 3,
    "sillytavern": [
        {"user_name": "You", "chat_metadata": {}},
        *[{"name": "Mara", "is_system": False, "mes": "Hm."}] * 3,
    ],
}


def flip(data: bytes, chance: random.Random) -> bytes:
    """Changes one to three bytes; now and then cuts, too."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 3)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed[: chance.randrange(len(changed))]) if chance.random() < 0.05 else bytes(changed)


def fuzz(data: bytes, read: Callable[[bytes], object], n_flips: int = N_FLIPS) -> int:
    """Returns how many of the damaged files could be read."""
    chance = random.Random(7)
    n_read = 0
    for _ in range(n_flips):
        with suppress(UserError):
            read(flip(data, chance))
            n_read += 1
    return n_read


def test_card_pictures() -> None:
    assert fuzz(format_card_png(MARA, (picture(), "image/png")), lambda data: parse_card(data, "x")) < N_FLIPS / 2


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_card_pictures_with_checksums_made_good() -> None:
    chunks = png.parse_png(format_card_png(MARA, (picture("PNG", (20, 20)), "image/png")), "x")
    chance = random.Random(7)
    for _ in range(N_FLIPS):
        place = chance.randrange(len(chunks) - 1)
        changed = chunks[place]._replace(data=flip(chunks[place].data, chance))
        with suppress(UserError):
            parse_card(png.format_png([*chunks[:place], changed, *chunks[place + 1 :]]), "x")


def test_card_json() -> None:
    assert fuzz(format_card_json(MARA, (picture("WEBP"), "image/webp")), lambda data: parse_card(data, "x")) > 100


def test_card_json_inside_a_picture() -> None:
    data = format_card_json(MARA)
    chunks = png.parse_png(picture(), "x")

    def read(changed: bytes) -> None:
        text = base64.b64encode(changed).decode()
        parse_card(png.format_png(png.with_texts(chunks, {"ccv3": text})), "x")

    assert fuzz(data, read) > 100


@pytest.mark.parametrize("kind", ["JPEG", "GIF", "WEBP"])
def test_portraits(kind: str) -> None:
    data = picture(kind, (20, 20))

    def read(changed: bytes) -> None:
        uri = f"data:image/png;base64,{base64.b64encode(changed).decode()}"
        icon = {"type": "icon", "uri": uri, "name": "main", "ext": "png"}
        card = {"spec": "chara_card_v3", "spec_version": "3.0", "data": {"name": "Mara", "assets": [icon]}}
        parse_card(json.dumps(card).encode(), "x")

    fuzz(data, read, 500)


@pytest.fixture
def members(empty: Project, tmp_path: Path) -> dict[str, bytes]:
    mara = create_character(empty, MARA, (picture(), "image/png"))
    scenario = create_scenario(empty, ScenarioBase(name="Night"), [RoleBase(character_id=mara.id)])
    playtest_id = add_playtest(empty, scenario.id, 2)
    build_pack(empty, scenario.id, tmp_path / "a.trpack", [playtest_id])
    with zipfile.ZipFile(tmp_path / "a.trpack") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_packs(members: dict[str, bytes]) -> None:
    buffer = io.BytesIO()
    write_archive(buffer, members.items())
    fuzz(buffer.getvalue(), read_pack)


def test_packs_with_checksums_made_good(members: dict[str, bytes]) -> None:
    chance = random.Random(7)
    names = sorted(members.keys() - {"manifest.json"})
    for _ in range(500):
        name = chance.choice(names)
        with suppress(UserError):
            read_pack(sealed(members | {name: flip(members[name], chance)}))


@pytest.mark.parametrize("kind", CHATS)
def test_conversations(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "chat.jsonl"
    data = "\n".join(json.dumps(line) for line in CHATS[kind]).encode()
    with path.open("wb", buffering=0) as file:

        def read(changed: bytes) -> None:
            file.seek(0)
            file.truncate()
            file.write(changed)
            list(read_conversations(path))

        assert fuzz(data, read) > 50
        fuzz(lzma.compress(data), read, 300)
