"""The commands of the fidelity lab, as the command line takes them. Each does its work in a file of its own name."""

from pathlib import Path
from typing import Annotated

import typer

from core.commands.options import Branch, Json, Playtest, Weights
from core.commands.usage import WrongUsage
from core.errors import UserError

app = typer.Typer()


@app.command("score")
def score_command(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Chats, plain or .xz.")],
    metrics: Annotated[str, typer.Option(help="Comma-separated; `voice` takes all of voice.*.")] = "",
    weights: Weights = None,
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    output: Annotated[
        Path | None,
        typer.Option(metavar="OUT", help="Write rows to this file (.jsonl or .csv); if it exists, go on from there."),
    ] = None,
) -> None:
    """Score chats.

    FILE is SillyTavern JSONL, OpenAI JSONL, ShareGPT, plain text (“Name: text”), or lines of
    {"turns":[{"speaker","text"}],"personas":{name:[facts]}}. A file that cannot be read stops no other.

    With --json, one object per score: {"file","conversation","turn","speaker","metric","value","reason"}. Conversations
    count from 0 and turns from 1; voice is over that speaker's turns so far. Turn null is all that the speaker said;
    without a speaker, the whole conversation.
    """
    from core.commands.score import refuse_metrics, score, usual_metrics
    from core.fidelity.catalogue import parse_metric_names

    try:
        names = parse_metric_names(metrics) if metrics else usual_metrics()
    except UserError as error:
        raise typer.BadParameter(str(error), param_hint="--metrics") from error
    refuse_metrics(names)
    if as_json and as_csv:
        raise WrongUsage("Choose --json or --csv, not both.", "")
    score(files, names, weights, as_json=as_json, as_csv=as_csv, output=output)


@app.command("eval4sim")
def eval4sim_command(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Chats with personas, plain or .xz.")],
    as_json: Json = False,
) -> None:
    """Say how near a set of chats comes to people's, by Eval4Sim: 1 is as people do it. All files are one set.

    With --json, one object per metric: {"metric","value","reason","evidence","n_conversations"}; offset_percent in the
    evidence is below 0 where there is less of it than people have, above 0 where there is more.
    """
    from core.commands.eval4sim import eval4sim

    eval4sim(files, as_json=as_json)


