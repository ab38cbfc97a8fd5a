"""A teacher network of any shape: a native model file, run node by node in PyTorch."""
from __future__ import annotations

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from .. import safetensors
from ..errors import TrainingError
from ..library import run_library

def native_file(path: Path, out: Path, normalise: str | None) -> Path:
    """A native model file: the teacher itself, or what `mobilefacenet import` makes of it beside `out`."""
    if path.suffix.lower() == '.safetensors':
        return path
    target = out.with_name(f'{out.stem}.teacher.safetensors')
    run_library('import', path, '--out', target, *(('--normalise', normalise) if normalise else ()))
    return target


class Teacher:
    """The graph `embed` of a native file, from pixels to its embedding.

    `half`: products and values in bfloat16, which moves embeddings by about 1 - cosine = 0.0005.
    """

    def __init__(self, path: Path, half: bool = False) -> None:
        tensors, metadata = safetensors.read(path)
        try:
            graph = json.loads(metadata['graphs'])['embed']
            card = json.loads(metadata['card'])['input']
            self.nodes, (self.output,) = graph['nodes'], graph['outputs']
            (self.input, (_, _, self.height, self.width)), = ((one['name'], one['shape']) for one in graph['inputs'])
            mean, scale = card['normalisation']['mean'], card['normalisation']['scale']
            self.mirrored_colours = card['channelOrder'] == 'bgr'
        except (KeyError, TypeError, ValueError) as error:
            raise TrainingError(f'{path}: has no graph "embed" from an image to an embedding; `mobilefacenet import FILE '
                                '--out TEACHER.safetensors` writes one.') from error
        unknown = {node['operator'] for node in self.nodes} - set(OPERATORS)
        if unknown:
            raise TrainingError(f'{path}: has the operators {", ".join(sorted(unknown))}; a teacher may have '
                                f'{", ".join(OPERATORS)}.')
        self.kind = torch.bfloat16 if half else torch.float32
        self.tensors = {name.removeprefix('embed.'): self._placed(tensor, self.kind) for name, tensor in tensors.items()}
        self.mean, self.scale = (torch.tensor(values).view(1, 3, 1, 1) for values in (mean, scale))
        self.linear = self._linear_values()

    def _linear_values(self) -> list[str]:
        """The values that residual blocks hand on: of convolutions without activation, with the shortcut added."""
        readers: dict[str, set[str]] = {}
        for node in self.nodes:
            for name in node['inputs']:
                readers.setdefault(name, set()).add(node['operator'])
        return [node['outputs'][0] for node in self.nodes if node['operator'] in ('convolution', 'add')
                and readers.get(node['outputs'][0], set()) not in ({'add'}, {'batchNorm'})
                and not readers.get(node['outputs'][0], set()) & set(ACTIVATIONS)]

    @staticmethod
    def _placed(tensor: Tensor, kind: torch.dtype) -> Tensor:
        tensor = tensor.to(kind)
        return tensor.contiguous(memory_format=torch.channels_last) if tensor.dim() == 4 else tensor

    @torch.no_grad()
    def features(self, value: Tensor) -> tuple[list[Tensor], Tensor]:
        """Of inputs (pixel - 127.5) / 128 of its size: the feature maps that blocks hand on, and the embedding."""
        pixels = (value.flip(1) if self.mirrored_colours else value) * 128 + 127.5
        known = {**self.tensors, self.input: ((pixels - self.mean) * self.scale).to(self.kind)
                 .contiguous(memory_format=torch.channels_last)}
        for node in self.nodes:
            inputs = [known[name] for name in node['inputs']]
            known[node['outputs'][0]] = OPERATORS[node['operator']](inputs, node['attributes'])
        return [known[name] for name in self.linear if known[name].dim() == 4], known[self.output].flatten(1)


def _convolution(inputs: list[Tensor], attributes: dict) -> Tensor:
    value, weight, *bias = inputs
    top, left, bottom, right = attributes['padding']
    if (top, left) != (bottom, right):
        value, top, left = F.pad(value, (left, right, top, bottom)), 0, 0
    return F.conv2d(value, weight, bias[0] if bias else None, attributes['stride'], (top, left), attributes['dilation'],
                    attributes['groups'])


def _prelu(inputs: list[Tensor], _: dict) -> Tensor:
    return F.prelu(inputs[0], inputs[1].flatten())


def _batch_norm(inputs: list[Tensor], attributes: dict) -> Tensor:
    value, scale, offset, mean, variance = inputs
    return F.batch_norm(value, mean, variance, scale, offset, eps=attributes['epsilon'])


ACTIVATIONS = ('relu', 'clip', 'prelu')
OPERATORS = {
    'convolution': _convolution,
    'fullyConnected': lambda inputs, _: F.linear(inputs[0].flatten(1), inputs[1].flatten(1), *inputs[2:]),
    'batchNorm': _batch_norm,
    'relu': lambda inputs, _: inputs[0].relu(),
    'clip': lambda inputs, attributes: inputs[0].clamp(attributes['least'], attributes['most']),
    'prelu': _prelu,
    'add': lambda inputs, _: inputs[0] + inputs[1],
    'globalAveragePool': lambda inputs, _: inputs[0].mean((2, 3), keepdim=True),
    'flatten': lambda inputs, _: inputs[0].flatten(1),
}
