"""Figures in the cache are named by how they are built: another release's are not ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, make_dataclass

from organisation.shapes import shape
from reporting.figures import Heard
from surveys.results.figures import Results


def built(fields: list[tuple[str, type]], outer: bool = False) -> str:
    made = make_dataclass("Figures", fields, namespace={"__module__": __name__})
    return shape(make_dataclass("All", [("groups", Sequence[made])]) if outer else made)  # type: ignore[valid-type]


def test_another_field_another_type_or_another_class_within_is_another_shape() -> None:
    first = [("n", int), ("name", str)]
    assert built(first) == built(list(first))
    for other in ([("n", int)], [("n", float), ("name", str)], [*first, ("more", bool)]):
        assert built(first) != built(other)
        assert built(first, outer=True) != built(other, outer=True)


def test_a_class_that_names_itself_has_a_shape_and_so_have_ours() -> None:
    assert shape(Tree) != shape(Results) != shape(Heard)


@dataclass
class Tree:
    below: Sequence[Tree]
