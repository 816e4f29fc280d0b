"""Peers built from llama.cpp's own source, found in the folder that `LLAMA_CPP_BIN` names: server and decode bench."""

import json
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2

from core.inference.request import Message
from tests.benchmarks.scene import N_TURN_TOKENS

FOLDER_VARIABLE = "LLAMA_CPP_BIN"


def peer_path(name: str) -> Path | None:
    """Returns the path of a peer's program; None when it was not built."""
    folder = os.environ.get(FOLDER_VARIABLE)
    path = Path(folder, name) if folder else None
    return path if path and path.exists() else None


@dataclass(frozen=True)
class Answer:
    """What a server wrote."""

    text: str
    first_token_s: float
    total_s: float


@dataclass(frozen=True)
class Server:
    """A running llama-server with one slot a character."""

    url: str
    process: subprocess.Popen[bytes]

    def ask(self, slot: int, chat: tuple[Message, ...], seed: int, n_tokens: int = N_TURN_TOKENS) -> Answer:
        """Has a slot write the next message, with the prompt cached as far as the slot holds it."""
        body = {
            "messages": [{"role": message.role, "content": message.content} for message in chat],
            "id_slot": slot,
            "cache_prompt": True,
            "stream": True,
            "max_tokens": n_tokens,
            "temperature": 0.8,
            "top_k": 40,
            "min_p": 0.05,
            "repeat_penalty": 1.1,
            "seed": seed,
        }
        started = time.perf_counter()
        first = 0.0
        pieces: list[str] = []
        with httpx2.stream("POST", f"{self.url}/v1/chat/completions", json=body, timeout=600) as response:
            response.raise_for_status()
            for line in response.iter_lines():
                if line.startswith("data: {"):
                    choices = json.loads(line[6:])["choices"]
                    piece = choices[0]["delta"].get("content") if choices else None
                    if piece:
                        first = first or time.perf_counter() - started
                        pieces.append(piece)
        return Answer("".join(pieces), first, time.perf_counter() - started)


@contextmanager
def run_server(weights: Path, n_slots: int, n_ctx: int, n_threads: int) -> Iterator[Server]:
    """Runs a server for the time of the block."""
    path = peer_path("llama-server")
    assert path
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [path, "-m", weights, "-c", n_ctx * n_slots, "-np", n_slots, "-t", n_threads, "-tb", n_threads]
    options = ["--port", port, "--no-warmup", "-no-kvu", "--no-webui", "--jinja"]
    process = subprocess.Popen(
        list(map(str, [*command, *options])), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            time.sleep(0.1)
            try:
                if httpx2.get(f"{url}/health").status_code == 200:
                    break
            except httpx2.TransportError:
                continue
        yield Server(url, process)
    finally:
        process.terminate()
        process.wait()


def raw_decode_rate(weights: Path, n_sequences: int, n_prompt: int, n_threads: int) -> float:
    """Returns tokens per second that llama.cpp decodes for so many sequences at once, with nothing around it."""
    path = peer_path("llama-batched-bench")
    assert path
    n_ctx = n_sequences * (n_prompt + N_TURN_TOKENS)
    command = [path, "-m", weights, "-c", n_ctx, "-b", 2048, "-ub", 256, "-npp", n_prompt, "-ntg", N_TURN_TOKENS]
    options = ["-npl", n_sequences, "-t", n_threads, "-tb", n_threads, "--output-format", "jsonl"]
    found = subprocess.run(list(map(str, [*command, *options])), capture_output=True, text=True, check=True)
    return float(re.findall(r'"speed_tg": ([\d.]+)', found.stdout)[-1])
