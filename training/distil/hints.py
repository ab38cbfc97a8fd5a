"""Which feature map of the teacher each step of the student learns, and the part of it that the student sees."""
from __future__ import annotations

import copy
from math import ceil

import torch
import torch.nn.functional as F
from torch import Tensor

from ..networks import Network

Side = tuple[int, int]


@torch.no_grad()
def shapes_of(network: Network) -> list[torch.Size]:
    """The shape of each step's output, for one picture."""
    trial = copy.deepcopy(network)
    value = torch.zeros(1, 3, network.height, network.width)
    shapes = []
    for step in trial.steps():
        value = step(value)
        shapes.append(value.shape)
    return shapes


def matches(shapes: list[torch.Size], maps: list[torch.Size], own: Side, taught: Side) -> list[int | None]:
    """For each step's shape the place of the teacher's map: in order, of as many channels and as much of a picture.
    `own` and `taught` are the inputs' heights and widths; the student's is the middle of the teacher's."""
    def fits(shape: torch.Size, goal: torch.Size) -> bool:
        sides = tuple(ceil(side * mine / theirs) for side, mine, theirs in zip(goal[2:], own, taught))
        return len(shape) == 4 and goal[1] == shape[1] and sides == tuple(shape[2:])

    found: list[int | None] = []
    begin = 0
    for shape in shapes:
        match = next((place for place in range(begin, len(maps)) if fits(shape, maps[place])), None)
        found.append(match)
        begin = begin if match is None else match + 1
    return found


def middle_of(goal: Tensor, height: int, width: int) -> Tensor:
    """The middle of `[N, C, rows, columns]`; where it lies between two places, their average."""
    rows, columns = goal.shape[2] - height, goal.shape[3] - width
    if rows % 2 or columns % 2:
        goal = F.avg_pool2d(goal, (1 + rows % 2, 1 + columns % 2), 1)
    part = goal[:, :, rows // 2:rows // 2 + height, columns // 2:columns // 2 + width]
    return part.contiguous(memory_format=torch.channels_last)
