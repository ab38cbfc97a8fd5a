"""Table 2 of the paper: each network for training, with the library's layer names."""
from __future__ import annotations

from math import ceil
from typing import Callable, Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .errors import TrainingError
from .layers import Bottleneck, Layer

# Expansion factor t, output channels c, repetitions n, stride s of the first.
TABLE_1 = [(2, 64, 5, 2), (4, 128, 1, 2), (2, 128, 6, 1), (4, 128, 1, 2), (2, 128, 2, 1)]
MOBILENET_V2 = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
                (6, 320, 1, 1)]
# Output channels c, stride s of the depthwise convolution.
MOBILENET_V1 = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]
# Output channels, units.
SHUFFLENET = [(240, 4), (480, 8), (960, 4)]
SHUFFLENET_GROUPS = 3

Rows = list[tuple[int, int, int, int]]


class Network(nn.Module):
    """A network for `height` × `width` pixels with an embedding of `size` numbers.

    `row` is its name in Table 2; `norm` says whether its layers have batch normalisation, or biases.
    `after_global` names the layers after the global operator, whose weights decay faster (section 4.1).
    """

    row: str
    norm: bool
    size: int
    height: int = 112
    width: int = 112
    after_global: tuple[str, ...] = ()

    def steps(self) -> list[Callable[[Tensor], Tensor]]:
        """The network's steps, one after the other; the last one's output is the embedding `[N, size]`."""
        raise NotImplementedError

    def forward(self, value: Tensor) -> Tensor:
        value = value.contiguous(memory_format=torch.channels_last)
        for stage in self.steps():
            value = stage(value)
        return value

    def layers(self) -> Iterator[tuple[str, Layer]]:
        """Every layer with its name, in order."""
        return ((name, module) for name, module in self.named_modules() if isinstance(module, Layer))


def bottlenecks(rows: Rows, inputs: int, expansion: int, activation: str, norm: bool) -> tuple[nn.ModuleList, int]:
    """The blocks of a table's rows, and the channels after them."""
    blocks = nn.ModuleList()
    for t, c, n, s in rows:
        for repeat in range(n):
            blocks.append(Bottleneck(inputs, c, t * expansion, s if repeat == 0 else 1, activation, norm))
            inputs = c
    return blocks, inputs


class MobileFaceNet(Network):
    """Table 1 and its variants (section 3.3). `head`: 'full'; 'M' without the 1×1 convolution after the global
    depthwise one; 'S' also without the one before it."""

    def __init__(self, height: int = 112, width: int = 112, activation: str = 'prelu', expansion: int = 1,
                 head: str = 'full', norm: bool = True) -> None:
        super().__init__()
        self.height, self.width = height, width
        self.conv1 = Layer(3, 64, 3, 2, 1, activation=activation, norm=norm)
        self.conv2 = Layer(64, 64, 3, 1, 1, 64, activation, norm)
        self.blocks, channels = bottlenecks(TABLE_1, 64, expansion, activation, norm)
        if head != 'S':
            self.conv6 = Layer(channels, 512, activation=activation, norm=norm)
            channels = 512
        self.gdc = Layer(channels, channels, (ceil(height / 16), ceil(width / 16)), groups=channels, norm=norm)
        self.size = channels
        if head == 'full':
            self.fc = Layer(channels, 128, norm=norm)
            self.size, self.after_global = 128, ('fc',)

    def steps(self) -> list[Callable[[Tensor], Tensor]]:
        def first(value: Tensor) -> Tensor:
            return self.blocks[0](self.conv2(self.conv1(value)))

        def last(value: Tensor) -> Tensor:
            for name in ('conv6', 'gdc', 'fc'):
                value = getattr(self, name)(value) if hasattr(self, name) else value
            return value.flatten(1)

        return [first, *self.blocks[1:], last]


class MobileNetV1(Network):
    """Howard et al. 2017, Table 1; first stride 1 and no classifier (section 3.1)."""

    size = 1024

    def __init__(self, norm: bool = True) -> None:
        super().__init__()
        self.conv1 = Layer(3, 32, 3, 1, 1, activation='relu', norm=norm)
        self.blocks = nn.ModuleList()
        channels = 32
        for c, s in MOBILENET_V1:
            dw = Layer(channels, channels, 3, s, 1, channels, 'relu', norm)
            self.blocks.append(nn.ModuleDict({'dw': dw, 'pw': Layer(channels, c, activation='relu', norm=norm)}))
            channels = c

    def steps(self) -> list[Callable[[Tensor], Tensor]]:
        separable = [lambda value, block=block: block['pw'](block['dw'](value)) for block in self.blocks]
        return [self.conv1, *separable, lambda value: value.mean((2, 3))]


