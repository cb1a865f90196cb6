#!/usr/bin/env python3
"""Runs clang-tidy over every .cpp of src/ and apps/, or of the folders given.

Nearly all its time goes into the standard library's headers, so the files of one folder are judged
as one translation unit, and in halves where names of theirs collide. A file found clean is not judged
again until it, a header of ours that it reaches, its compile command or .clang-tidy changes.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = ROOT / "build/release/compile_commands.json"
OUT = ROOT / "build/lint"
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
PRECOMPILED = re.compile(r" -Winvalid-pch| -fpch-\S+| -Xclang (-include(-pch)? -Xclang \S+|-fno-pch-timestamp)")
COLLISION = "[clang-diagnostic-error"


def found(target, includer):
    """The file of ours that an include means: generated headers stand for their schema."""
    if target.endswith(".pb.h"):
        target = f"schema/proto/{target.removesuffix('.pb.h')}.proto"
    places = (path / target for path in (includer.parent, ROOT / "src", ROOT))
    return next((place for place in places if place.is_file()), None)


def reached(source):
    seen, waiting = set(), [source]
    while waiting:
        path = waiting.pop().resolve()
        if path not in seen:
            seen.add(path)
            hits = (found(target, path) for target in INCLUDE.findall(path.read_text()))
            waiting += [hit for hit in hits if hit]
    return sorted(seen)


class Source:
    def __init__(self, entry):
        self.path = Path(entry["file"])
        self.command = PRECOMPILED.sub("", entry["command"].split(" -o ")[0])
        self.stamp = OUT / (str(self.path.relative_to(ROOT)).replace("/", "-") + ".clean")
        key = hashlib.sha256((ROOT / ".clang-tidy").read_bytes() + self.command.encode())
        for path in reached(self.path):
            key.update(path.read_bytes())
        self.key = key.hexdigest()

    def known_clean(self):
        return self.stamp.is_file() and self.stamp.read_text() == self.key


def findings(sources):
    """What clang-tidy says of these files, as one unit."""
    folder = sources[0].stamp.with_suffix(".unit")
    folder.mkdir(exist_ok=True)
    unit = folder / "unit.cpp"
    lines = (f'#include "{source.path}"  // NOLINT(bugprone-suspicious-include)\n' for source in sources)
    unit.write_text("".join(lines))
    command = {"directory": str(COMMANDS.parent), "file": str(unit), "command": f"{sources[0].command} -c {unit}"}
    (folder / "compile_commands.json").write_text(json.dumps([command]))
    call = ["clang-tidy-19", "-p", str(folder), f"--config-file={ROOT / '.clang-tidy'}", "--quiet", str(unit)]
    run = subprocess.run(call, capture_output=True, text=True, check=False)
    return "" if run.returncode == 0 else run.stdout or run.stderr or "clang-tidy failed"


def judge(sources):
    """How many of them are clean."""
    text = findings(sources)
    if not text:
        for source in sources:
            source.stamp.write_text(source.key)
        return len(sources)
    if COLLISION in text and len(sources) > 1:
        half = len(sources) // 2
        return judge(sources[:half]) + judge(sources[half:])
    print(text.strip(), flush=True)
    return 0


def main():
    folders = [Path(word).resolve() for word in sys.argv[1:]] or [ROOT / "src", ROOT / "apps"]
    OUT.mkdir(parents=True, exist_ok=True)
    entries = json.loads(COMMANDS.read_text())
    ours = [entry for entry in entries if any(part in Path(entry["file"]).parents for part in folders)]
    waiting = [source for source in map(Source, ours) if not source.known_clean()]
    waiting.sort(key=lambda source: (source.path.parent, source.command, source.path))
    units = [list(unit) for _, unit in groupby(waiting, key=lambda source: (source.path.parent, source.command))]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        clean = sum(pool.map(judge, units))
    print(f"clang-tidy: {clean} of {len(waiting)} files that were new or changed are clean")
    return clean != len(waiting)


if __name__ == "__main__":
    sys.exit(main())
