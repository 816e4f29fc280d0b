"""Compilers of narrative languages, where this machine has them: a Node process that is asked line by line.

They are packages of npm (`inkjs`, `extwee`, `yarn-bound`), looked for in `TABLEREAD_NODE_MODULES`.
"""

import json
import os
import shutil
import subprocess
from typing import Any

FOLDER = os.environ.get("TABLEREAD_NODE_MODULES", "node_modules")

_PROGRAM = r"""
const readline = require("readline");
const quiet = () => {};
console.warn = quiet; console.error = quiet; console.log = quiet;
const answer = (value) => process.stdout.write(JSON.stringify(value) + "\n");
function ink(source) {
  const { Compiler, CompilerOptions } = require("inkjs/full");
  const errors = [];
  const options = new CompilerOptions(null, [], false, (message, type) => errors.push(`${type} ${message}`), null);
  const compiler = new Compiler(source, options);
  let story;
  try { story = compiler.Compile(); } catch (error) { return { errors: errors.length ? errors : [String(error)] }; }
  story.onError = (message) => errors.push(message);
  const shown = [];
  for (let turn = 0; turn < 12; turn++) {
    const text = [];
    while (story.canContinue) text.push(story.Continue().trim());
    const choices = story.currentChoices.map((choice) => choice.text);
    shown.push({ text: text.filter(Boolean), choices });
    if (!choices.length) break;
    story.ChooseChoiceIndex(0);
  }
  const names = story.variablesState["_globalVariables"];
  const numbers = {};
  for (const [name, value] of names) numbers[name] = value.value;
  return { errors, shown, numbers };
}
function yarn(source) {
  const YarnBound = require("yarn-bound");
  const bound = new YarnBound({ dialogue: source, startAt: "Start", functions: { dice: () => 1 } });
  const shown = [{ text: [], choices: [] }];
  for (let step = 0; step < 400 && bound.currentResult; step++) {
    const now = bound.currentResult;
    if (now.options) {
      shown[shown.length - 1].choices = now.options.filter((one) => one.isAvailable !== false).map((one) => one.text);
      if (shown.length >= 12) break;
      const first = now.options.findIndex((one) => one.isAvailable !== false);
      if (first < 0) break;
      shown.push({ text: [], choices: [] });
      bound.advance(first);
    } else {
      if (now.text !== undefined && now.text !== "") shown[shown.length - 1].text.push(now.text);
      if (now.isDialogueEnd) break;
      bound.advance();
    }
  }
  return { errors: [], shown };
}
async function twee(source) {
  const { parseTwee } = await import("extwee");
  const story = parseTwee(source);
  const passages = story.passages.map((one) => ({ name: one.name, tags: one.tags, text: one.text }));
  return { errors: [], name: story.name, start: story.start, ifid: story.IFID, passages };
}
const kinds = { ink, yarn, twee };
const lines = readline.createInterface({ input: process.stdin });
lines.on("line", async (line) => {
  const { kind, source } = JSON.parse(line);
  try { answer(await kinds[kind](source)); } catch (error) { answer({ errors: [String(error.stack || error)] }); }
});
"""
_PACKAGES = {"ink": "inkjs", "yarn": "yarn-bound", "twee": "extwee"}


def missing(kind: str) -> str:
    """Returns why a compiler cannot be used here; empty when it can."""
    if shutil.which("node") is None:
        return "there is no Node here"
    if not os.path.isdir(os.path.join(FOLDER, _PACKAGES[kind])):
        return f"there is no {_PACKAGES[kind]} in {FOLDER}"
    return ""


class Compilers:
    """The process, with one question at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["node", "-e", _PROGRAM],
            cwd=os.path.dirname(FOLDER),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )

    def compile(self, kind: str, source: str) -> dict[str, Any]:
        """Compiles a file, and reads its beginning. `errors` has what was wrong."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"kind": kind, "source": source}) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """Ends the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=20)
