"""The safety rules of NASA NPR 7150.2D, SWE-134, and the tests that show each; run it to write the table.

A test names the rules it shows with `@pytest.mark.swe134("a", "d")`.
"""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "firmware" / "docs" / "swe134.md"
FOLDERS = ("firmware/tests", "host/tests", "hil_tests")

# letter: the rule in short, what it means on this bench
RULES = {
    "a": ("starts and restarts in a known safe state", "no pulses, positions unknown, whatever the reset"),
    "b": ("changes safely between known states", "states are tables: every state and input has its row"),
    "c": ("ends safety-critical functions in a known safe state", "leaving the loop ends the pulses"),
    "d": (
        "an operator's override takes two independent actions",
        "arm, then open, towards an isolated module; crew-clear before shutting somebody in",
    ),
    "e": ("rejects commands out of sequence", "open before arm, late, repeated, for another hatch"),
    "f": ("detects inadvertent changes of memory", "stored records carry version and CRC, in two copies"),
    "g": ("checks what comes in and goes out", "CRC of frames, chip id, trimming, plausibility of pressures"),
    "h": (
        "checks prerequisites of safety-critical commands",
        "bench file, mode, marks, ranges: before accepting",
    ),
    "i": ("no single event starts a hazard", "no lost or repeated byte, and no noise, moves a hatch"),
    "j": ("responds in time", "bounded reaction, the watchdog's time, the fault matrix's times"),
    "k": ("handles errors", "an error in a part is told, counted, and the loop goes on"),
    "l": (
        "can bring the system to a safe state",
        "`safe` works in every state, from a host of any version",
    ),
}

INTRODUCTION = """# Safety rules and the tests that show them

NASA NPR 7150.2D asks twelve things of software that can harm (section 3.7.3, SWE-134, a to l), here in short
words of our own. No compliance is claimed: this is a bench, and nobody assessed it. The table is made from
markers in the tests by `python firmware/tests/support/swe134.py`; a test fails when it is out of date.

| | the software ... | here | shown by |
|---|---|---|---|
"""


def marked_tests():
    """Return {letter: names of the tests that show the rule}, in the order of files and lines."""
    found = {letter: [] for letter in RULES}
    paths = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("test_*.py"))
    for path in paths:
        module = ast.parse(path.read_text("utf-8"))
        for item in ast.walk(module):
            if isinstance(item, ast.FunctionDef):
                for letter in _letters(item):
                    found[letter].append((path.relative_to(ROOT).as_posix(), item.name))
    return found


def page():
    """Return the table as Markdown."""
    found = marked_tests()
    rows = []
    for letter, (rule, here) in RULES.items():
        tests = "<br>".join(f"`{path}` {name}" for path, name in found[letter])
        rows.append(f"| {letter} | {rule} | {here} | {tests} |\n")
    return INTRODUCTION + "".join(rows)


def _letters(function):
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.swe134":
            for argument in decorator.args:
                yield ast.literal_eval(argument)


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), "utf-8")
