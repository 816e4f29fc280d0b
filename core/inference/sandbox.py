"""Runs chat templates, which are programs from strangers, within limits of time, memory and output.

Main thread only: the time limit interrupts it as Ctrl-C would.
"""

import _thread
import json
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from types import FrameType
from typing import Any

from jinja2.exceptions import TemplateError
from jinja2.ext import Extension, loopcontrols
from jinja2.nodes import CallBlock, Node
from jinja2.parser import Parser
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]

TIME_LIMIT_S = 2.0
MEMORY_LIMIT_BYTES = 512 * 2**20
OUTPUT_LIMIT_CHARS = 4_000_000
POWER_LIMIT = 100

TODAY = datetime(2024, 7, 26)
"""What templates that print a date are told: a prompt must not change overnight."""


class TemplateRefused(Exception):
    """A template cannot be used for these messages. The text says why, in words for a user."""


class TemplateTooCostly(TemplateRefused):
    """A template broke a limit: not to be tried again with other messages."""


class _TimeIsUp(BaseException):
    """Raised into a running template; no `except Exception` in its way can swallow it."""


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, and no arithmetic that makes huge numbers or texts in one step."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "**" and max(_magnitude(left), _magnitude(right)) > POWER_LIMIT:
            raise TemplateTooCostly("it computes with huge numbers")
        if operator == "*" and _magnitude(left) * _magnitude(right) > OUTPUT_LIMIT_CHARS:
            raise TemplateTooCostly("it computes with huge numbers or texts")
        return super().call_binop(context, operator, left, right)


def _magnitude(value: object) -> int:
    if isinstance(value, (str, list, tuple)):
        return len(value)
    return abs(value) if isinstance(value, int) else 0


class _Generation(Extension):
    """`{% generation %}…{% endgeneration %}` marks the assistant's text for training; here it only holds its body."""

    tags = {"generation"}

    def parse(self, parser: Parser) -> Node:
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)

    def _body(self, caller: Callable[[], str]) -> str:
        return caller()


def compile_template(source: str) -> Callable[[Mapping[str, Any]], str]:
    """Compiles a template and returns what renders it.

    Raises:
        TemplateRefused: by this function and by what it returns.
    """
    environment = _Environment(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols, _Generation])
    environment.filters["tojson"] = _tojson
    environment.filters["from_json"] = json.loads
    environment.globals["raise_exception"] = _raise_exception
    environment.globals["strftime_now"] = TODAY.strftime
    with limits():
        template = environment.from_string(source)

    def render(variables: Mapping[str, Any]) -> str:
        with limits():
            pieces: list[str] = []
            n_chars = 0
            for piece in template.generate(**variables):
                pieces.append(piece)
                n_chars += len(piece)
                if n_chars > OUTPUT_LIMIT_CHARS:
                    raise TemplateTooCostly("it writes without end")
            return "".join(pieces)

    return render


def _raise_exception(message: object) -> None:
    raise TemplateRefused(str(message)[:200])


def _tojson(value: object, ensure_ascii: bool = False, indent: int | None = None, **options: Any) -> str:
    # Jinja's own escapes <, > and & for web pages, which would change what the weights read
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent)


@contextmanager
def limits() -> Iterator[None]:
    """Turns all that a hostile template or JSON Schema can do wrong into TemplateRefused."""
    try:
        with _memory_limit(), _time_limit():
            yield
    except TemplateRefused:
        raise
    except _TimeIsUp:
        raise TemplateTooCostly(f"it does not finish in {TIME_LIMIT_S:.0f} seconds") from None
    except (MemoryError, OverflowError):
        raise TemplateTooCostly("it needs too much memory") from None
    except RecursionError:
        raise TemplateTooCostly("it calls itself without end") from None
    except (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise TemplateRefused(f"it fails: {str(error)[:200]}") from error


@contextmanager
def _time_limit() -> Iterator[None]:
    deadline = time.monotonic() + TIME_LIMIT_S
    running = True

    def interrupt(number: int, frame: FrameType | None) -> None:
        if running and time.monotonic() >= deadline:
            raise _TimeIsUp

    timer = threading.Timer(TIME_LIMIT_S, _thread.interrupt_main)
    timer.daemon = True
    previous = signal.signal(signal.SIGINT, interrupt)
    timer.start()
    try:
        yield
    finally:
        running = False
        timer.cancel()
        signal.signal(signal.SIGINT, previous)


@contextmanager
def _memory_limit() -> Iterator[None]:
    if resource is None or not sys.platform.startswith("linux"):
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    with open("/proc/self/statm", encoding="ascii") as statm:
        used = int(statm.read().split()[0]) * resource.getpagesize()
    wanted = used + MEMORY_LIMIT_BYTES
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_AS, (allowed, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
