"""What `tableread server` does."""

from rich.table import Table

from core.app_settings import Server, load_settings
from core.commands.printing import console, print_json
from core.errors import UserError
from core.inference.engine_choice import typed_server
from core.inference.servers.address import parse_address
from core.inference.servers.api_keys import key_variable
from core.inference.servers.book import forget_server, remember_server
from core.inference.servers.trial import Trial, abilities, try_server


def add(name: str, address: str, model: str, n_ctx: int, key: str) -> None:
    """Remembers a server, whether it runs or not."""
    if not name.strip() or any(mark in name for mark in "#:/"):
        raise UserError(f"“{name}” is no name for a server.", "Use letters, digits and spaces.")
    server = remember_server(Server(name=name.strip(), base_url=parse_address(address), model=model, n_ctx=n_ctx), key)
    out = console()
    out.print(f"{server.name} is remembered: {server.base_url}")
    out.print(f"Try it with `tableread server test {server.name}`, play with `tableread play --server {server.name}`.")
    if not server.has_key:
        out.print(f"If it wants a key: add it again with --key, or set {key_variable(server)}.", style="dim")


def list_servers(as_json: bool) -> None:
    """Prints what is remembered. Asks no server."""
    settings = load_settings()
    if as_json:
        for server in settings.servers:
            print_json(server.model_dump() | {"in_use": server.name == settings.server})
        return
    if not settings.servers:
        console().print("No servers are remembered. Add one with `tableread server add NAME ADDRESS`.")
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("", "Name", "Address", "Model", "Context", "Key"):
        table.add_column(title, overflow="fold")
    for server in settings.servers:
        context = f"{server.n_ctx:,}" if server.n_ctx else "as it says"
        mark = "●" if server.name == settings.server else ""
        key = "in the keyring" if server.has_key else "–"
        table.add_row(mark, server.name, server.base_url, server.model or "the first", context, key)
    console().print(table)


def try_out(name_or_address: str, model: str, as_json: bool) -> None:
    """Tries a server out and prints what it can do."""
    server = typed_server(load_settings(), name_or_address, model)
    trial = try_server(server)
    if as_json:
        print_json(_as_row(server, trial))
        return
    out, profile = console(), trial.profile
    speed = f", {trial.tokens_per_s:.1f} tokens a second" if trial.tokens_per_s else ""
    out.print(f"{profile.kind.value} at {server.base_url} answers.", style="bold")
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim")
    table.add_column()
    table.add_column(overflow="fold")
    table.add_row("model", "", profile.model)
    if len(profile.models) > 1:
        table.add_row("others", "", ", ".join(other for other in profile.models if other != profile.model))
    table.add_row("said", "", f"“{trial.said}”")
    table.add_row("first word", "", f"after {trial.first_token_s:.2f} s{speed} in all")
    for ability in abilities(trial):
        table.add_row(ability.name, "yes" if ability.can else "no", ability.note)
    out.print(table)


def remove(name: str) -> None:
    """Forgets a server."""
    server = forget_server(name)
    key = " Its key was taken out of the keyring." if server.has_key else ""
    console().print(f"{server.name} is forgotten.{key}")


def _as_row(server: Server, trial: Trial) -> dict[str, object]:
    profile = trial.profile
    can = {ability.name: {"can": ability.can, "note": ability.note} for ability in abilities(trial)}
    return {
        "name": server.name,
        "base_url": server.base_url,
        "kind": profile.kind.value,
        "model": profile.model,
        "models": list(profile.models),
        "n_ctx": profile.n_ctx,
        "said": trial.said,
        "first_token_s": round(trial.first_token_s, 4),
        "tokens_per_s": round(trial.tokens_per_s, 2),
        "can": can,
    }
