"""Forms of the pages of surveys."""
