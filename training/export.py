"""Weights out of a checkpoint: a safetensors state dictionary with batch normalisation folded, which
`mobilefacenet import` reads by its layer names."""
from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from . import checkpoint, safetensors
from .errors import TrainingError
from .networks import Network, build


def state_dictionary(network: Network) -> dict[str, Tensor]:
    """`NAME.weight` `[out, in / groups, height, width]`, `NAME.bias`, and `NAME.prelu` where the layer has slopes."""
    tensors: dict[str, Tensor] = {}
    for name, layer in network.layers():
        tensors[f'{name}.weight'], tensors[f'{name}.bias'] = layer.folded()
        if layer.prelu is not None:
            tensors[f'{name}.prelu'] = layer.prelu.detach()
    return tensors


def load_folded(network: Network, tensors: dict[str, Tensor], where: str) -> None:
    """Puts folded weights into a network without batch normalisation; names may begin with `embed.`, as in a native
    file, whose fully connected layers have two axes. Raises TrainingError."""
    tensors = {name.removeprefix('embed.'): tensor for name, tensor in tensors.items()}
    for name, layer in network.layers():
        for part, parameter in (('weight', layer.weight), ('bias', layer.bias), ('prelu', layer.prelu)):
            if parameter is None:
                continue
            tensor = tensors.pop(f'{name}.{part}', None)
            if tensor is None or tensor.numel() != parameter.numel():
                found = 'is missing' if tensor is None else f'is {list(tensor.shape)}'
                raise TrainingError(f'{where}: tensor "{name}.{part}" {found}; needed is {list(parameter.shape)}.')
            parameter.data.copy_(tensor.reshape(parameter.shape))
        layer.started = True
    if tensors:
        raise TrainingError(f'{where}: has tensors that the network has no place for: {", ".join(sorted(tensors)[:5])}.')


@torch.no_grad()
def reference(network: Network) -> dict[str, Tensor]:
    """An input of noise and its embedding, computed in float64 with batch normalisation as it is: what
    `mobilefacenet import --verify` compares with."""
    shape = (1, 3, network.height, network.width)
    value = torch.rand(shape, generator=torch.Generator().manual_seed(1)) * 2 - 1
    exact = build(network.row, norm=network.norm)
    exact.load_state_dict(network.state_dict())
    return {'input': value, 'embedding': exact.double().eval()(value.double())}


def write(network: Network, target: Path, reference_path: Path | None = None) -> None:
    """Writes a network's folded weights, and the reference where a path is given for it."""
    safetensors.write(target, state_dictionary(network), {'network': network.row})
    if reference_path is not None:
        safetensors.write(reference_path, reference(network))


def network_of(source: Path) -> Network:
    """The network of a checkpoint, with its weights. Raises TrainingError."""
    state = checkpoint.load(source)
    network = build(state['network'], norm=state['norm'])
    network.load_state_dict(state['weights'])
    for _, layer in network.layers():
        layer.started = True
    return network.eval()
