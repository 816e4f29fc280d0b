"""Draws the tokens of answers on one set of weights, each answer with its own chain and grammar."""

import json
from collections import OrderedDict
from collections.abc import Collection, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.errors import UserError
from core.inference.llama import Vocabulary, gbnf_of_json_schema
from core.inference.request import Sampling
from core.inference.sampling.gbnf import MAX_CHARS, parse_gbnf
from core.inference.sampling.grammar import AnswerGrammar, CompiledGrammar, TokenTable
from core.inference.sampling.penalties import Breakers, find_breakers
from core.inference.sampling.token_sampler import TokenSampler
from core.inference.sandbox import TemplateRefused, limits

_N_GRAMMARS = 8
"""Grammars that are kept, with the states that were met."""

_ANY_IN_STRING, _JSON_IN_STRING = r'[^"\\]', r'[^"\\\x7F\x00-\x1F]'
"""What the converter lets stand in a string, line breaks too, and what JSON does."""


class AnswerSampler:
    """Draws the tokens of one answer.

    As in llama.cpp, a token is drawn first and the grammar asked about it; only where it is refused is one drawn from
    what is allowed.
    """

    def __init__(self, sampler: TokenSampler, grammar: AnswerGrammar | None) -> None:
        self._sampler = sampler
        self._grammar = grammar

    @property
    def is_complete(self) -> bool:
        """Whether the grammar lets nothing follow."""
        return self._grammar is not None and self._grammar.is_complete

    def draw(self, logits: NDArray[np.float32], written: Sequence[int]) -> int:
        """Returns the next token; it counts as written from then on.

        Args:
            logits: (n_vocab,); not changed.
            written: Tokens of the answer so far, its opening left out.
        """
        token = self._sampler.draw(logits, written)
        if self._grammar is None:
            return token
        if not self._grammar.allows(token):
            allowed = self._sampler.likeliest_allowed(logits, written, self._grammar.allows)
            token = self._sampler.draw_again(logits, written, self._grammar.allowed() if allowed is None else allowed)
        self._grammar.accept(token)
        return token


class Samplers:
    """Opens samplers; remembers what is the same for all answers."""

    def __init__(self, vocabulary: Vocabulary, ends: Collection[int]) -> None:
        self._vocabulary = vocabulary
        self._ends = ends
        self._breakers: dict[tuple[str, ...], Breakers] = {}
        self._grammars: OrderedDict[str, CompiledGrammar] = OrderedDict()

    @cached_property
    def pieces(self) -> list[bytes]:
        """Token -> the bytes that it writes; none for control tokens."""
        return [self._vocabulary.piece(token) for token in range(self._vocabulary.n_tokens)]

    @cached_property
    def _table(self) -> TokenTable:
        return TokenTable(self.pieces, self._ends, self._find_token)

    def open(self, sampling: Sampling, grammar: str = "", written: Sequence[int] = ()) -> AnswerSampler:
        """Returns what draws an answer.

        Args:
            grammar: GBNF, or a JSON Schema, which begins with a brace; empty: none.
            written: Tokens that were drawn before, as when the answer goes on after a restart.

        Raises:
            UserError: The grammar is broken.
        """
        sampler = TokenSampler(sampling, len(written), self._breakers_of(sampling))
        return AnswerSampler(sampler, AnswerGrammar(self._compile(grammar), written) if grammar else None)

    def _breakers_of(self, sampling: Sampling) -> Breakers:
        texts = sampling.dry_breakers if sampling.dry_multiplier else ()
        if texts not in self._breakers:
            self._breakers[texts] = find_breakers(texts, self._vocabulary, self.pieces if texts else ())
        return self._breakers[texts]

    def _compile(self, text: str) -> CompiledGrammar:
        known = self._grammars.get(text)
        if known is None or known.is_crowded:
            gbnf = schema_grammar(text) if text.lstrip().startswith("{") else text
            self._grammars[text] = CompiledGrammar(parse_gbnf(gbnf), self._table)
            if len(self._grammars) > _N_GRAMMARS:
                self._grammars.popitem(last=False)
        self._grammars.move_to_end(text)
        return self._grammars[text]

    def _find_token(self, text: str) -> int | None:
        tokens = self._vocabulary.tokenize(text, parse_special=True)
        return tokens[0] if len(tokens) == 1 else None


def schema_grammar(schema: str) -> str:
    """Returns the GBNF grammar of a JSON Schema. Main thread only, as all that runs within `sandbox.limits`.

    Raises:
        UserError: It is broken, too large, or refers to another file.
    """
    hint = "Correct the JSON Schema."
    if len(schema) > MAX_CHARS:
        raise UserError(f"The JSON Schema is longer than {MAX_CHARS:,} characters.", "Make it shorter.")
    try:
        with limits():
            json.loads(schema, object_hook=_refuse_other_files)
            return gbnf_of_json_schema(schema).replace(_ANY_IN_STRING, _JSON_IN_STRING)
    except TemplateRefused as refusal:
        raise UserError(f"The JSON Schema cannot be used: {refusal}.", hint) from refusal
    except AssertionError as error:  # how the converter refuses what it does not know
        raise UserError(f"The JSON Schema cannot be used: {str(error)[:200]}.", hint) from error


def _refuse_other_files(part: dict[str, object]) -> dict[str, object]:
    reference = part.get("$ref", "#/")
    if not isinstance(reference, str) or not reference.startswith("#/"):
        raise ValueError(f"it refers to {reference!r}, which is not in it")
    return part
