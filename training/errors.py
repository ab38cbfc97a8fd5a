"""The error that a user sees as one sentence."""


class TrainingError(Exception):
    """What was given cannot be used: where, what was found, what is accepted."""
