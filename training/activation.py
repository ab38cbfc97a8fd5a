"""Bias and activation in one pass over channels-last data: compiled C where a compiler is found, else PyTorch's own.

A step of distillation takes half the time with it in bfloat16, and two thirds in float32.
"""
from __future__ import annotations

import ctypes
import functools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor


@functools.lru_cache(maxsize=1)
def _library() -> ctypes.CDLL | None:
    compiler = shutil.which(os.environ.get('CC', 'cc'))
    if compiler is None or os.environ.get('TRAINING_PLAIN'):
        return None
    folder = tempfile.mkdtemp()
    target = Path(folder, 'activation.so')
    flags = ['-O3', '-march=native', '-ffast-math', '-fopenmp', '-shared', '-fPIC']
    source = Path(__file__).with_suffix('.c')
    built = subprocess.run([compiler, *flags, str(source), '-o', str(target)], capture_output=True, check=False)
    try:
        return ctypes.CDLL(str(target)) if built.returncode == 0 else None
    finally:
        shutil.rmtree(folder)


def _pointer(tensor: Tensor | None) -> ctypes.c_void_p:
    return ctypes.c_void_p(tensor.data_ptr() if tensor is not None else 0)


def _sizes(value: Tensor) -> tuple[ctypes.c_long, ctypes.c_long]:
    channels = value.shape[1]
    return ctypes.c_long(value.numel() // channels), ctypes.c_long(channels)


class _BiasPrelu(torch.autograd.Function):
    """PReLU of value + bias; without slopes the sum alone."""

    @staticmethod
    def forward(context, value: Tensor, bias: Tensor, slopes: Tensor | None) -> Tensor:
        value = value.contiguous(memory_format=torch.channels_last)
        result = torch.empty_like(value, memory_format=torch.channels_last)
        run = _library().forward_bfloat16 if value.dtype == torch.bfloat16 else _library().forward_float32
        run(_pointer(value), _pointer(bias), _pointer(slopes), _pointer(result), *_sizes(value))
        context.save_for_backward(value, bias, slopes)
        return result

    @staticmethod
    def backward(context, gradient: Tensor):
        value, bias, slopes = context.saved_tensors
        gradient = gradient.contiguous(memory_format=torch.channels_last)
        to_value = torch.empty_like(value, memory_format=torch.channels_last)
        sums = torch.zeros(2, value.shape[1], dtype=torch.float64)
        run = _library().backward_bfloat16 if value.dtype == torch.bfloat16 else _library().backward_float32
        run(_pointer(value), _pointer(gradient), _pointer(bias), _pointer(slopes), _pointer(to_value), _pointer(sums),
            *_sizes(value))
        return to_value, sums[0].float(), None if slopes is None else sums[1].float()


def bias_activation(value: Tensor, bias: Tensor, slopes: Tensor | None, activation: str) -> Tensor:
    """The activation of `value` `[N, C, H, W]` plus `bias` `[C]`; `slopes` `[C]` are PReLU's."""
    compiled = not value.is_cuda and value.dtype in (torch.float32, torch.bfloat16)
    if activation in ('linear', 'prelu') and compiled and _library() is not None:
        return _BiasPrelu.apply(value, bias, slopes)
    value = value + bias.to(value.dtype).view(1, -1, 1, 1)
    if activation == 'relu':
        return F.relu(value)
    if activation == 'relu6':
        return F.relu6(value)
    return value if slopes is None else F.prelu(value, slopes.to(value.dtype))