@app.command("validate")
def validate_command(
    corpus: Annotated[
        Path,
        typer.Option("--corpus", metavar="DIR", help="Folder with conversations: every .jsonl and .jsonl.xz there."),
    ],
    n: Annotated[int, typer.Option("--n", min=2, max=100_000, help="Dialogues, half of them with personas.")] = 200,
    by_weights: Annotated[
        int, typer.Option("--by-weights", metavar="N", min=0, help="Dialogues for what needs weights; 0: leave it out.")
    ] = 24,
    metrics: Annotated[
        str,
        typer.Option(
            help="Comma-separated; `voice` takes all of voice.*. Otherwise all but apc, identification "
            "and what is judged."
        ),
    ] = "",
    seed: Annotated[
        int, typer.Option("--seed", min=0, max=2**32 - 2, help="The same seed takes the same dialogues.")
    ] = 0,
    weights: Weights = None,
    judge: Annotated[
        Path | None, typer.Option("--judge", metavar="GGUF", help="For judged metrics that are named: who judges.")
    ] = None,
    table: Annotated[
        Path | None, typer.Option("--table", metavar="FILE", help="Write the table with its provenance, as JSON.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say how far to trust each metric: how well it tells real dialogues from copies that were spoilt on purpose.

    Spoilt are: persona_swap (the personas of another conversation), speaker_swap (two speakers say each other's lines),
    echo (half of the lines are the partner's last), repetition (half are own earlier lines), shuffle (each speaker's
    lines in another order), foreign_line (one line of another conversation), negation (what a speaker says of
    themselves is negated), takeover (the later half of the lines is somebody else's), bleed (half of the lines run on
    as the partner).

    The AUC is over dialogues: of each, the score of the one speaker whose lines or persona were spoilt over the whole
    dialogue; shuffle compares whole dialogues, foreign_line that one line where a metric scores lines. It is the
    chance that a sound dialogue scores better than a spoilt one. Metrics without a better end are tested on both
    sides: nearer to the median of the sound counts as better. Metrics by weights or a judge are tried on the first 20
    turns of --by-weights dialogues, those with personas first.

    With --json, one object per line: {"metric","corruption","auc","low","high","n"}; low and high are the 95 % interval
    (DeLong, paired), n the pairs. Ctrl+C prints what is known so far. At the default it takes some minutes.
    """
    from core.commands.validate import ValidateRequest, needs_judge, select_metrics, validate

    try:
        names = select_metrics(metrics)
    except UserError as error:
        raise typer.BadParameter(str(error), param_hint="--metrics") from error
    if needs_judge(names) and judge is None:
        raise typer.BadParameter("Judged metrics need somebody who judges: name weights.", param_hint="--judge")
    validate(ValidateRequest(corpus, n, by_weights, names, seed, weights, judge, table, as_json))


@app.command("interview")
def interview_command(
    project: Annotated[Path, typer.Argument(metavar="PROJECT", help="A .tableread file; the interview is kept in it.")],
    character: Annotated[str, typer.Option(metavar="NAME", help="Who is asked.")],
    playtest: Playtest = None,
    branch: Branch = None,
    turn: Annotated[
        int | None, typer.Option(min=0, help="After this turn, 0 for before the first; the last one otherwise.")
    ] = None,
    mode: Annotated[
        str, typer.Option(help="digits, each item by itself; free, in words that a judge reads; whole, all at once.")
    ] = "digits",
    questionnaire: Annotated[str, typer.Option(metavar="NAME", help="Such as ipip-50.")] = "ipip-50",
    orders: Annotated[int, typer.Option(min=1, max=5, help="By digits: in how many orders each item is asked.")] = 1,
    over_scene: Annotated[
        bool, typer.Option("--over-scene", help="Before the first turn, after 10 and after 20.")
    ] = False,
    two_stages: Annotated[
        bool, typer.Option("--two-stages", help="A talk first, then item by item against the whole form.")
    ] = False,
    sensitive: Annotated[bool, typer.Option("--sensitive", help="Allow questions about unease.")] = False,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 2)] = 0,
    judge: Annotated[
        Path | None, typer.Option(metavar="GGUF", help="For free answers: weights that judge; else those that play.")
    ] = None,
    weights: Annotated[
        Path | None, typer.Option("--weights", help="GGUF file; the weights that wrote it otherwise.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Ask a character a questionnaire in a thrown-away branch; no turn and no later line is changed by it.

    With --json one object a line: {"id","playtest","turn","character","questionnaire","mode","scales":{name:{"value",
    "spread","low","high","n_answered","reason"}},"axes":[{"name","intended","measured","spread"}],"answers","sentence",
    "record"}; in two stages another before them: {"talk":[{"question","words"}],"comparisons":[{"scale","by_item",
    "whole","difference","n_differ"}],"notice"}.
    """
    from core.commands.interview import InterviewRequest, interview

    request = InterviewRequest(
        project,
        character,
        playtest,
        branch,
        turn,
        mode,
        questionnaire,
        orders,
        over_scene,
        two_stages,
        sensitive,
        seed,
        judge,
        weights,
        as_json,
    )
    interview(request)


@app.command("judge")
def judge_command(
    source: Annotated[
        Path | None,
        typer.Argument(metavar="PROJECT_OR_FILE", help="A .tableread file, or chats as `score` reads them."),
    ] = None,
    metrics: Annotated[
        str, typer.Option(help="Comma-separated; `character_box` takes all of character_box.*; own.ID a rubric.")
    ] = "persona_gym",
    weights: Weights = None,
    server: Annotated[str | None, typer.Option(metavar="NAME_OR_ADDRESS", help="A server judges.")] = None,
    server_model: Annotated[str | None, typer.Option(help="Which of the server's models.")] = None,
    licence: Annotated[
        bool, typer.Option("--licence", help="Examine the judge first: 60 items in which it finds out who is speaking.")
    ] = False,
    playtest: Playtest = None,
    branch: Branch = None,
    again: Annotated[
        bool, typer.Option("--again", help="Also what this judge has judged already; its old scores stay.")
    ] = False,
    samples: Annotated[
        int, typer.Option(min=1, max=20, help="Answers for each question, where there are no probabilities.")
    ] = 3,
    as_json: Json = False,
) -> None:
    """Have a judge score a playtest or chats, or examine how well it reads.

    Scores of a playtest are added to the project. What was judged by the same judge and words is not asked again, so a
    broken run goes on where it was. Names are masked for the judge.

    With --json one object a line: {"event":"licence","badge":str,"top1":number,"low","high","top2","mean_rank","brier",
    "ece","position_bias","self_agreement","alpha","n","n_failed","how","items","judge":{...}}; for files
    {"event":"score","file","conversation","turn","speaker","metric","value","reason","evidence","judge","badge"}; and
    last {"event":"end","scored":int,"not_scored":int,"judge":{...},"badge":str|null}.
    """
    from core.commands.judge import JudgeRequest, judge

    judge(
        JudgeRequest(source, metrics, weights, server, server_model, licence, playtest, branch, again, samples, as_json)
    )


@app.command("questions")
def questions_command(
    card: Annotated[Path, typer.Argument(metavar="CARD", help="A character card, of any format that can be read.")],
    task: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="action, justification, language, consistency or toxicity; may be given several times. All otherwise.",
        ),
    ] = None,
    n: Annotated[int, typer.Option("--n", min=1, max=20, help="Questions for each task.")] = 10,
    one_line: Annotated[
        bool, typer.Option("--one-line", help="Tell the character its first statement alone, as PersonaGym does.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 2)] = 0,
    judge: Annotated[
        str,
        typer.Option(metavar="PATH_OR_SERVER", help="Who asks and judges; else the weights that answer."),
    ] = "",
    weights: Weights = None,
    as_json: Json = False,
) -> None:
    """Ask a character PersonaGym's questions, and have its answers graded from 1 to 5 by a judge.

    With --json: {"scores":{name:number|null},"reasons":{name:str},"persona_score":number|null,"settings":[str],
    "judge":{...},"prompt_version":str,"answers":[{"task","question","answer","examples","grades","reasons"}]}.
    """
    from core.commands.questions import QuestionsRequest, parse_tasks, questions

    questions(QuestionsRequest(card, parse_tasks(task), n, one_line, seed, judge, weights, as_json))


@app.command("mirror")
def mirror_command(
    real: Annotated[Path, typer.Argument(metavar="REAL", help="Conversations of people.")],
    played: Annotated[Path, typer.Argument(metavar="PLAYED", help="As many played ones, in the same order.")],
    real_speaker: Annotated[
        str, typer.Option(metavar="NAME", help="The person; who speaks first in each conversation otherwise.")
    ] = "",
    speaker: Annotated[
        str, typer.Option(metavar="NAME", help="Who is played; who speaks first in each conversation otherwise.")
    ] = "",
    n: Annotated[int, typer.Option("--n", min=0, help="Pairs at most; 0: all.")] = 0,
    judge: Annotated[
        str, typer.Option(metavar="PATH_OR_SERVER", help="Who judges; else the weights that the app remembers.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Tell how like people's a played speaker talks, by MirrorBench's four judges and their controls.

    With --json: {"judge":{...},"pairs":int,"metrics":{name:{"mean","low","high","calibrated","real_real",
    "played_played","n_failed"}}}.
    """
    from core.commands.mirror import MirrorRequest, mirror

    mirror(MirrorRequest(real, played, real_speaker, speaker, n, judge, as_json))


@app.command("weigh")
def weigh_command(
    project: Annotated[Path, typer.Argument(metavar="PROJECT", help="A .tableread file; the scores are kept in it.")],
    metrics: Annotated[
        str,
        typer.Option(
            help="Comma-separated: apc, identification of turns; trust-game, role-knowledge of a "
            "character; second-order of a branch."
        ),
    ],
    playtest: Playtest = None,
    branch: Branch = None,
    character: Annotated[str | None, typer.Option(metavar="NAME", help="For trust-game and role-knowledge.")] = None,
    weights: Annotated[
        Path | None, typer.Option("--weights", help="GGUF file; the weights that wrote it otherwise.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Score what was played by measures that ask the weights, and are too dear to be live.

    With --json one object a score: {"turn","speaker","metric","value","reason","evidence"}.
    """
    from core.commands.weigh import WeighRequest, weigh

    names = tuple(name.strip() for name in metrics.split(",") if name.strip())
    weigh(WeighRequest(project, names, playtest, branch, character, weights, as_json))


@app.command("simbench")
def simbench_command(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.jsonl", help='Lines of {"question","options","human":[shares],"group","dataset"}.'
        ),
    ],
    weights: Weights = None,
    as_json: Json = False,
) -> None:
    """Compare how weights answer with how groups of people did: 100 exactly as they, 0 no nearer than guessing evenly.

    With --json one line a question, and {"event":"end","score","low_entropy","high_entropy","by_dataset"}.
    """
    from core.commands.simbench import simbench

    simbench(file, weights, as_json)


@app.command("coverage")
def coverage_command(
    people: Annotated[Path, typer.Argument(metavar="PEOPLE", help="Chats of people.")],
    played: Annotated[Path, typer.Argument(metavar="PLAYED", help="Chats that were played.")],
    speaker: Annotated[str, typer.Option(metavar="NAME", help="Whose lines among people; everybody's otherwise.")] = "",
    played_speaker: Annotated[
        str, typer.Option(metavar="NAME", help="Whose lines among the played; as --speaker.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Say whether played speakers vary as people do: Chamfer coverage of 19-feature fingerprints, in [0, 1].

    With --json: {"coverage","n_people","n_played","spread_of_people","spread_of_played"}.
    """
    from core.commands.variety import cover

    cover(people, played, speaker, played_speaker, as_json)


@app.command("opinions")
def opinions_command(
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help='Lines of {"name","opinions":[numbers]}.')],
    as_json: Json = False,
) -> None:
    """Say whether a group keeps its spread of opinions, or draws together too soon.

    With --json: {"sd":[...],"mean":[...],"mean_shift","regression","pull","is_premature"}.
    """
    from core.commands.variety import spread

    spread(file, as_json)
