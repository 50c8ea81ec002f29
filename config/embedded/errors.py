"""What goes wrong with the parts, as one sentence for the person at the keyboard."""


class PartsError(Exception):
    """A part (PostgreSQL, Valkey) cannot be started, reached or stopped; the message is one clear sentence."""
