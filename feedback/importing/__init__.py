"""Cards from an older system: a CSV file, a mapping in TOML, and one transaction. `docs/import.md` tells the whole."""
