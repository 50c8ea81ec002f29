"""`/open311/v2/`: the door for other systems that speak Open311 GeoReport v2. What both sides set: `docs/open311.md`."""
