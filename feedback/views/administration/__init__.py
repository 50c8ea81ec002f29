"""The administrator's pages on what this app keeps: categories, routing rules, deadlines, and a unit that is closed."""
