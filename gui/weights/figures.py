"""Figures about weights, in words."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication

from core.inference.request import WeightsInfo
from core.inference.servers.address import host_of
from core.inference.servers.kinds import REMOTE, kind_of


def _tr(text: str) -> str:
    return QCoreApplication.translate("Figures", text)


def describe_device(info: WeightsInfo) -> str:
    """Returns where the weights run, as it was read back at load."""
    kind = kind_of(info)
    if kind is not None:
        return _tr("%1 at %2").replace("%1", kind.value).replace("%2", host_of(info.path))
    if info.gpu and info.n_gpu_layers:
        where = _tr("GPU %1, %2 layers").replace("%1", info.gpu).replace("%2", str(info.n_gpu_layers))
    elif info.n_threads == 1:
        where = _tr("CPU, 1 thread")
    else:
        where = _tr("CPU, %1 threads").replace("%1", str(info.n_threads))
    return f"{where} · {_tr('safe mode')}" if info.safe_mode else where


def describe_weights(info: WeightsInfo) -> str:
    """Returns what a tooltip says of weights."""
    if kind_of(info) is not None:
        return "\n".join([info.path, _tr("context %1 tokens").replace("%1", f"{info.n_ctx:,}")])
    context = _tr("context %1 tokens, %2 sequences, %3 KV cache").replace("%1", f"{info.n_ctx:,}")
    context = context.replace("%2", str(info.n_sequences)).replace("%3", describe_bytes(info.kv_bytes))
    size = _tr("%1 parameters, %2").replace("%1", describe_count(info.n_params))
    return "\n".join([str(Path(info.path)), size.replace("%2", describe_bytes(info.size_bytes)), context])


def describe_chat_format(chat_format: str) -> str:
    """Returns how chats are written for weights; the reason when it is not their own way."""
    if chat_format == "own":
        return _tr("the weights’ own")
    if chat_format.startswith(REMOTE):
        return _tr("written by the server")
    reason = chat_format.partition(":")[2].strip()
    return _tr("plain") + (f" ({reason})" if reason else "")


def describe_bytes(n_bytes: int) -> str:
    """Returns a size as people say it."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if n_bytes >= size:
            return f"{n_bytes / size:.1f} {unit}" if n_bytes < 10 * size else f"{n_bytes / size:.0f} {unit}"
    return _tr("%1 bytes").replace("%1", str(n_bytes))


def describe_count(count: int) -> str:
    """Returns a large number as people say it."""
    for unit, size in (("B", 1e9), ("M", 1e6), ("k", 1e3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return str(count)