class MobileNetV2(Network):
    """Sandler et al. 2018, Table 2; first stride 1 and no classifier, ending in global average pooling or in global
    depthwise convolution (sections 3.1 and 3.2)."""

    size = 1280

    def __init__(self, global_depthwise: bool = False, norm: bool = True) -> None:
        super().__init__()
        self.conv1 = Layer(3, 32, 3, 1, 1, activation='relu6', norm=norm)
        self.blocks, channels = bottlenecks(MOBILENET_V2, 32, 1, 'relu6', norm)
        self.conv2 = Layer(channels, 1280, activation='relu6', norm=norm)
        self.gdc = Layer(1280, 1280, 7, groups=1280, norm=norm) if global_depthwise else None

    def steps(self) -> list[Callable[[Tensor], Tensor]]:
        def last(value: Tensor) -> Tensor:
            value = self.conv2(value)
            return value.mean((2, 3)) if self.gdc is None else self.gdc(value).flatten(1)

        return [self.conv1, *self.blocks, last]


class ShuffleUnit(nn.Module):
    """ShuffleNet's unit (Figure 2): grouped 1×1 to a quarter of the channels, shuffle, depthwise 3×3, grouped 1×1;
    then the input is added, or with stride 2 its average is put before the result."""

    def __init__(self, inputs: int, outputs: int, stride: int, first: bool, norm: bool) -> None:
        super().__init__()
        narrow, groups = outputs // 4, SHUFFLENET_GROUPS
        self.reduce = Layer(inputs, narrow, groups=1 if first else groups, activation='relu', norm=norm)
        self.dw = Layer(narrow, narrow, 3, stride, 1, narrow, norm=norm)
        self.expand = Layer(narrow, outputs if stride == 1 else outputs - inputs, groups=groups, norm=norm)
        self.stride = stride

    def forward(self, value: Tensor) -> Tensor:
        narrow = self.reduce(value)
        count, channels, height, width = narrow.shape
        shuffled = narrow.view(count, SHUFFLENET_GROUPS, channels // SHUFFLENET_GROUPS, height, width)
        wide = self.expand(self.dw(shuffled.transpose(1, 2).reshape(narrow.shape)))
        if self.stride == 1:
            return F.relu(wide + value)
        return F.relu(torch.cat([F.avg_pool2d(value, 3, 2, 1), wide], 1))


class ShuffleNet(Network):
    """Zhang et al. 2017, Table 1, 1× with 3 groups; first stride 1 and no classifier."""

    size = 960

    def __init__(self, norm: bool = True) -> None:
        super().__init__()
        self.conv1 = Layer(3, 24, 3, 1, 1, activation='relu', norm=norm)
        self.stages = nn.ModuleList()
        channels = 24
        for stage, (c, units) in enumerate(SHUFFLENET):
            row = nn.ModuleList()
            for unit in range(units):
                row.append(ShuffleUnit(channels, c, 2 if unit == 0 else 1, stage == 0 and unit == 0, norm))
                channels = c
            self.stages.append(row)

    def steps(self) -> list[Callable[[Tensor], Tensor]]:
        units = [unit for row in self.stages for unit in row]
        return [lambda value: F.max_pool2d(self.conv1(value), 3, 2, 1), *units, lambda value: value.mean((2, 3))]


# The rows of Table 2 by the names that the library prints.
TABLE_2: dict[str, Callable[..., Network]] = {
    'MobileNetV1': MobileNetV1,
    'ShuffleNet (1×, g=3)': ShuffleNet,
    'MobileNetV2': MobileNetV2,
    'MobileNetV2-GDConv': lambda norm=True: MobileNetV2(global_depthwise=True, norm=norm),
    'MobileFaceNet': MobileFaceNet,
    'MobileFaceNet (112×96)': lambda norm=True: MobileFaceNet(112, 96, norm=norm),
    'MobileFaceNet (96×96)': lambda norm=True: MobileFaceNet(96, 96, norm=norm),
    'MobileFaceNet-M': lambda norm=True: MobileFaceNet(head='M', norm=norm),
    'MobileFaceNet-S': lambda norm=True: MobileFaceNet(head='S', norm=norm),
    'MobileFaceNet (ReLU)': lambda norm=True: MobileFaceNet(activation='relu', norm=norm),
    'MobileFaceNet (expansion factor ×2)': lambda norm=True: MobileFaceNet(expansion=2, norm=norm),
}


def build(name: str, norm: bool = True) -> Network:
    """The network of a row of Table 2, with random weights; without `norm` its layers have biases in place of batch
    normalisation."""
    if name not in TABLE_2:
        raise TrainingError(f'network "{name}" is not in Table 2; accepted are {", ".join(TABLE_2)}.')
    network = TABLE_2[name](norm=norm).to(memory_format=torch.channels_last)
    network.row, network.norm = name, norm
    return network


@torch.no_grad()
def count(network: Network) -> tuple[int, int]:
    """Parameters with batch normalisation folded, and multiply-adds of one image."""
    training = network.training
    network.eval()(torch.zeros(1, 3, network.height, network.width))
    network.train(training)
    parameters = 0
    for _, layer in network.layers():
        weight, bias = layer.folded()
        parameters += weight.numel() + bias.numel() + (0 if layer.prelu is None else layer.prelu.numel())
    return parameters, sum(layer.multiply_adds for _, layer in network.layers())
