"""The rows that hang on a row, read in its own statement.

A card's page shows what lies in a dozen tables. A query for each costs more in waiting than in work: PostgreSQL gathers
them as JSON beside the row, and they stand afterwards where `prefetch_related` would have put them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, ForeignKey, Model, OuterRef, QuerySet
from django.db.models.functions import JSONObject

Owner = TypeVar("Owner", bound=Model)


def gathered(owners: QuerySet[Owner], *relations: str, **ordered: QuerySet[Any]) -> list[Owner]:
    """Return `owners` with the rows of their reverse relations loaded (one query).

    `relations` come in their model's order; `ordered` gives by name those that are to be filtered or ordered otherwise.
    A generated column is not read: it is for searching.
    """
    model = owners.model
    wanted = {name: _rows(model, name)._default_manager.all() for name in relations} | ordered
    for name, rows in wanted.items():
        own = {key: F(key) for key in _columns(rows.model)}
        rows = rows.filter(**{_link(model, name).name: OuterRef("pk")})
        owners = owners.annotate(**{f"_{name}": ArraySubquery(rows.values(gathered=JSONObject(**own)))})
    found = list(owners)
    for owner in found:
        for name, rows in wanted.items():
            hang(owner, name, [_read(rows.model, row) for row in owner.__dict__.pop(f"_{name}")])
    return found


def _rows(model: type[Model], name: str) -> type[Model]:
    return cast(type[Model], model._meta.get_field(name).related_model)


def _link(model: type[Model], name: str) -> ForeignKey[Any, Any]:
    """Return the foreign key on the other side of the relation `name`."""
    return cast("ForeignKey[Any, Any]", cast(Any, model._meta.get_field(name)).field)


def _columns(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields if not field.generated]


def _read(model: type[Model], row: dict[str, Any]) -> Model:
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    values = [field.to_python(row[field.attname]) for field in fields]
    return model.from_db(None, [field.attname for field in fields], values)


def hang(owner: Model, name: str, rows: Sequence[Model]) -> None:
    """Put `rows` of the relation `name` where `owner`'s manager looks for what is loaded already."""
    link = _link(type(owner), name)
    for row in rows:
        link.set_cached_value(row, owner)
    loaded = getattr(owner, name).all()
    loaded._result_cache = list(rows)
    vars(owner).setdefault("_prefetched_objects_cache", {})[name] = loaded
