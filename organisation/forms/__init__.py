"""Forms of the administrator's pages."""
