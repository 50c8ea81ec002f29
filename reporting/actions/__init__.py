"""The only writers of indicators, values and scorecards."""
