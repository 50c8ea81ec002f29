"""The manifests for Kubernetes: each is of its schema, what they name is there, and no container may more than it needs.

No cluster is started here. Schemas are those that kubernetes-validate brings; what kustomize would do is followed only as far
as these files need it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from django.conf import settings
from django.test import Client

from config.secret_files import SECRETS

HERE = Path(settings.BASE_DIR) / "deploy" / "kubernetes"
OVERLAYS = sorted(path.name for path in (HERE / "overlays").iterdir())
MADE_BY_HAND = {("Secret", "innspill"), ("Secret", "innspill-tls")}
"""Secrets are in no repository; docs/scaling.md says how they are made."""
VERSIONS = ("1.32", "1.36")

Doc = dict[str, Any]


def kustomization(folder: Path) -> Doc:
    found: Doc = yaml.safe_load((folder / "kustomization.yaml").read_text())
    assert found["kind"] == "Kustomization"
    return found


def resources(folder: Path) -> list[Doc]:
    """Return every manifest that the folder's kustomization names, through the folders it builds on."""
    found: list[Doc] = []
    for name in kustomization(folder)["resources"]:
        path = (folder / name).resolve()
        assert path.exists(), f"{folder.name} names {name}, which is not there"
        found += resources(path) if path.is_dir() else list(yaml.safe_load_all(path.read_text()))
    return found


def all_in(found: list[Doc], *kinds: str) -> list[Doc]:
    return [doc for doc in found if doc["kind"] in kinds]


def pods(found: list[Doc]) -> dict[str, Doc]:
    return {doc["metadata"]["name"]: doc["spec"]["template"] for doc in all_in(found, "Deployment", "Job")}


def fits(selector: Doc, labels: Doc) -> bool:
    return all(labels.get(name) == value for name, value in selector.items())


def test_every_manifest_is_of_its_schema_and_named_once() -> None:
    seen: dict[tuple[str, str], Doc] = {}
    for overlay in OVERLAYS:
        found = {(doc["kind"], doc["metadata"]["name"]): doc for doc in resources(HERE / "overlays" / overlay)}
        assert len(found) == len(resources(HERE / "overlays" / overlay))
        seen |= found
    for doc in seen.values():
        for version in VERSIONS:
            kubernetes_validate.validate(doc, version, strict=True)
    listed = {path.name for path in (HERE / "base").iterdir()} - {"kustomization.yaml"}
    assert listed == set(kustomization(HERE / "base")["resources"]), "a manifest that nobody applies"


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_what_they_name_is_there(overlay: str) -> None:
    folder = HERE / "overlays" / overlay
    found = resources(folder)
    there = {(doc["kind"], doc["metadata"]["name"]) for doc in found} | MADE_BY_HAND
    for each in (folder, HERE / "base"):
        there |= {("ConfigMap", made["name"]) for made in kustomization(each).get("configMapGenerator", [])}
    labels = {name: template["metadata"]["labels"] for name, template in pods(found).items()}
    assert set(labels) == {"web", "worker", "beat", "migrate"}
    for doc in all_in(found, "Deployment"):
        assert fits(doc["spec"]["selector"]["matchLabels"], labels[doc["metadata"]["name"]])
    for doc in all_in(found, "PodDisruptionBudget", "NetworkPolicy"):
        selector = doc["spec"].get("selector") or doc["spec"]["podSelector"]
        assert any(fits(selector["matchLabels"], each) for each in labels.values()), doc["metadata"]["name"]
    for doc in all_in(found, "Service"):
        selector = doc["spec"].get("selector")
        assert selector is None or [name for name, each in labels.items() if fits(selector, each)] == ["web"]
    for doc in all_in(found, "Ingress"):
        for rule in doc["spec"]["rules"]:
            assert all(("Service", way["backend"]["service"]["name"]) in there for way in rule["http"]["paths"])
        assert all(("Secret", tls["secretName"]) in there for tls in doc["spec"]["tls"])
    for doc in all_in(found, "HorizontalPodAutoscaler"):
        assert (doc["spec"]["scaleTargetRef"]["kind"], doc["spec"]["scaleTargetRef"]["name"]) in there
    for template in pods(found).values():
        spec = template["spec"]
        assert ("ServiceAccount", spec["serviceAccountName"]) in there
        for volume in spec["volumes"]:
            claim = volume.get("persistentVolumeClaim")
            assert claim is None or ("PersistentVolumeClaim", claim["claimName"]) in there
        for one in [*spec["containers"], *spec.get("initContainers", [])]:
            assert one["image"] in {image["name"] for image in kustomization(HERE / "base")["images"]}
            for source in one["envFrom"]:
                kind = "ConfigMap" if "configMapRef" in source else "Secret"
                assert (kind, next(iter(source.values()))["name"]) in there
            assert {mount["name"] for mount in one["volumeMounts"]} <= {volume["name"] for volume in spec["volumes"]}
    for replaced in kustomization(folder).get("replicas", []):
        assert ("Deployment", replaced["name"]) in there


def test_no_container_may_more_than_it_needs_and_no_secret_is_written_down() -> None:
    found = resources(HERE / "base")
    for name, template in pods(found).items():
        spec = template["spec"]
        assert spec["automountServiceAccountToken"] is False, name
        assert spec["securityContext"]["runAsNonRoot"] is True, name
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        for one in [*spec["containers"], *spec.get("initContainers", [])]:
            assert one["securityContext"] == {
                "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}
            }, name  # fmt: skip
            assert one["resources"]["limits"]["memory"], name
    # The user is the image's, so that what lies in volumes is its own.
    dockerfile = (Path(settings.BASE_DIR) / "Dockerfile").read_text()
    assert "--uid 10001" in dockerfile
    given = [
        literal.partition("=")[0]
        for folder in (HERE / "base", *(HERE / "overlays" / name for name in OVERLAYS))
        for made in kustomization(folder).get("configMapGenerator", [])
        for literal in made["literals"]
    ]
    assert not set(given) & set(SECRETS)
    documented = (Path(settings.BASE_DIR) / "docs" / "settings.md").read_text()
    assert [name for name in given if f"`{name}`" not in documented] == []


@pytest.mark.django_db
def test_probes_are_answered(client: Client) -> None:
    (web,) = [template for name, template in pods(resources(HERE / "base")).items() if name == "web"]
    (container,) = web["spec"]["containers"]
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert client.get(container[probe]["httpGet"]["path"], headers={"host": "10.1.2.3:8000"}).status_code == 200
