"""Open311 GeoReport v2 as a language: dates, XML and JSON out and in, and how another house is asked. No database, no clock.

What the words mean is in `docs/open311.md`; the specification is at https://wiki.open311.org/GeoReport_v2/.
"""

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
"""How the specification names itself in a discovery document: exactly so, without TLS."""
