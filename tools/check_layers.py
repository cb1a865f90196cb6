#!/usr/bin/env python3
"""Holds every #include under src/ against the layers that src/CMakeLists.txt declares.

Fails when a module includes another without declaring it, declares one that it never includes or
that does not stand above it, reaches into another's internal/, or, under core/, touches the world.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src"

MODULE = re.compile(r"^millpond_module\(([^)]*)\)", re.MULTILINE)
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]', re.MULTILINE)
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)

# What a pure module must not know, and what to use instead.
CORE_HEADERS = {
    "atomic": "one owner", "condition_variable": "one owner", "mutex": "one owner", "thread": "one owner",
    "filesystem": "a port", "fstream": "a port", "iostream": "a value returned", "random": "base/rng.hpp",
    "base/clock.hpp": "a time passed in", "base/log.hpp": "a value returned", "base/task.hpp": "a plain call",
}
CORE_WORDS = {
    r"\b\w+_clock::now\b": "a time passed in",
    r"\b(throw|catch|try)\b": "Result",
}
MONEY = ("core/payment", "core/ledger", "core/settle")
MONEY_WORDS = {r"\b(float|double)\b": "integers and a named rounding"}


def declared_modules():
    """Maps each module to its deps, and each dep to whether it is PUBLIC, in the order of the file."""
    modules = {}
    for call in MODULE.finditer((SRC / "CMakeLists.txt").read_text()):
        folder, *words = call.group(1).split()
        deps, public = {}, False
        for word in words:
            if word in ("PUBLIC", "PRIVATE"):
                public = word == "PUBLIC"
            elif "::" not in word:
                deps[word] = public
        modules[folder] = deps
    return modules


def module_of(path, modules):
    return next((str(parent) for parent in Path(path).parents if str(parent) in modules), None)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def include_faults(module, path, text, modules, used):
    for hit in INCLUDE.finditer(text):
        line, target = line_of(text, hit.start(2)), hit.group(2)
        if module.startswith("core/") and target in CORE_HEADERS:
            yield line, f"{target} is not for core: use {CORE_HEADERS[target]}"
        if hit.group(1) == "<":
            continue
        other = module_of(target, modules)
        if other is None:
            yield line, f'"{target}" is in no module: write its path from src/'
        elif other != module:
            used.add(other)
            if other not in modules[module]:
                yield line, f"{module} includes {other} but does not declare it"
            elif path.suffix == ".hpp" and "internal" not in path.parts and not modules[module][other]:
                yield line, f"a header of {module} includes {other}, so it must be PUBLIC"
            if "/internal/" in target:
                yield line, f"{target} is internal to {other}"


def word_faults(module, text):
    words = dict(CORE_WORDS) if module.startswith("core/") else {}
    if module in MONEY:
        words |= MONEY_WORDS
    for pattern, instead in words.items():
        for hit in re.finditer(pattern, text):
            yield line_of(text, hit.start()), f"'{hit.group(0)}' is not for {module}: use {instead}"


def main():
    modules = declared_modules()
    used = {module: set() for module in modules}
    faults = []
    for file in sorted(SRC.rglob("*.[ch]pp")):
        path = file.relative_to(SRC)
        module = module_of(path, modules)
        if module is None:
            faults.append(f"src/{path}:1: belongs to no module of src/CMakeLists.txt")
            continue
        text = COMMENT.sub(lambda m: re.sub(r"[^\n]", " ", m.group(0)), file.read_text())
        found = [*include_faults(module, path, text, modules, used[module]), *word_faults(module, text)]
        faults += [f"src/{path}:{line}: {what}" for line, what in sorted(found)]
    above = set()
    for module, deps in modules.items():
        for dep in deps:
            if dep not in above:
                faults.append(f"src/CMakeLists.txt: {module} uses {dep}, which is not above it")
            elif dep not in used[module]:
                faults.append(f"src/CMakeLists.txt: {module} declares {dep} but never includes it")
        above.add(module)
    print("\n".join(faults) if faults else f"{len(modules)} modules, the layers hold")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
