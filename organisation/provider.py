"""Where django-allauth looks for an app's ways to sign in."""

from __future__ import annotations

from organisation.identity_provider import MunicipalityProvider

provider_classes = [MunicipalityProvider]
