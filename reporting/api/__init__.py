"""Figures for other systems, below `/api/v1/`: each read is the page's, each write the page's action."""
