"""Print what Innspill is made of as CycloneDX JSON: `make sbom` reads the pinned requirements and package-lock.json.

Names, versions, licences and what was checked at installing: no address of a registry and no path of a machine stands in
it, and no moment, so that the same locks give the same document. `--dev` adds what it is tested with.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parent.parent
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)")
RUNS = ("requirements.txt", "requirements-embedded.txt", "requirements-s3.txt")
TESTED_WITH = ("requirements-dev.txt",)


def from_python(file: Path, scope: ComponentScope) -> Iterator[Component]:
    for line in file.read_text().splitlines():
        if found := PINNED.match(line):
            name, version = found.groups()
            yield Component(
                name=name, version=version, type=ComponentType.LIBRARY, scope=scope, licenses=_licence_of(name),
                purl=PackageURL("pypi", name=name.lower().replace("_", "-"), version=version),
                bom_ref=f"pypi:{name}@{version}",
            )  # fmt: skip


def _licence_of(name: str) -> list[object]:
    """Return the licence that the installed package names; nothing where it is not installed or names none."""
    try:
        about = metadata(name)
    except PackageNotFoundError:
        return []
    said = about.get("License-Expression") or about.get("License") or ""
    if not said or len(said) > 100 or "\n" in said:  # a whole text in place of a name
        kinds = [one.rpartition(" :: ")[2] for one in about.get_all("Classifier", []) if one.startswith("License ::")]
        said = kinds[0] if kinds else ""
    return [LicenseFactory().make_from_string(said)] if said else []


def hexed(digest: str) -> str:
    return base64.b64decode(digest).hex()


def from_npm(file: Path) -> Iterator[Component]:
    for folder, about in json.loads(file.read_text())["packages"].items():
        if not folder:
            continue
        name = folder.rpartition("node_modules/")[2]
        group, _slash, short = name.rpartition("/")
        algorithm, _dash, digest = about["integrity"].partition("-")
        yield Component(
            group=group or None, name=short, version=about["version"], type=ComponentType.LIBRARY,
            scope=ComponentScope.REQUIRED,
            licenses=[LicenseFactory().make_from_string(about["license"])] if "license" in about else [],
            hashes=[HashType(alg=HashAlgorithm(algorithm.upper().replace("SHA", "SHA-")), content=hexed(digest))],
            purl=PackageURL("npm", namespace=group or None, name=short, version=about["version"]),
            bom_ref=f"npm:{name}@{about['version']}",
        )  # fmt: skip


def made_of(root: Path = ROOT, *, dev: bool = False) -> str:
    """Return the document, with a line's end."""
    about = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    bom = Bom()
    bom.metadata.component = Component(
        name=about["name"], version=about["version"], type=ComponentType.APPLICATION, bom_ref="innspill",
        licenses=[LicenseFactory().make_from_string(about["license"])],
    )  # fmt: skip
    parts: dict[str, Component] = {}
    for files, scope in ((RUNS, ComponentScope.REQUIRED), (TESTED_WITH if dev else (), ComponentScope.EXCLUDED)):
        for file in files:
            for one in from_python(root / file, scope):
                parts.setdefault(str(one.bom_ref), one)
    for one in from_npm(root / "package-lock.json"):
        parts.setdefault(str(one.bom_ref), one)
    bom.components.update(parts.values())
    bom.register_dependency(bom.metadata.component, list(parts.values()))
    written = json.loads(JsonV1Dot6(bom).output_as_string())
    del written["metadata"]["timestamp"]
    written["serialNumber"] = uuid5(NAMESPACE_URL, json.dumps(written["components"], sort_keys=True)).urn
    return json.dumps(written, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--dev", action="store_true")
    print(made_of(dev=words.parse_args().dev), end="")
