"""The weights behind llama.cpp, one conversation at a time. For probes and tests: the app has its own engine."""

from pathlib import Path

import numpy as np

from assets.weights.sample import Message
from core.inference.request import Sampling
from core.inference.sampling.token_sampler import TokenSampler


class Weights:
    """Writes turns and reads what they cost."""

    def __init__(self, path: Path, threads: int, full_precision: bool = False) -> None:
        """Loads a file; with full precision, keys and values are kept as F32."""
        import jinja2
        from llama_cpp import GGML_TYPE_F32, Llama

        kept = {"type_k": GGML_TYPE_F32, "type_v": GGML_TYPE_F32} if full_precision else {}
        self.llama = Llama(
            str(path), n_ctx=2048, n_threads=threads, n_threads_batch=threads, logits_all=True, verbose=False, **kept
        )
        self.template = jinja2.Template(self.llama.metadata["tokenizer.chat_template"])

    def tokens(self, messages: list[Message]) -> list[int]:
        """Prompt tokens of a conversation up to the speaker's turn."""
        text = self.template.render(messages=messages, add_generation_prompt=True)
        return self.llama.tokenize(text.encode(), add_bos=False, special=True)

    def write(self, messages: list[Message], sampling: Sampling, max_tokens: int) -> tuple[str, bool]:
        """Writes one turn, drawn as the app draws it; returns its text and whether it ended by itself."""
        sampler = TokenSampler(sampling)
        self.llama.reset()
        self.llama.eval(self.tokens(messages))
        written: list[int] = []
        while len(written) < max_tokens:
            token = sampler.draw(np.array(self.llama.scores[self.llama.n_tokens - 1], dtype=np.float32), written)
            if token == self.llama.token_eos():
                return self._text(written), True
            written.append(token)
            self.llama.eval([token])
        return self._text(written), False

    def turn_costs(self, messages: list[Message]) -> list[float]:
        """log p of every token of the assistant's turns, in nats."""
        tokens: list[int] = []
        own: list[int] = []
        for message in messages:
            opened = self.tokens_of(f"<|{message['role']}|>")
            content = self.tokens_of(f"{message['content']}<|end|>")
            if message["role"] == "assistant":
                own.extend(range(len(tokens) + len(opened), len(tokens) + len(opened) + len(content)))
            tokens += opened + content
        tokens = tokens[:2048]
        logits = self.logits(tokens)
        return [_log_p(logits[place - 1], tokens[place]) for place in own if place < len(tokens)]

    def expected_digit(self, messages: list[Message], opening: str = "") -> float:
        """The mean of 1 to 5 under the first token of a turn, or under the one behind its opening."""
        digits = [self.tokens_of(str(digit))[0] for digit in range(1, 6)]
        logits = self.logits([*self.tokens(messages), *self.tokens_of(opening)])[-1][digits]
        share = np.exp(logits - logits.max())
        return float((share / share.sum()) @ np.arange(1, 6))

    def logits(self, tokens: list[int]) -> np.ndarray:
        """Reads tokens; returns what follows each, (n_tokens, n_vocab) float32."""
        self.llama.reset()
        self.llama.eval(tokens)
        return np.array(self.llama.scores[: len(tokens)], dtype=np.float32)

    def tokens_of(self, text: str) -> list[int]:
        """Tokens of a text, tags included."""
        return self.llama.tokenize(text.encode(), add_bos=False, special=True)

    def _text(self, tokens: list[int]) -> str:
        return self.llama.detokenize(tokens, special=True).decode("utf-8", "replace")


def _log_p(logits: np.ndarray, token: int) -> float:
    top = logits.max()
    return float(logits[token] - top - np.log(np.exp(logits - top).sum()))
