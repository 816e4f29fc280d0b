"""Asks a hub what a file of weights is: where it lies, how large it is, which hash it has. Downloads nothing.

The hub's library takes half a second to import, so it waits until something is asked.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from core.app_settings import load_settings
from core.errors import UserError
from core.inference.weights.folders import SUFFIX
from core.inference.weights.gguf_header import parts_of

os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
"""Read when the library is imported, further down: else it tells the hub what is installed and asks for more."""
ENDPOINT_VARIABLE = "HF_ENDPOINT"
DEFAULT_ENDPOINT = "https://huggingface.co"
LOOK_UP_TIMEOUT_S = 20.0
MAX_LISTED = 2000
_NAME = r"\w[\w.-]{0,99}"
_IN_REPOSITORY = re.compile(rf"(?P<repo>{_NAME}/{_NAME})/(?P<file>[^?#]+)")
_HUB_PATH = re.compile(rf"/(?P<repo>{_NAME}/{_NAME})/(?:resolve|blob)/(?P<revision>[^/]+)/(?P<file>.+)")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|]')
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Source:
    """A file of weights somewhere else: in a repository of a hub, or (`repo` empty) at an address of its own."""

    file: str
    """Its path in the repository, or the name in the address."""
    repo: str = ""
    revision: str = "main"
    address: str = ""

    @property
    def name(self) -> str:
        """The name without folders."""
        return self.file.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """What a server says of a file. Nothing of it is believed before the bytes are here."""

    source: Source
    url: str
    size_bytes: int
    sha256: str
    """Empty: the server names no SHA-256."""
    version: str
    """Changes with the content: what was downloaded of another version is of no use."""


def endpoint() -> str:
    """Returns the hub in use: the app's setting, else the variable `HF_ENDPOINT`, else the public hub."""
    chosen = load_settings().hub_endpoint or os.environ.get(ENDPOINT_VARIABLE, "") or DEFAULT_ENDPOINT
    return chosen.rstrip("/")


def parse_source(text: str) -> Source:
    """Reads `owner/name/file.gguf` or an address.

    Raises:
        UserError: It is neither, or names no GGUF file.
    """
    text = text.strip()
    parts = urlsplit(text)
    if parts.scheme in ("http", "https") and parts.hostname:
        path = unquote(parts.path)
        match = _HUB_PATH.fullmatch(path)
        if match and parts.hostname in (urlsplit(endpoint()).hostname, urlsplit(DEFAULT_ENDPOINT).hostname):
            source = Source(match["file"], match["repo"], match["revision"])
        else:
            source = Source(path.rpartition("/")[2], address=text)
    elif match := _IN_REPOSITORY.fullmatch(text):
        source = Source(match["file"], match["repo"])
    else:
        raise UserError(
            f"“{text}” names no file of weights.", "Give owner/name/file.gguf, or an address that ends in .gguf."
        )
    if not source.name.lower().endswith(SUFFIX) or _UNSAFE.search(source.file) or ".." in source.file.split("/"):
        raise UserError(f"“{source.name or text}” is not a GGUF file.", "Only files that end in .gguf are downloaded.")
    return source


def format_source(source: Source) -> str:
    """Writes a source as `parse_source` reads it."""
    if source.address:
        return source.address
    if source.revision == "main":
        return f"{source.repo}/{source.file}"
    return f"{DEFAULT_ENDPOINT}/{source.repo}/resolve/{quote(source.revision, safe='')}/{quote(source.file)}"


def look_up(source: Source) -> RemoteFile:
    """Asks the server about one file.

    Raises:
        UserError: It is not there, not allowed, or the server cannot be reached.
    """
    from huggingface_hub import get_hf_file_metadata, hf_hub_url

    hub = endpoint()
    url = source.address or hf_hub_url(source.repo, source.file, revision=source.revision, endpoint=hub)
    with explain_faults(source):
        said = get_hf_file_metadata(url, token=None if source.repo else False, timeout=LOOK_UP_TIMEOUT_S, endpoint=hub)
    if not said.size:
        raise UserError(f"The server does not say how large {source.name} is.", "Try another source.")
    tag = (said.etag or "").lower()
    sha256 = tag if _SHA256.fullmatch(tag) else ""
    return RemoteFile(source, url, said.size, sha256, sha256 or f"{tag}/{said.commit_hash or ''}/{said.size}")


