"""Blobs of a project, such as pictures, each kept once."""

import hashlib

from sqlmodel import Session

from core.project import Project
from models.asset import Asset


def store_asset(session: Session, data: bytes, media_type: str) -> str:
    """Keeps a blob, once; returns its SHA-256."""
    sha256 = hashlib.sha256(data).hexdigest()
    if session.get(Asset, sha256) is None:
        session.add(Asset(sha256=sha256, media_type=media_type, data=data))
        session.flush()
    return sha256


def read_asset(project: Project, sha256: str | None) -> Asset | None:
    """Returns a blob, or None."""
    if sha256 is None:
        return None
    with project.reading() as session:
        return session.get(Asset, sha256)
