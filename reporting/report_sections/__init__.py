"""The sections of reports: each a function that makes one of the material, or None where there is nothing to tell."""
