"""The layers that the papers' tables are written in. Names are the library's: `NAME.weight`, `NAME.bias`, `NAME.prelu`."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .activation import bias_activation

Activation = str  # 'linear', 'relu', 'relu6' or 'prelu'


class Layer(nn.Module):
    """A convolution without padding unless given, then batch normalisation or a bias, then the activation.

    With `norm` the layer has `norm.*` and no bias while it trains; `folded()` gives what the library reads. Without,
    the layer starts from the first data it sees: each channel with mean 0 and deviation 1 before the activation.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int | tuple[int, int] = 1, stride: int = 1, padding: int = 0,
                 groups: int = 1, activation: Activation = 'linear', norm: bool = True) -> None:
        super().__init__()
        height, width = (kernel, kernel) if isinstance(kernel, int) else kernel
        fan = inputs // groups * height * width
        self.weight = nn.Parameter(torch.randn(outputs, inputs // groups, height, width) * (2 / fan) ** 0.5)
        self.norm = nn.BatchNorm2d(outputs) if norm else None
        self.bias = None if norm else nn.Parameter(torch.zeros(outputs))
        self.prelu = nn.Parameter(torch.full((outputs,), 0.25)) if activation == 'prelu' else None
        self.stride, self.padding, self.groups, self.activation = stride, padding, groups, activation
        self.started = norm
        self.multiply_adds = 0

    def forward(self, value: Tensor) -> Tensor:
        result = self._convolve(value)
        self.multiply_adds = self.weight.numel() * result.shape[2] * result.shape[3]
        if self.norm is not None:
            return activate(self.norm(result), self.activation, self.prelu)
        if not self.started:
            self._start(result)
            result = self._convolve(value)
        return bias_activation(result, self.bias, self.prelu, self.activation)

    def _convolve(self, value: Tensor) -> Tensor:
        return F.conv2d(value, self.weight.to(value.dtype), None, self.stride, self.padding, 1, self.groups)

    @torch.no_grad()
    def _start(self, result: Tensor) -> None:
        result = result.float()
        mean, deviation = result.mean((0, 2, 3)), result.std((0, 2, 3)).clamp(min=1e-3)
        self.weight /= deviation.view(-1, 1, 1, 1)
        self.bias.copy_(-mean / deviation)
        self.started = True

    @torch.no_grad()
    def folded(self) -> tuple[Tensor, Tensor]:
        """Weights and bias with batch normalisation folded into them, in float32."""
        if self.norm is None:
            return self.weight.detach().clone(), self.bias.detach().clone()
        scale = self.norm.weight / (self.norm.running_var + self.norm.eps).sqrt()
        return self.weight * scale.view(-1, 1, 1, 1), self.norm.bias - self.norm.running_mean * scale


def activate(value: Tensor, activation: Activation, slopes: Tensor | None = None) -> Tensor:
    """The activation of a value whose bias is in it already."""
    if activation == 'relu':
        return F.relu(value)
    if activation == 'relu6':
        return F.relu6(value)
    return value if activation == 'linear' else F.prelu(value, slopes.to(value.dtype))


class Bottleneck(nn.Module):
    """MobileNetV2's residual bottleneck: expand 1×1, depthwise 3×3, project 1×1 without activation, plus the input
    where the stride is 1 and the channels match. No expansion layer where the factor is 1."""

    def __init__(self, inputs: int, outputs: int, expansion: int, stride: int, activation: Activation,
                 norm: bool = True) -> None:
        super().__init__()
        wide = inputs * expansion
        if expansion > 1:
            self.sep = Layer(inputs, wide, activation=activation, norm=norm)
        self.dw = Layer(wide, wide, 3, stride, 1, wide, activation, norm)
        self.proj = Layer(wide, outputs, norm=norm)
        self.shortcut = stride == 1 and inputs == outputs

    def branch(self, value: Tensor) -> Tensor:
        """What is added to the input, or the output where there is no shortcut."""
        wide = self.sep(value) if hasattr(self, 'sep') else value
        return self.proj(self.dw(wide))

    def forward(self, value: Tensor) -> Tensor:
        return value + self.branch(value) if self.shortcut else self.branch(value)
