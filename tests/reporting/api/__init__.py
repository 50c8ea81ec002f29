"""The API for figures and actions."""
