"""The command line: every job of the app without a window.

Exit status 0: done; 1: the world's fault, said in a sentence; 2: wrong usage; 130: interrupted.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from core.commands.lab import app as lab_app
from core.commands.lore import app as lore_app
from core.commands.options import Branch, Json, Playtest, Weights
from core.commands.printing import console, print_fault
from core.commands.scenario import app as scenario_app
from core.commands.server import app as server_app
from core.commands.steer import app as steer_app
from core.commands.usage import WrongUsage
from core.commands.weights import app as weights_app
from core.errors import UserError

DONE, FAULT, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130
COMMANDS = frozenset(
    {
        "play",
        "score",
        "eval4sim",
        "coverage",
        "opinions",
        "validate",
        "interview",
        "simbench",
        "weigh",
        "questions",
        "judge",
        "mirror",
        "pack",
        "card",
        "doctor",
        "weights",
        "server",
        "steer",
        "population",
        "xray",
        "replay",
        "scenario",
        "lore",
        "rescue",
    }
)

app = typer.Typer(
    name="tableread",
    help="Let authored characters play scenes on local weights, score them, and exchange them as packs and cards. "
    "Without a command, opens the window.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
pack_app = typer.Typer(help="Build, show and import scenario packs (.trpack).", no_args_is_help=True)
card_app = typer.Typer(
    help="Show and convert characters: cards (PNG, JSON, WebP, JPEG, CHARX; V1, V2, V3), BYAF, TinyTroupe, Sotopia and "
    "others. What a file is, its content says.",
    no_args_is_help=True,
)
app.add_typer(lab_app)
app.add_typer(pack_app, name="pack")
app.add_typer(card_app, name="card")
app.add_typer(weights_app, name="weights")
app.add_typer(scenario_app, name="scenario")
app.add_typer(lore_app, name="lore")
app.add_typer(server_app, name="server")
app.add_typer(steer_app, name="steer")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; returns the exit status."""
    try:
        app(args=list(arguments) if arguments is not None else None)
    except WrongUsage as error:
        print_fault(error)
        return WRONG_USAGE
    except UserError as error:
        print_fault(error)
        return FAULT
    except KeyboardInterrupt:
        return INTERRUPTED
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else DONE
    return DONE


