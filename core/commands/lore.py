"""`tableread lore`: lorebooks tried out on a chat."""

from pathlib import Path
from typing import Annotated, Any

import typer

from core.commands.printing import console, print_json, print_warnings
from core.interchange.conversations import read_conversations
from core.interchange.lorebooks import read_lorebook
from core.lore.compiled import compile_book
from core.lore.matcher import Scan
from core.lore.occasion import Line, Occasion
from core.lore.placement import place
from core.lore.records import format_verdict
from core.lore.rehearsal import rehearse
from core.lore.verdicts import QUIET
from core.lore.wording import explain
from models.lore import LoreSettings

app = typer.Typer(help="Try lorebooks out: what fires on a chat, what does not, and why.", no_args_is_help=True)


@app.callback()
def _lore() -> None:
    """Keeps `test` a command of its own while it is the only one."""


@app.command("test")
def run_lore_test(
    book: Annotated[
        Path, typer.Argument(help="SillyTavern world, lorebook_v3, NovelAI .lorebook, or a card that holds a book.")
    ],
    chat: Annotated[
        Path,
        typer.Option(
            "--chat", help="SillyTavern or OpenAI chat JSONL, JSONL with “turns”, or text: “Name: text” a line."
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
    character: Annotated[str, typer.Option("--as", help="Who reads: {{char}}, and character filters.")] = "",
    user: Annotated[str, typer.Option("--user", help="What {{user}} stands for.")] = "You",
    depth: Annotated[int, typer.Option(min=0, max=1000, help="Messages searched, where the book does not say.")] = 2,
    context: Annotated[int, typer.Option(min=1, help="Size of the context, in tokens.")] = 8192,
    budget_percent: Annotated[int, typer.Option(min=1, max=100, help="Share of the context for lore.")] = 25,
    recursive: Annotated[bool, typer.Option(help="Search what entries say too.")] = True,
    seed: Annotated[int, typer.Option(help="Decides what is left to chance.")] = 0,
    entries: Annotated[bool, typer.Option("--all", help="Also list entries of which no key was found.")] = False,
) -> None:
    """Print what a lorebook does for the turn after a chat: which entries fire, which are dropped, and why.

    The chat is gone through message by message, so that sticky entries and cooldowns count. Tokens are estimated.

    Exit status: 0 the test ran; 1 a file cannot be read; 2 wrong usage.
    """
    found = read_lorebook(book)
    lines = [Line(speaker, text) for speaker, text in next(read_conversations(chat)).turns]
    settings = LoreSettings(scan_depth=depth, budget_percent=budget_percent, recursive=recursive)
    numbered = [(str(number), entry) for number, entry in enumerate(found.book.entries)]
    compiled = compile_book("book", found.book, numbered, settings)
    names = frozenset({character.casefold()} if character else ())
    occasion = Occasion(
        lines,
        char=character or _last_speaker(lines),
        user=user,
        names=names,
        n_own_lines=sum(line.speaker == character for line in lines),
        budget_tokens=context * budget_percent // 100,
        seed=seed,
    )
    scan = rehearse([compiled], occasion, settings)
    print_warnings(list(found.warnings))
    report = _report(scan, found.book.name, len(lines), settings)
    if as_json:
        print_json(report)
    else:
        _print_report(report, show_all=entries)


def _last_speaker(lines: list[Line]) -> str:
    return lines[-1].speaker if lines else ""


def _report(scan: Scan, name: str, n_messages: int, settings: LoreSettings) -> dict[str, Any]:
    titles = {entry.id: entry.title for entry in scan.entries}
    said = [entry.id for entry in scan.said]
    tokens = {one.entry: one.n_tokens for one in scan.fired}
    rows = []
    for number, entry in enumerate(scan.entries):
        verdict = scan.verdict(entry)
        row: dict[str, Any] = {"index": number, "name": entry.title, "fired": verdict.fired, **format_verdict(verdict)}
        if verdict.fired:
            row["tokens"] = tokens[entry]
        if verdict.rival:
            row["rival"] = int(verdict.rival)
        rows.append(row | {"why": explain(verdict, titles, said)})
    placement = place(scan.fired, n_messages, settings.note_depth)
    inserted: list[dict[str, Any]] = [{"where": spot.value, "text": text} for spot, text in placement.spots.items()]
    inserted += [
        {"where": "depth", "depth": one.depth, "role": one.role.value, "text": one.text} for one in placement.injections
    ]
    inserted += [{"where": "outlet", "outlet": outlet, "text": text} for outlet, text in placement.outlets.items()]
    return {
        "book": name,
        "n_entries": len(rows),
        "n_messages": n_messages,
        "n_messages_searched": scan.n_messages,
        "n_steps": scan.n_steps,
        "tokens": scan.n_tokens,
        "budget": scan.budget_tokens,
        "fired": [int(one.entry.id) for one in scan.fired],
        "dropped": [int(entry.id) for entry, verdict in scan.dropped.items() if verdict.rule not in QUIET],
        "entries": rows,
        "inserted": inserted,
    }


def _print_report(report: dict[str, Any], *, show_all: bool) -> None:
    out = console()
    rows = report["entries"]
    fired = [rows[number] for number in report["fired"]]
    dropped = [rows[number] for number in sorted(report["dropped"])]
    out.print(
        f"{report['book']}: {len(fired)} of {report['n_entries']:,} entries fired, {report['tokens']:,} of "
        f"{report['budget']:,} tokens.",
        style="bold",
    )
    quiet = [row for row in rows if not row["fired"] and row["index"] not in set(report["dropped"])]
    for title, some in (("Fired", fired), ("Dropped", dropped), ("The others", quiet if show_all else [])):
        if some:
            out.print(f"\n{title}", style="dim")
        for row in some:
            out.print(f"{row['index']:>5}  {row['name']}: {row['why']}")
