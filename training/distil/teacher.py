"""A teacher network of any shape: a native model file, run node by node in PyTorch."""
from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from .. import safetensors
from ..errors import TrainingError

# What the library's own command is; from a checkout `npm run -s cli --`.
IMPORT = ('npx', 'mobilefacenet')


def native_file(path: Path, command: tuple[str, ...] = IMPORT, extra: tuple[str, ...] = ()) -> bytes:
    """The bytes of a native model file; another format is brought over by `mobilefacenet import` first."""
    if path.suffix == '.safetensors':
        return safetensors.read_bytes(path)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, 'teacher.safetensors')
        done = subprocess.run([*command, 'import', str(path), '--out', str(target), *extra], capture_output=True,
                              text=True, check=False)
        if done.returncode != 0:
            raise TrainingError(f'{path}: {(done.stderr or done.stdout).strip()}')
        return target.read_bytes()


class Teacher:
    """The graph `embed` of a native file, from pixels to its embedding.

    `half`: products and values in bfloat16, which moves embeddings by about 1 - cosine = 0.0005.
    """

    def __init__(self, path: Path, half: bool = False, command: tuple[str, ...] = IMPORT,
                 extra: tuple[str, ...] = ()) -> None:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder, 'teacher.safetensors')
            copy.write_bytes(native_file(path, command, extra))
            tensors, metadata = safetensors.read(copy)
        try:
            self.nodes = json.loads(metadata['graphs'])['embed']['nodes']
            normalisation = json.loads(metadata['card'])['normalisation']
            graph = json.loads(metadata['graphs'])['embed']
            self.input = graph['inputs'][0]['name']
            self.height, self.width = graph['inputs'][0]['shape'][2:]
        except (KeyError, TypeError, ValueError) as error:
            raise TrainingError(f'{path}: has no graph "embed" with a normalisation; `mobilefacenet import FILE '
                                '--normalise MEAN/DIVISOR --out TEACHER.safetensors` writes one.') from error
        kind = torch.bfloat16 if half else torch.float32
        self.tensors = {name.removeprefix('embed.'): self._placed(tensor, kind) for name, tensor in tensors.items()}
        self.mean = torch.tensor(normalisation['mean']).view(1, 3, 1, 1)
        self.scale = torch.tensor(normalisation['scale']).view(1, 3, 1, 1)
        self.kind = kind
        unknown = {node['operator'] for node in self.nodes} - set(OPERATORS)
        if unknown:
            raise TrainingError(f'{path}: has the operators {", ".join(sorted(unknown))}; a teacher may have '
                                f'{", ".join(OPERATORS)}.')

    @staticmethod
    def _placed(tensor: Tensor, kind: torch.dtype) -> Tensor:
        tensor = tensor.to(kind)
        return tensor.contiguous(memory_format=torch.channels_last) if tensor.dim() == 4 else tensor

    @torch.inference_mode()
    def features(self, value: Tensor) -> list[Tensor]:
        """Of student inputs, (pixel - 127.5) / 128: every linear output on the way, the embedding last.

        Linear outputs are what residual blocks hand on: convolutions without activation, with the shortcut added.
        """
        pixels = value * 128 + 127.5
        known = {self.input: ((pixels - self.mean) * self.scale).to(self.kind)
                 .contiguous(memory_format=torch.channels_last)}
        readers = {name: [node['operator'] for node in self.nodes if name in node['inputs']] for name in
                   (node['output'] for node in self.nodes)}
        linear: list[Tensor] = []
        for node in self.nodes:
            inputs = [known[name] if name in known else self.tensors[name] for name in node['inputs']]
            result = OPERATORS[node['operator']](inputs, node.get('attributes', {}))
            known[node['output']] = result
            after = set(readers[node['output']])
            if node['operator'] in ('convolution', 'add', 'fullyConnected') and not after & {*ACTIVATIONS, 'batchNorm'}:
                if after != {'add'}:
                    linear.append(result)
        embedding = known[self.nodes[-1]['output']].flatten(1)
        if linear and linear[-1].numel() == embedding.numel():
            linear.pop()
        return [*(part.clone() for part in linear), embedding.clone()]


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
