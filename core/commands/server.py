"""`tableread server`: the servers that may play in place of the weights on this machine."""

import sys
from typing import Annotated

import typer

app = typer.Typer(
    help="Remember, try and forget servers that speak the OpenAI API: llama-server, vLLM, Ollama, LM Studio.",
    no_args_is_help=True,
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]


@app.command("add")
def add_command(
    name: str,
    address: Annotated[str, typer.Argument(help="Such as http://localhost:8080 or https://example.org/v1.")],
    model: Annotated[str, typer.Option(help="Which of its models plays; the first one otherwise.")] = "",
    context: Annotated[int, typer.Option(min=0, help="Tokens that a chat may take; 0: what the server says.")] = 0,
    key: Annotated[bool, typer.Option("--key", help="Ask for a key, and keep it in the system's keyring.")] = False,
) -> None:
    """Remember a server, in place of one of the same name.

    A key is never taken from the command line, where others can read it: it is asked for, or read from standard
    input. Where the system has no keyring, put it into the environment variable TABLEREAD_KEY_ and the server's name in
    capitals, such as TABLEREAD_KEY_MY_SERVER. A server that is not remembered gets a key only where you type its
    address yourself, from TABLEREAD_KEY_ and its host; one whose address a playtest names gets none.
    """
    from core.commands.server_reports import add

    add(name, address, model, context, _read_key() if key else "")


@app.command("list")
def list_command(as_json: Json = False) -> None:
    """List the servers that are remembered.

    With --json, one object per server: {"name","base_url","model","n_ctx","has_key":bool,"in_use":bool}.
    """
    from core.commands.server_reports import list_servers

    list_servers(as_json)


@app.command("test")
def try_command(
    server: Annotated[str, typer.Argument(metavar="NAME_OR_ADDRESS")],
    model: Annotated[str, typer.Option(help="Which of its models; the remembered or first one otherwise.")] = "",
    as_json: Json = False,
) -> None:
    """Ask a server what it is, for a few words, and say what it can do.

    With --json: {"name","base_url","kind","model","models":[…],"n_ctx","said","first_token_s","tokens_per_s",
    "can":{ability:{"can":bool,"note":str}}}.
    """
    from core.commands.server_reports import try_out

    try_out(server, model, as_json)


@app.command("remove")
def remove_command(name: str) -> None:
    """Forget a server and its key."""
    from core.commands.server_reports import remove

    remove(name)


def _read_key() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Key", hide_input=True))
    return sys.stdin.readline().strip()
