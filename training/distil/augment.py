"""Views of a face that its embedding should survive, and blends of two, which tell more about the teacher."""
from __future__ import annotations

from math import pi

import torch
import torch.nn.functional as F
from torch import Generator, Tensor


def augment(value: Tensor, generator: Generator) -> Tensor:
    """Inputs `[N, 3, H, W]` from -1 to 1, each mirrored or not, turned, scaled, moved, toned, blended with another,
    softened or partly covered."""
    count = len(value)

    def between(least: float, most: float, *shape: int) -> Tensor:
        return least + (most - least) * torch.rand(*(shape or (count,)), generator=generator)

    value = torch.where((between(0, 1) < 0.5).view(-1, 1, 1, 1), value.flip(3), value)
    value = _moved(value, between(-1, 1) ** 3 * (10 * pi / 180), torch.exp(between(-0.06, 0.06)), between(-4, 4),
                   between(-4, 4))
    grey = value.mean(1, keepdim=True)
    toned = grey + (value - grey) * between(0.7, 1.3, count, 1, 1, 1)
    value = torch.where(between(0, 1, count, 1, 1, 1) < 0.08, grey.expand_as(value), toned)
    mean = value.mean((1, 2, 3), keepdim=True)
    light = between(-0.2, 0.2, count, 1, 1, 1) + between(-0.06, 0.06, count, 3, 1, 1)
    value = (value - mean) * between(0.75, 1.25, count, 1, 1, 1) + mean + light
    blended = count // 4
    share = between(0.15, 0.5, blended, 1, 1, 1)
    value[:blended] = value[:blended] + (value[count - blended:] - value[:blended]) * share
    soft = F.interpolate(F.avg_pool2d(value[::5], 2), size=value.shape[2:], mode='bilinear', align_corners=False)
    value[::5] = value[::5] + (soft - value[::5]) * between(0.3, 1, len(soft), 1, 1, 1)
    return _covered(value.clamp_(-1, 1), between(0, 1) < 0.1, generator)


def _moved(value: Tensor, angle: Tensor, scale: Tensor, right: Tensor, down: Tensor) -> Tensor:
    height, width = value.shape[2:]
    cosine, sine = torch.cos(angle) / scale, torch.sin(angle) / scale
    rows = [torch.stack([cosine, -sine, right * 2 / width], 1), torch.stack([sine, cosine, down * 2 / height], 1)]
    grid = F.affine_grid(torch.stack(rows, 1), list(value.shape), align_corners=False)
    return F.grid_sample(value, grid, 'bilinear', 'reflection', align_corners=False)


def _covered(value: Tensor, which: Tensor, generator: Generator) -> Tensor:
    """A rectangle of one colour over some."""
    rows, columns = value.shape[2:]
    for place in torch.nonzero(which).flatten().tolist():
        width, height = torch.randint(12, 36, (2,), generator=generator).tolist()
        x = int(torch.randint(-width // 2, columns - width // 2, (1,), generator=generator))
        y = int(torch.randint(-height // 2, rows - height // 2, (1,), generator=generator))
        colour = torch.rand(3, 1, 1, generator=generator) * 2 - 1
        value[place, :, max(0, y):y + height, max(0, x):x + width] = colour
    return value
