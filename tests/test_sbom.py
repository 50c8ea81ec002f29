"""What Innspill is made of, as a document."""

from __future__ import annotations

import json
import re

import pytest
from django.conf import settings

from tools.sbom import made_of


@pytest.mark.parametrize("dev", [False, True])
def test_every_pinned_package_stands_in_it_once_and_nothing_of_where_it_came_from(dev: bool) -> None:
    text = made_of(dev=dev)
    parts = json.loads(text)["components"]
    pinned = set()
    for file in ("requirements", "requirements-embedded", "requirements-s3", *(["requirements-dev"] if dev else [])):
        lines = (settings.BASE_DIR / f"{file}.txt").read_text().splitlines()
        pinned |= {tuple(re.split("==| ;| ", line)[:2]) for line in lines if re.match("[a-zA-Z]", line)}
    assert {(one["name"], one["version"]) for one in parts if one["purl"].startswith("pkg:pypi/")} == pinned
    assert {one["name"] for one in parts if one["purl"].startswith("pkg:npm/")} >= {"leaflet", "inter"}
    assert text == made_of(dev=dev), "The same locks give the same document."
    assert re.findall(r"https?://(?!cyclonedx\.org)", text) == []
    assert str(settings.BASE_DIR) not in text
