"""Writes every network of Table 2 with random weights and statistics: `writeNetworks.py FOLDER`.

Row number N of the table gives `N.safetensors`, folded, and `N.reference.safetensors`, an input and the embedding that
PyTorch computes for it in float64 with batch normalisation as it is. Every second one is also saved as a checkpoint and
written from that, as `export` does.
"""
import sys
from pathlib import Path

import torch

from training import checkpoint
from training.export import network_of, write
from training.networks import TABLE_2, build

folder = Path(sys.argv[1])
torch.manual_seed(1)
for number, row in enumerate(TABLE_2):
    network = build(row)
    for _, layer in network.layers():
        torch.nn.init.uniform_(layer.norm.weight, 0.5, 1.5)
        torch.nn.init.uniform_(layer.norm.bias, -0.2, 0.2)
        if layer.prelu is not None:
            torch.nn.init.uniform_(layer.prelu, -0.1, 0.5)
    with torch.no_grad():
        network.train()(torch.rand(2, 3, network.height, network.width) * 2 - 1)
    if number % 2 == 1:
        checkpoint.save(folder / 'checkpoint.pt', {'network': row, 'norm': True, 'weights': network.state_dict()})
        network = network_of(folder / 'checkpoint.pt')
    write(network.eval(), folder / f'{number}.safetensors', folder / f'{number}.reference.safetensors')