def play_demo_in_terminal(reason: str) -> int:
    """Plays the demo without a window, because of `reason`, and says where everything was put."""
    from core.commands.play import PlayRequest, play
    from core.demo import dated_folder

    console().print(f"{reason} Playing the demo here instead.")
    try:
        play(PlayRequest(n_turns=8, out=dated_folder("Demo")))
    except UserError as error:
        print_fault(error)
        return FAULT
    except KeyboardInterrupt:
        return FAULT
    return DONE


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        console().print(f"tableread {version('tableread')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command("play")
def play_command(
    source: Annotated[
        Path | None,
        typer.Argument(metavar="PACK_OR_PROJECT", help="A .trpack or .tableread file; the demo otherwise."),
    ] = None,
    scenario: Annotated[str | None, typer.Option(help="Name of the scenario; the first one otherwise.")] = None,
    turns: Annotated[int | None, typer.Option(min=1, help="Play exactly this many turns; else until the end.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=2**32 - 2, help="0: a new one.")] = None,
    temperature: Annotated[float | None, typer.Option(min=0, max=5)] = None,
    max_tokens: Annotated[int | None, typer.Option(min=1, max=100_000, help="Longest turn, thought included.")] = None,
    redraws: Annotated[
        int | None, typer.Option(min=0, max=5, help="How often a turn is drawn anew that says again what was said.")
    ] = None,
    sampling: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE_OR_FILE",
            help="How tokens are drawn, such as min_p=0.1 or a JSON file of these; may be given several times.",
        ),
    ] = None,
    weights: Weights = None,
    threads: Annotated[int | None, typer.Option(min=0, max=1024, help="0: for this machine.")] = None,
    context: Annotated[int | None, typer.Option(min=0, help="Tokens per character; 0: for these weights.")] = None,
    gpu_layers: Annotated[int | None, typer.Option(min=-1, help="-1: all.")] = None,
    server: Annotated[
        str | None, typer.Option(metavar="NAME_OR_ADDRESS", help="A server plays, in place of weights.")
    ] = None,
    server_model: Annotated[str | None, typer.Option(help="Which of the server's models.")] = None,
    cast_weights: Annotated[
        list[str] | None,
        typer.Option(metavar="ROLE=PATH_OR_SERVER", help="Other weights for one part; may be given several times."),
    ] = None,
    adapter: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ROLE=FILE[:SCALE]",
            help="A LoRA or control vector for one part, as GGUF; :SCALE:FIRST-LAST sets the layers of a vector too. "
            "May be given several times.",
        ),
    ] = None,
    from_beat: Annotated[
        str | None, typer.Option(metavar="NAME", help="Begin in this beat; at the start otherwise.")
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="How the world is when the scene begins, such as tension=3 or key.holder=Theo; or a rule of the "
            "stage, such as memory.recall=generative. May be given several times.",
        ),
    ] = None,
    policy: Annotated[
        str | None, typer.Option(metavar="NAME", help="How the next speaker is found, such as mention or bidding.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Empty or new folder for project, transcript, charts, HTML report and pack.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the last playtest of a project.")] = False,
    parallel: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            max=64,
            help="Play N playtests at once, with seeds that follow each other; --out then holds a folder for each. "
            "They share batches: the same seed need not give the same text bit for bit.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Play a scene.

    With --json, one object per line: {"event":"turn","turn":int,"speaker":str,"text":str,"thought":str|null,
    "scores":{name:number|null},"kind":str,"why":str|null,"audience":[role]|null,"alarms":[...],"mood":{...}|null},
    turns numbered from 1, and last {"event":"end","reason":str,"project":path}.
    The same seed, weights and machine give the same text.

    With --json and --parallel, turns also have {"playtest":int,"seed":int}, playtests numbered from 1; each playtest
    ends with {"event":"end","playtest":int,"seed":int,"reason":str,"turns":int}, and last comes
    {"event":"summary","playtests":int,"turns":int,"tokens":int,"seconds":number,"tokens_per_s":number,"project":path}.
    """
    from core.commands.play import PlayRequest, play
    from core.commands.play_parallel import play_parallel

    if resume and parallel is not None:
        raise typer.BadParameter("--resume goes on with one playtest: leave out --parallel.", param_hint="--resume")
    if resume and (source is None or source.suffix == ".trpack"):
        raise typer.BadParameter("Only a project can be gone on with: name the .tableread file.", param_hint="--resume")
    if resume and (from_beat is not None or changes or policy is not None):
        hint = "It goes on where it was: leave out --from-beat, --set and --policy."
        raise typer.BadParameter(hint, param_hint="--resume")
    request = PlayRequest(
        source=source,
        scenario=scenario,
        n_turns=turns,
        seed=seed,
        temperature=temperature,
        max_tokens=max_tokens,
        redraws=redraws,
        sampling=tuple(sampling or ()),
        weights=weights,
        n_threads=threads,
        n_ctx=context,
        n_gpu_layers=gpu_layers,
        server=server,
        server_model=server_model,
        cast_weights=tuple(cast_weights or ()),
        adapters=tuple(adapter or ()),
        from_beat=from_beat,
        changes=tuple(changes or ()),
        policy=policy,
        out=out,
        resume=resume,
        as_json=as_json,
    )
    if parallel is None:
        play(request)
    else:
        play_parallel(request, parallel)


@app.command("doctor")
def doctor_command(weights: Weights = None, as_json: Json = False) -> None:
    """Say what this machine has and what the weights really run on.

    With --json: {"python","qt","llama","threads","gpu":{"built":bool,"used":bool,"why":str},"safe_mode":{...}}.
    """
    from core.commands.doctor import doctor

    doctor(weights, as_json)


@app.command("xray")
def xray_command(
    project: Annotated[Path, typer.Argument(metavar="PROJECT", help="A .tableread file.")],
    turn: Annotated[int, typer.Option("--turn", min=1, help="Number of the turn in its branch.")],
    character: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whose prompt at that moment; the speaker's otherwise.")
    ] = None,
    playtest: Playtest = None,
    branch: Branch = None,
    weights: Weights = None,
    as_json: Json = False,
) -> None:
    """Show all that a turn was made from: the exact prompt by block, and all the rest.

    With --json one object: {"turn","speaker","text","reader","blocks":[{"origin","text","tokens"}],"history","notes",
    "messages":[{"role","content"}],"lore":{"fired","dropped"},"mind","audience","alarms","turn_taking","narrator","cost",
    "sampling","seed","scores",...}. Tokens are counted by the weights that are named, else guessed.
    """
    from core.commands.xray import show_xray

    show_xray(project, turn, character, playtest, branch, weights, as_json)


@app.command("replay")
def replay_command(
    project: Annotated[Path, typer.Argument(metavar="PROJECT", help="A .tableread file. It is not changed.")],
    playtest: Playtest = None,
    branch: Branch = None,
    weights: Annotated[
        Path | None, typer.Option("--weights", help="GGUF file; the weights that wrote it otherwise.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write every turn of a branch again from its record, and say whether it is equal. Exit status 1: one is not.

    With --json one object a turn: {"event":"turn","turn":int,"speaker":str,"equal":bool,"written":bool,"text":str,
    "thought":str|null,"why":str}, and last {"event":"end","turns":int,"written":int,"equal":int,
    "kept":int,"project":path}.
    """
    from core.commands.replay import replay

    if not replay(project, playtest, branch, weights, as_json):
        raise typer.Exit(FAULT)


