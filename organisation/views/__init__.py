"""The administrator's pages on what this app keeps: units, people, calendar, texts, the municipality, and the log."""
