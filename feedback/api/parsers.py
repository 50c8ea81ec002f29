"""What a body must be: JSON that can be read one way. Its size is bounded by DATA_UPLOAD_MAX_MEMORY_SIZE before that."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.utils.json import strict_constant

DEEPEST = 20
"""Objects and lists in each other. Nothing that is taken here has more than four."""


class SoundJSONParser(JSONParser):
    """JSON in UTF-8 (RFC 8259). What two readers would read in two ways is refused, and so are a thousand brackets in each
    other."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            found = json.loads(stream.read().decode(), object_pairs_hook=_object, parse_constant=strict_constant)
        except RecursionError:
            raise ParseError(_("The JSON is nested too deeply.")) from None
        except UnicodeDecodeError:
            raise ParseError(_("The request is not in UTF-8.")) from None
        except json.JSONDecodeError as error:
            place = {"line": error.lineno, "column": error.colno}
            raise ParseError(_("That is no JSON: look at line %(line)s, column %(column)s.") % place) from None
        except ValueError:  # NaN, Infinity, a number of thousands of digits
            raise ParseError(_("A number in it is none that JSON has, or has too many digits.")) from None
        _check_depth(found)
        return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object. Raises ParseError where a name stands in it twice: which of the two counts nobody could tell."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ParseError(_("«%(name)s» stands twice in the same object.") % {"name": twice[:100]})
    return found


def _check_depth(found: Any) -> None:
    level = [found]
    for _deeper in range(DEEPEST + 1):
        level = [
            below
            for one in level
            if isinstance(one, (dict, list))
            for below in (one.values() if isinstance(one, dict) else one)
            if isinstance(below, (dict, list))
        ]
        if not level:
            return
    raise ParseError(_("The JSON is nested too deeply."))
