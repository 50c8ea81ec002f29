"""Forms of scorecards, indicators and their values."""
