"""Checkpoints: one file that holds all that a run needs to go on, replaced whole."""
from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import torch

from .errors import TrainingError
from .safetensors import read_bytes, replace

# What every checkpoint has; each kind of run adds its own.
KEYS = ('network', 'norm', 'weights')


def save(path: Path, state: dict[str, Any]) -> None:
    """Replaces the checkpoint: after a kill the old one or the new one is there."""
    data = io.BytesIO()
    torch.save(state, data)
    replace(path, data.getvalue())


def load(path: Path) -> dict[str, Any]:
    """A checkpoint of this package. A checkpoint is a pickle: open only your own."""
    data = read_bytes(path)
    try:
        state = torch.load(io.BytesIO(data), map_location='cpu')
    except Exception as error:
        raise TrainingError(f'{path}: is no checkpoint of this package, or a damaged one.') from error
    if not isinstance(state, dict) or any(key not in state for key in KEYS):
        raise TrainingError(f'{path}: is no checkpoint of this package; it needs {", ".join(KEYS)}.')
    return state
