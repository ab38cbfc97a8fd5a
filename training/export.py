"""Weights out of a checkpoint: a safetensors state dictionary with batch normalisation folded, which
`mobilefacenet import` reads by its layer names."""
from __future__ import annotations

from pathlib import Path

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
    file, whose fully connected layers have two axes."""
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


def export(source: Path, target: Path) -> None:
    """Writes the network of a checkpoint. The metadata says how pixels become the input."""
    state = checkpoint.load(source)
    network = build(state['network'], norm=state['norm'])
    network.load_state_dict(state['weights'])
    safetensors.write(target, state_dictionary(network.eval()), {
        'network': state['network'], 'normalisation': '(pixel - 127.5) / 128', 'channel_order': 'rgb'})
