#!/usr/bin/env python3
"""Keeps the documents true: links lead somewhere, every package has its reason, every module its line."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def link_faults(document):
    for number, line in enumerate(document.read_text().splitlines(), 1):
        for target in LINK.findall(line):
            if "://" in target or target.startswith("mailto:"):
                continue
            if not (document.parent / target).exists():
                yield f"{document.relative_to(ROOT)}:{number}: {target} does not exist"


def package_faults():
    reasons = (ROOT / "docs/dependencies.md").read_text()
    for line in (ROOT / "tools/packages.txt").read_text().splitlines():
        package = line.split("#")[0].strip()
        if package and f"`{package}`" not in reasons:
            yield f"docs/dependencies.md: no reason given for {package}"


def module_faults():
    architecture = (ROOT / "ARCHITECTURE.md").read_text()
    for module in re.findall(r"^millpond_module\(([^\s)]+)", (ROOT / "src/CMakeLists.txt").read_text(), re.MULTILINE):
        if f"`{module}`" not in architecture:
            yield f"ARCHITECTURE.md: module {module} is not described"


def main():
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("src/**/*.md")]
    faults = [fault for document in sorted(documents) for fault in link_faults(document)]
    faults += [*package_faults(), *module_faults()]
    print("\n".join(faults) if faults else f"{len(documents)} documents, all links and lists hold")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
