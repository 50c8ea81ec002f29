"""What somebody agrees to who may be rung later for an interview. Pure: the wording with its version, none thrown away.

The version is kept with each answer, so that it can be told later what was agreed to. A change of the words is a new one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

WORDING = "1"
"""The version that is asked in now."""

WORDINGS: dict[str, _StrPromise] = {
    "1": _(
        "Now and then we ask some of those who have had an answer how it went. Who is asked is drawn by lot. Those who are "
        "drawn are rung once, and may say no then too. You can withdraw it whenever you like."
    ),
}
