"""Pages. Each view fetches with an access check, makes one call, and answers."""
