"""Writing files whole or not at all, and reading them bounded."""

import errno
import os
from pathlib import Path

import pytest

from core.errors import UserError
from core.interchange.files import check_place, disk_faults, make_folder, new_file, read_file, write_file


def test_writes_and_reads_back(tmp_path: Path) -> None:
    write_file(tmp_path / "a.bin", b"words")
    assert read_file(tmp_path / "a.bin", 5) == b"words"
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]


def test_never_overwrites_unless_asked(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    write_file(path, b"old")
    with pytest.raises(UserError, match=r"a\.bin exists already; it was left as it is"):
        write_file(path, b"new")
    assert path.read_bytes() == b"old"
    write_file(path, b"new", overwrite=True)
    assert path.read_bytes() == b"new"


def test_does_not_write_through_a_dangling_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UserError, match="exists already"):
        write_file(tmp_path / "link", b"x")
    assert not (tmp_path / "elsewhere").exists()


def test_the_slower_of_two_writers_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"

    def write_both() -> None:
        with new_file(path) as file:
            file.write(b"mine")
            path.write_bytes(b"theirs")

    with pytest.raises(UserError, match="exists already"):
        write_both()
    assert path.read_bytes() == b"theirs"
    assert [found.name for found in tmp_path.iterdir()] == ["a.bin"]


def test_a_fault_while_writing_leaves_nothing_behind(tmp_path: Path) -> None:
    def write_half() -> None:
        with new_file(tmp_path / "a.bin") as file:
            file.write(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_half()
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_said_plainly_and_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match=r"The disk is full: a\.bin was not written.*Make room"):
        write_file(path, b"new", overwrite=True)
    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["a.bin"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="rights do not bind this user")
def test_a_read_only_folder_is_said_plainly(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(UserError, match="the rights do not allow it"):
        write_file(tmp_path / "a.bin", b"x")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "The disk is full"),
        (errno.EROFS, "read-only disk"),
        (errno.EACCES, "rights do not allow"),
        (errno.EPERM, "rights do not allow"),
        (errno.ENOENT, "takes no files"),
        (errno.ENAMETOOLONG, "too long"),
        (errno.EFBIG, "too large"),
        (errno.EIO, "could not be written"),
    ],
)
def test_faults_of_the_disk_become_sentences(tmp_path: Path, number: int, words: str) -> None:
    with pytest.raises(UserError, match=words) as caught, disk_faults(tmp_path / "a.bin", "written"):
        raise OSError(number, os.strerror(number))
    assert caught.value.hint


def test_reading_refuses_what_is_not_a_plain_file(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is a folder"):
        read_file(tmp_path, 10)
    with pytest.raises(UserError, match=r"gone\.txt does not exist"):
        read_file(tmp_path / "gone.txt", 10)
    (tmp_path / "big").write_bytes(b"x" * 11)
    with pytest.raises(UserError, match="larger than"):
        read_file(tmp_path / "big", 10)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UserError, match="not an ordinary file"):
        read_file(tmp_path / "pipe", 10)


def test_a_folder_is_made_and_a_place_is_tried_without_a_trace(tmp_path: Path) -> None:
    make_folder(tmp_path / "new" / "folder")
    make_folder(tmp_path / "new" / "folder")
    check_place(tmp_path / "new" / "folder" / "a.bin")
    assert list((tmp_path / "new" / "folder").iterdir()) == []
    with pytest.raises(UserError, match="does not exist"):
        check_place(tmp_path / "no" / "a.bin")
    with pytest.raises(UserError, match="is a folder"):
        check_place(tmp_path / "new")


def test_writing_into_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"The folder .* does not exist"):
        write_file(tmp_path / "no" / "a.bin", b"x")
