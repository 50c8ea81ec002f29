"""An action's refusal, shown where it belongs: at the field it concerns, in the reader's language."""

from __future__ import annotations

from organisation.views.answering import show_refusal

__all__ = ["show_refusal"]
