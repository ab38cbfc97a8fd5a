"""Safetensors files: a little-endian header length, a JSON header, and the tensors one after the other."""
from __future__ import annotations

import json
import os
import struct
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .errors import TrainingError

_TYPES = {'F32': '<f4', 'F16': '<f2'}
_LONGEST_HEADER = 100 << 20


def write(path: Path, tensors: dict[str, Tensor], metadata: dict[str, str] | None = None) -> None:
    """Writes tensors as float32, whole or not at all."""
    header: dict[str, object] = {'__metadata__': metadata} if metadata else {}
    blocks, end = [], 0
    for name, tensor in tensors.items():
        block = tensor.detach().float().cpu().contiguous().numpy().astype('<f4').tobytes()
        header[name] = {'dtype': 'F32', 'shape': list(tensor.shape), 'data_offsets': [end, end + len(block)]}
        blocks.append(block)
        end += len(block)
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    replace(path, struct.pack('<Q', len(text)) + text + b''.join(blocks))


def read(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors in float32, and the metadata."""
    data = read_bytes(path)
    length = struct.unpack('<Q', data[:8])[0] if len(data) >= 8 else _LONGEST_HEADER
    if length > min(len(data) - 8, _LONGEST_HEADER):
        raise TrainingError(f'{path}: is no safetensors file; accepted is what `export` or `mobilefacenet import` wrote.')
    try:
        header = json.loads(data[8:8 + length])
        metadata = header.pop('__metadata__', {})
        return {name: _tensor(data[8 + length:], entry, f'{path}, tensor "{name}"') for name, entry in header.items()}, metadata
    except (UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise TrainingError(f'{path}: its header is damaged ({error}).') from error


def _tensor(section: bytes, entry: dict, where: str) -> Tensor:
    begin, end = entry['data_offsets']
    if entry['dtype'] not in _TYPES:
        raise TrainingError(f'{where}: is of type {entry["dtype"]}; accepted are {", ".join(_TYPES)}.')
    values = np.frombuffer(section[begin:end], _TYPES[entry['dtype']]).astype('f4')
    return torch.from_numpy(values.reshape(entry['shape']))


def read_bytes(path: Path) -> bytes:
    """A file's bytes. Raises TrainingError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise TrainingError(f'{path}: cannot be read ({error.strerror}).') from error


def replace(path: Path, data: bytes) -> None:
    """Writes a file so that after a kill the old one or the new one is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f'{path.name}.part')
    with part.open('wb') as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
