"""Samplers and grammars at work in a real child process."""

import json
import os
import re
import signal
import threading
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from core.errors import UserError
from core.inference.request import Finish, Generate, Generated, Sampling
from core.inference.sampling.answer_sampler import AnswerSampler, schema_grammar
from core.inference.sampling.gbnf import parse_gbnf
from core.inference.sampling.grammar import AnswerGrammar, CompiledGrammar, TokenTable
from core.inference.sampling.token_sampler import TokenSampler
from core.inference.worker import Worker
from tests.core.inference.conftest import CHAT, MakeWorker

SCHEMA = {
    "type": "object",
    "properties": {
        "mood": {"enum": ["glad", "sad"]},
        "line": {"type": "string", "minLength": 3, "maxLength": 30},
        "age": {"type": "integer"},
    },
    "required": ["mood", "line"],
}
EVERYTHING = Sampling(
    temperature=1.3,
    seed=11,
    typical_p=0.9,
    dry_multiplier=0.8,
    xtc_probability=0.5,
    xtc_threshold=0.05,
    presence_penalty=0.2,
    frequency_penalty=0.1,
    repeat_last_n=-1,
)


def answer(worker: Worker, **options: object) -> Generated:
    found = worker.submit(Generate("mila", CHAT, **options)).result(60)  # type: ignore[arg-type]
    assert isinstance(found, Generated)
    return found


def test_an_answer_keeps_to_its_grammar(worker: Worker) -> None:
    for seed in range(6):
        found = answer(worker, grammar='root ::= ("ka" | "to" | "é")+ "."', sampling=Sampling(seed=seed), max_tokens=80)
        pattern = r"(ka|to|é)+\." if found.finish is Finish.END else r"(ka|to|é|k$|t$|\ufffd$)*"
        assert re.fullmatch(pattern, found.text)


def test_an_answer_ends_with_its_grammar_where_no_token_ends_it(make_worker: MakeWorker, endless_weights: Path) -> None:
    found = answer(make_worker(endless_weights), grammar='root ::= "katomi" | "bagu"', max_tokens=80)
    assert found.finish is Finish.END
    assert found.text in ("katomi", "bagu")


def test_an_answer_keeps_to_a_json_schema(worker: Worker) -> None:
    for seed in range(4):
        found = answer(worker, grammar=json.dumps(SCHEMA), max_tokens=300, sampling=Sampling(seed=seed))
        assert found.finish is Finish.END
        jsonschema.validate(json.loads(found.text), SCHEMA)


def test_the_opening_is_not_under_the_grammar(worker: Worker) -> None:
    found = answer(worker, opening="<think>", grammar='root ::= "kato"')
    assert found.text == "<think>kato"


@pytest.mark.parametrize("grammar", ["", 'root ::= ([a-z]+ " ")*'])
def test_a_killed_answer_goes_on_as_if_nothing_had_been(
    make_worker: MakeWorker, endless_weights: Path, grammar: str
) -> None:
    worker = make_worker(endless_weights)
    request = Generate("mila", CHAT, max_tokens=40, sampling=EVERYTHING, grammar=grammar)
    whole = worker.submit(request).result(60)
    words: list[str] = []
    begun = threading.Event()

    def listen(text: str) -> None:
        words.append(text)
        if len(words) == 8:
            begun.set()

    going = worker.submit(request, listen)
    assert begun.wait(30)
    assert worker.process_id
    os.kill(worker.process_id, signal.SIGKILL)
    resumed = going.result(60)
    assert isinstance(resumed, Generated)
    assert resumed.text == whole.text == "".join(words)


def test_broken_grammars_end_the_request_alone(worker: Worker) -> None:
    for grammar, says in (
        ('root ::= "a', "broken in line 1"),
        ('{"type": "string", "minLength": 100000000}', "too much memory"),
        ('{"$ref": "https://example.org/schema"}', "which is not in it"),
        ('{"type": "mood"}', "Unrecognized schema"),
        ('{"a":' * 5000, "calls itself"),
        ("{not json", "it fails"),
    ):
        with pytest.raises(UserError, match=says):
            answer(worker, grammar=grammar)
    process = worker.process_id
    assert answer(worker, max_tokens=3).text is not None
    assert worker.process_id == process


@pytest.mark.parametrize("grammar", ["root ::= [^q]*", 'root ::= "b" .*', 'root ::= ("a" | "b"){3,9}'])
def test_few_looks_at_the_grammar_draw_what_a_whole_mask_draws(grammar: str) -> None:
    pieces = [bytes([32 + number % 90]) * (1 + number // 90) for number in range(2000)]
    compiled = CompiledGrammar(parse_gbnf(grammar), TokenTable([*pieces, b""], [2000], lambda text: None))
    random = np.random.default_rng(4)
    for seed in range(30):
        logits = random.normal(0, 2, 2001).astype(np.float32)
        sampling = Sampling(seed=seed, temperature=1.5, top_k=10, top_p=1, min_p=0)
        whole = TokenSampler(sampling).draw_again(logits, [], AnswerGrammar(compiled).allowed())
        first = TokenSampler(sampling).draw(logits, [])
        found = AnswerSampler(TokenSampler(sampling), AnswerGrammar(compiled)).draw(logits, [])
        assert found == (first if AnswerGrammar(compiled).allows(first) else whole)


def test_schemas_become_grammars_on_the_main_thread() -> None:
    assert "root ::=" in schema_grammar('{"type": "boolean"}')
