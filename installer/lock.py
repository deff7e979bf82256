"""Writes the lock file: exact versions and hashes that install on Linux, Windows and macOS; reached by ``dev.py lock``.

pip resolves for the machine it runs on only, so the dependencies of the other systems and Python versions are found by
walking the packages' own metadata and are resolved in further rounds. The hashes come from the index that pip is
configured with; no address is written down.
"""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SYSTEMS = {
    "linux": {"os_name": "posix", "platform_system": "Linux", "platform_machine": "x86_64"},
    "darwin": {"os_name": "posix", "platform_system": "Darwin", "platform_machine": "arm64"},
    "win32": {"os_name": "nt", "platform_system": "Windows", "platform_machine": "AMD64"},
}
TARGETS = tuple(product(SYSTEMS, PYTHONS))
WHEEL_PLATFORM = re.compile(r"any|win_(amd64|arm64)|macosx_.*|manylinux.*_(x86_64|aarch64)")

Target = tuple[str, str]


def write_lock(root: Path, path: Path, *, upgrade: bool) -> None:
    """Resolve the project in ``root`` and write ``path``; versions already there are kept unless ``upgrade``."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {
        "build": project["build-system"]["requires"],
        "run": project["project"]["dependencies"],
        "test": project["project"]["optional-dependencies"]["test"],
    }
    kept = "" if upgrade or not path.exists() else "\n".join(re.findall(r"^[\w.-]+==[^\s;\\]+", path.read_text(), re.M))
    logging.getLogger("pip").setLevel(logging.ERROR)
    roots = [requirement for group in wanted.values() for requirement in group]
    packages = resolve(roots, kept)
    while missing := sorted(need for group in wanted.values() for need in walk(group, packages)[1]):
        print("also needed elsewhere: " + ", ".join(missing))
        roots += missing
        packages = resolve(roots, kept)
    index = Index()
    lines = [
        "# Exact versions and hashes of everything ShopDesk is built, run and tested with.",
        "# Written by `python3 installer/dev.py lock` from pyproject.toml; not edited by hand.",
    ]
    done: dict[str, set[Target]] = {}
    for group, requirements in wanted.items():
        lines.append(f"# --- {group}: {len(requirements)} named in pyproject.toml, and what they need")
        for name, targets in sorted(walk(requirements, packages)[0].items()):
            if (new := targets - done.get(name, set())) == set():
                continue
            done.setdefault(name, set()).update(new)
            version = packages[name]["metadata"]["version"]
            hashes = index.hashes(name, version)
            lines.append(" \\\n".join([f"{name}=={version}{marker(new)}", *(f"    --hash=sha256:{h}" for h in hashes)]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(done)} packages locked in {path.name}")


def resolve(requirements: list[str], kept: str) -> dict[str, Any]:
    """What pip would install here for the requirements: name -> entry of its report."""
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder) / "kept.txt"
        constraints.write_text(kept)
        command = [sys.executable, "-m", "pip", "install", "-qq", "--dry-run", "--ignore-installed", "--report", "-"]
        command += ["--only-binary", ":all:", "-c", str(constraints), *requirements]
        report = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=folder).stdout
    return {canonical(entry["metadata"]["name"]): entry for entry in json.loads(report)["install"]}


def walk(requirements: list[str], packages: dict[str, Any]) -> tuple[dict[str, set[Target]], set[str]]:
    """Follow requirements through the packages' metadata on every target.

    Gives the targets on which each package is needed, and the requirements that no package answers yet.
    """
    parse = packaging("requirements").Requirement
    needed: dict[str, set[Target]] = {}
    missing: set[str] = set()
    for target in TARGETS:
        system, version = target
        base = SYSTEMS[system] | {"sys_platform": system, "python_version": version}
        base |= {"python_full_version": version + ".0", "implementation_name": "cpython"}
        base |= {"platform_python_implementation": "CPython"}
        queue = [(parse(text), "") for text in requirements]
        seen: set[tuple[str, str]] = set()
        while queue:
            need, extra = queue.pop()
            if need.marker is not None and not need.marker.evaluate({**base, "extra": extra}):
                continue
            name = canonical(need.name)
            if name not in packages:
                missing.add(f"{need.name}{need.specifier}")
                continue
            needed.setdefault(name, set()).add(target)
            for wanted in ("", *need.extras):
                if (name, wanted) not in seen:
                    seen.add((name, wanted))
                    texts = packages[name]["metadata"].get("requires_dist", [])
                    queue += [(parse(text), wanted) for text in texts]
    return needed, missing


def marker(targets: set[Target]) -> str:
    """The condition, as pip writes it, that holds on exactly these targets; empty for all of them."""
    if targets == set(TARGETS):
        return ""
    systems = [system for system in SYSTEMS if any(have == system for have, _ in targets)]
    parts = []
    for system in systems:
        versions = [version for version in PYTHONS if (system, version) in targets]
        parts.append((system, versions))
    where = " or ".join(
        " and ".join([f"sys_platform == '{system}'", *versions_marker(versions)]) for system, versions in parts
    )
    if len(systems) == len(SYSTEMS) and len({tuple(versions) for _, versions in parts}) == 1:
        where = versions_marker(parts[0][1])[0]
    return " ; " + where


def versions_marker(versions: list[str]) -> list[str]:
    """The condition for a run of Python versions that starts or ends the supported ones; none for all."""
    if versions == list(PYTHONS):
        return []
    if versions == list(PYTHONS[: len(versions)]):
        return [f"python_version < '{PYTHONS[len(versions)]}'"]
    if versions == list(PYTHONS[-len(versions) :]):
        return [f"python_version >= '{versions[0]}'"]
    raise SystemExit(f"no marker for Python versions {versions}")


class Index:
    """The index that pip is configured with, read through pip's own code."""

    def __init__(self) -> None:
        command = import_module("pip._internal.commands").create_command("download")
        options, _ = command.parse_args(["any"])
        finder = command._build_package_finder(options, command._build_session(options))
        self._collector = finder._link_collector
        self._parse_links = import_module("pip._internal.index.collector").parse_links
        self._parse_wheel = packaging("utils").parse_wheel_filename

    def hashes(self, name: str, version: str) -> list[str]:
        """The SHA-256 of each wheel of a version that a supported system can install, in one fixed order."""
        found = self._collector.collect_sources(name, candidates_from_page=self._links)
        wheels = {}
        for source in found.index_urls:
            if type(source).__name__ != "_RemoteFileSource":
                continue  # a folder on this machine may hold builds of its own
            for link in source.page_candidates():
                if link.filename.endswith(".whl") and link.hash_name == "sha256":
                    wheels[link.filename] = link.hash
        chosen = sorted(digest for file, digest in wheels.items() if self._fits(file, version))
        if not chosen:
            raise SystemExit(f"the index gives no SHA-256 for a wheel of {name} {version}")
        return chosen

    def _links(self, link: Any) -> Iterator[Any]:
        page = self._collector.fetch_response(link)
        return iter(()) if page is None else iter(self._parse_links(page))

    def _fits(self, file: str, version: str) -> bool:
        try:
            _, of, _, tags = self._parse_wheel(file)
        except ValueError:  # very old files have names that no longer parse
            return False
        return str(of) == version and any(
            WHEEL_PLATFORM.fullmatch(tag.platform) and fits_python(tag.interpreter, tag.abi) for tag in tags
        )


def fits_python(interpreter: str, abi: str) -> bool:
    """Whether a wheel's Python tags suit one of the supported versions."""
    if abi == "none" or interpreter == "py3":
        return interpreter.startswith(("py3", "cp3"))
    minors = [int(version.split(".")[1]) for version in PYTHONS]
    if not (found := re.fullmatch(r"cp3(\d+)", interpreter)):
        return False
    minor = int(found[1])
    return minor <= minors[-1] if abi == "abi3" else minor in minors and abi == interpreter


def packaging(part: str) -> Any:
    """A module of ``packaging``: installed, else the copy inside pip."""
    try:
        return import_module(f"packaging.{part}")
    except ModuleNotFoundError:
        return import_module(f"pip._vendor.packaging.{part}")


def canonical(name: str) -> str:
    """A package name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()