def look_up_parts(source: Source) -> tuple[RemoteFile, ...]:
    """Asks about a file and, when it is the first part of split weights, about all others. Raises UserError."""
    parts = parts_of(Path(source.file))
    if len(parts) == 1 or source.address:
        return (look_up(source),)
    return tuple(look_up(replace(source, file=part.as_posix())) for part in parts)


def list_files(repo: str) -> tuple[RemoteFile, ...]:
    """Returns the GGUF files of a repository, by name. Raises UserError."""
    from huggingface_hub import HfApi, hf_hub_url

    hub = endpoint()
    probe = Source("", repo)
    with explain_faults(probe):
        info = HfApi(endpoint=hub).model_info(repo, files_metadata=True, timeout=LOOK_UP_TIMEOUT_S)
    found = []
    for file in (info.siblings or ())[:MAX_LISTED]:
        if file.rfilename.lower().endswith(SUFFIX):
            source = Source(file.rfilename, repo)
            sha256 = file.lfs.sha256 if file.lfs else ""
            url = hf_hub_url(repo, file.rfilename, endpoint=hub)
            found.append(RemoteFile(source, url, file.size or 0, sha256, sha256))
    return tuple(sorted(found, key=lambda one: one.source.file))


def request_headers(source: Source) -> dict[str, str]:
    """Returns the headers of a download. The hub's token goes to the hub alone."""
    from huggingface_hub import get_token

    headers = {"User-Agent": "tableread", "Accept-Encoding": "identity"}
    token = get_token() if source.repo else None
    return headers | ({"Authorization": f"Bearer {token}"} if token else {})


@contextmanager
def explain_faults(source: Source) -> Iterator[None]:
    """Turns what a server or the network does wrong into one sentence."""
    import httpx2
    from huggingface_hub import errors

    what = source.name or source.repo
    try:
        yield
    except errors.GatedRepoError as error:
        hint = "Accept its terms on the hub's page, then set HF_TOKEN to a token of yours."
        raise UserError(f"{source.repo} is only given to those who accepted its terms.", hint) from error
    except errors.RepositoryNotFoundError as error:
        where = f"There is no repository {source.repo} on {endpoint()}, or it is private."
        raise UserError(where, "Check its name, or set HF_TOKEN to a token of yours.") from error
    except (errors.EntryNotFoundError, errors.RevisionNotFoundError) as error:
        raise UserError(f"There is no {what} in {source.repo}.", "Check the name of the file.") from error
    except errors.OfflineModeIsEnabled as error:
        raise UserError("Downloads are switched off by HF_HUB_OFFLINE.", "Unset it to download.") from error
    except errors.HFValidationError as error:
        raise UserError(f"“{source.repo}” is not the name of a repository.", "It has the form owner/name.") from error
    except (errors.HfHubHTTPError, httpx2.HTTPStatusError) as error:
        raise status_fault(what, error.response.status_code if error.response is not None else 0) from error
    except httpx2.TimeoutException as error:
        raise UserError(f"The server of {what} does not answer.", "Try again later.") from error
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise UserError(f"{what} cannot be reached: {_plain(error)}.", "Check the network and the address.") from error


def status_fault(what: str, status: int) -> UserError:
    """Returns what an HTTP status that is no success means to the user."""
    if status == 404:
        return UserError(f"There is no {what} at that address.", "Check the name of the file.")
    if status in (401, 403):
        return UserError(f"The server does not give {what} to everybody.", "Set HF_TOKEN to a token of yours.")
    if status == 429:
        return UserError("The server asks for patience: too many downloads.", "Try again in a few minutes.")
    return UserError(f"The server of {what} has a fault (status {status}).", "Try again later.")


def _plain(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0].rstrip(".")
