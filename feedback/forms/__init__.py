"""From what was typed to objects: each form is followed by one call to one action."""
