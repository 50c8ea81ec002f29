"""The rows that hang on a row, read in its own statement.

A card's page shows what lies in a dozen tables. A query for each costs more in waiting than in work: PostgreSQL gathers
them as JSON beside the row, and they stand afterwards where `prefetch_related` would have put them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Field, ForeignKey, JSONField, Model, OuterRef, QuerySet, Subquery
from django.db.models.sql.compiler import SQLCompiler
from django.utils.functional import cached_property

Owner = TypeVar("Owner", bound=Model)


class WholeRow(Expression):
    """The row itself as JSON: naming each of its columns would cost more than the reading."""

    output_field = JSONField()

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[str]]:  # type: ignore[override]
        return f"to_jsonb({compiler.quote_name_unless_alias(compiler.query.get_initial_alias())})", []


class InOne(Subquery):
    """The rows of a subquery in one JSON, which is read at once: an array of JSON is read row by row."""

    template = "to_jsonb(ARRAY(%(subquery)s))"
    output_field = JSONField()


class Kept(Expression):
    """An expression whose SQL was put together before, for the same table."""

    def __init__(self, sql: str, params: Sequence[Any], output_field: Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.kept = sql, list(params)

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:  # type: ignore[override]
        return self.kept


class Gathering(Generic[Owner]):
    """Which rows to read with each row of a model, prepared once.

    `relations` come in their model's order; `ordered` gives by name those that are to be filtered or ordered otherwise.
    A generated column is not kept: it is for searching.
    """

    def __init__(self, model: type[Owner], *relations: str, **ordered: QuerySet[Any]) -> None:
        wanted = {name: _rows(model, name)._default_manager.all() for name in relations} | ordered
        self.models = {name: rows.model for name, rows in wanted.items()}
        self.model, self.wanted = model, wanted

    @cached_property
    def expressions(self) -> dict[str, Kept]:
        """What is read beside each row, by a name of its own: put together once, for it is the same each time."""
        made = self.model._default_manager.annotate(
            **{
                f"_{name}": ArraySubquery(
                    rows.filter(**{_link(self.model, name).name: OuterRef("pk")}).values(gathered=WholeRow())
                )
                for name, rows in self.wanted.items()
            }
        )
        compiler = made.query.get_compiler(connection=connection)
        kept = {}
        for name, expression in made.query.annotations.items():
            sql, params = compiler.compile(expression)
            kept[name] = Kept(sql, params, expression.output_field)
        return kept

    def read(self, owners: QuerySet[Owner]) -> list[Owner]:
        """Return `owners` with those rows loaded (one query)."""
        found = list(owners.annotate(**self.expressions))
        for owner in found:
            for name, model in self.models.items():
                hang(owner, name, [_read(model, row) for row in owner.__dict__.pop(f"_{name}")])
        return found


def _rows(model: type[Model], name: str) -> type[Model]:
    return cast(type[Model], model._meta.get_field(name).related_model)


def _link(model: type[Model], name: str) -> ForeignKey[Any, Any]:
    """Return the foreign key on the other side of the relation `name`."""
    return cast("ForeignKey[Any, Any]", cast(Any, model._meta.get_field(name)).field)


def _read(model: type[Model], row: dict[str, Any]) -> Model:
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    values = [field.to_python(row[str(field.column)]) for field in fields]
    return model.from_db(None, [field.attname for field in fields], values)


def hang(owner: Model, name: str, rows: Sequence[Model]) -> None:
    """Put `rows` of the relation `name` where `owner`'s manager looks for what is loaded already."""
    link = _link(type(owner), name)
    for row in rows:
        link.set_cached_value(row, owner)
    loaded = getattr(owner, name).all()
    loaded._result_cache = list(rows)
    vars(owner).setdefault("_prefetched_objects_cache", {})[name] = loaded
