"""Programs beside a project: only plain files of the folder are read, and not more of them than is allowed."""

import os
import sys
from pathlib import Path

import pytest

from core.errors import UserError
from core.programs import MAX_BYTES, read_program


def test_a_text_is_read_whole(tmp_path: Path):
    (tmp_path / "mine.py").write_bytes(b"\xef\xbb\xbf" + "x = 'é'\n".encode())
    assert read_program(tmp_path, " mine.py ") == "x = 'é'\n"
    (tmp_path / "mine.py").write_bytes(b"#" * MAX_BYTES)
    assert len(read_program(tmp_path, "mine.py")) == MAX_BYTES


@pytest.mark.parametrize("name", ["a\0b.py", "\0.py", "a\udc80.py", "folder.py", "n" * 300 + ".py"])
def test_what_is_no_file_is_a_fault_of_the_world(tmp_path: Path, name: str):
    (tmp_path / "folder.py").mkdir()
    with pytest.raises(UserError):
        read_program(tmp_path, name)


def test_a_file_that_is_too_long(tmp_path: Path):
    (tmp_path / "mine.py").write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(UserError, match="longer than"):
        read_program(tmp_path, "mine.py")


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes and devices in folders")
def test_pipes_and_devices_are_not_read(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "zero.py").symlink_to("/dev/zero")
    for name in ("pipe.py", "zero.py"):
        with pytest.raises(UserError, match="no plain file"):
            read_program(tmp_path, name)
