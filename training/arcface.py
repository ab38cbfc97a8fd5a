"""ArcFace (Deng et al. 2018), the loss of the paper's section 4.1."""
from __future__ import annotations

from math import cos, pi, sin

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ArcFace(nn.Module):
    """Cross entropy of `scale` × cosines to a centre for each person, where the angle to the right one is made larger
    by `margin` radians; where that would pass π, its cosine falls on as a line."""

    def __init__(self, size: int, people: int, scale: float = 64.0, margin: float = 0.5) -> None:
        super().__init__()
        self.centres = nn.Parameter(torch.randn(people, size) * 0.01)
        self.scale, self.margin = scale, margin

    def forward(self, embeddings: Tensor, labels: Tensor) -> Tensor:
        cosines = F.linear(F.normalize(embeddings.to(self.centres.dtype)), F.normalize(self.centres)).clamp(-1 + 1e-6, 1 - 1e-6)
        right = cosines.gather(1, labels[:, None])
        turned = right * cos(self.margin) - (1 - right * right).sqrt() * sin(self.margin)
        beyond = right < cos(pi - self.margin)
        turned = torch.where(beyond, right - sin(self.margin) * self.margin, turned)
        return F.cross_entropy(self.scale * cosines.scatter(1, labels[:, None], turned), labels)