@app.command("population")
def population_command(
    project: Annotated[Path, typer.Argument(help="The .tableread file that they are added to; made if missing.")],
    words: Annotated[
        str | None, typer.Argument(help="Such as “40 villagers on an island, half over 60, one healer”.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 2, help="The same seed gives the same people.")] = 1,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run that was cancelled.")] = False,
    as_json: Json = False,
) -> None:
    """Write many characters whose numbers keep the quotas exactly."""
    from core.commands.population import PopulationRequest, write_population

    if (words is None) != resume:
        raise WrongUsage("Say what people to write, or --resume.", "See tableread population --help.")
    write_population(PopulationRequest(words, project, seed, as_json))


@app.command("rescue")
def rescue_command(
    project: Annotated[Path, typer.Argument(metavar="FILE", help="A project that is damaged. It is never written.")],
    out: Annotated[
        Path | None, typer.Argument(metavar="OUT", help="The new project; `FILE rescued` beside it otherwise.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Read what can be read of a damaged project into a new one, and say what was lost.

    With --json: {"project":path,"saved":{table:int},"lost":{table:int},"may_lack_more":bool,"history":bool}.
    """
    from core.commands.rescue import run_rescue

    run_rescue(project, out, as_json)


@pack_app.command("build")
def pack_build_command(
    project: Path,
    out: Path,
    scenario: Annotated[str | None, typer.Option(help="Name of the scenario; the first one otherwise.")] = None,
    playtests: Annotated[bool, typer.Option("--playtests", help="Take its playtests along.")] = False,
    licence: Annotated[str | None, typer.Option(help="Licence of the content, such as CC-BY-4.0.")] = None,
    author: Annotated[list[str] | None, typer.Option(help="May be given several times.")] = None,
) -> None:
    """Export a scenario with its cast."""
    from core.commands.pack import build

    build(project, out, scenario, playtests, licence, author)


@pack_app.command("show")
def pack_show_command(pack: Path, as_json: Json = False) -> None:
    """Check a pack and say what is in it."""
    from core.commands.pack import show

    show(pack, as_json)


@pack_app.command("import")
def pack_import_command(pack: Path, project: Path) -> None:
    """Import a pack into a project, which is made if it is missing."""
    from core.commands.pack import import_into

    import_into(pack, project)


CharacterName = Annotated[str | None, typer.Option("--name", help="Which character, where a file holds several.")]


@card_app.command("show")
def card_show_command(file: Path, as_json: Json = False, name: CharacterName = None) -> None:
    """Print the character in a file; with --json as V3 JSON."""
    from core.commands.card import show

    show(file, as_json, name)


@card_app.command("convert")
def card_convert_command(
    source: Annotated[Path, typer.Argument(metavar="IN")],
    out: Path,
    to: Annotated[
        str | None, typer.Option("--to", metavar="FORMAT", help="Such as v2, charx, byaf or tinytroupe.")
    ] = None,
    name: CharacterName = None,
) -> None:
    """Convert a character to another format: the suffix of OUT decides, or --to."""
    from core.commands.card import convert

    convert(source, out, to, name)


if __name__ == "__main__":
    sys.exit(main())
