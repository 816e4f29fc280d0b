"""`tableread doctor`: what this machine has, and what the weights really run on."""

import platform
from contextlib import closing
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from core.app_settings import load_settings
from core.commands.play import weights_of
from core.commands.printing import console, print_json
from core.errors import UserError
from core.events import Event
from core.inference.request import WeightsInfo
from core.inference.weights.catalog import default_threads, is_gpu_build
from core.inference.worker import Worker


def doctor(weights: Path | None, as_json: bool) -> None:
    """Runs the command. Weights that cannot be loaded are part of the report."""
    report = examine(weights)
    if as_json:
        print_json(report)
        return
    out = console()
    for name, value in report.items():
        shown = ", ".join(f"{key}: {part}" for key, part in value.items()) if isinstance(value, dict) else value
        out.print(f"{name:>10}  {shown or '–'}")


def examine(weights: Path | None) -> dict[str, Any]:
    """Loads the weights and reads back what they run on."""
    settings = weights_of(weights, None, None, None)
    info, fault = _load(weights)
    return {
        "python": platform.python_version(),
        "qt": _version_of("PySide6-Essentials"),
        "llama": _version_of("llama-cpp-python"),
        "threads": info.n_threads if info else settings.n_threads or default_threads(),
        "gpu": {
            "built": is_gpu_build(),
            "used": bool(info and info.gpu),
            "why": _explain_gpu(info, settings.n_gpu_layers),
        },
        "safe_mode": load_settings().safe_mode,
        "weights": asdict(info) if info else {"path": str(settings.path), "fault": fault},
    }


def _load(weights: Path | None) -> tuple[WeightsInfo | None, str]:
    with closing(Worker(weights_of(weights, None, None, None), _ignore)) as worker:
        try:
            return worker.info, ""
        except UserError as error:
            return None, str(error)


def _explain_gpu(info: WeightsInfo | None, n_gpu_layers: int) -> str:
    if not is_gpu_build():
        return "This build of llama.cpp is for the CPU alone."
    if info is None:
        return "The weights could not be loaded."
    if info.gpu:
        return f"{info.n_gpu_layers} layers were put on {info.gpu} when the weights were loaded."
    if n_gpu_layers == 0:
        return "The settings keep all layers on the CPU."
    return "No layer was put on a GPU when the weights were loaded: no GPU was found, or its driver is missing."


def _version_of(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _ignore(_event: Event) -> None:
    """A report needs no live news."""
