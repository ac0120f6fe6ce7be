"""The acoustic model as PyTorch trains it. `providers/local/acoustics.py` computes the same with NumPy."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

PHONES = (
    *("AA", "AE", "AH", "AO", "AW", "AY", "B", "CH", "D", "DH", "EH", "ER", "EY", "F", "G", "HH", "IH", "IY", "JH"),
    *("K", "L", "M", "N", "NG", "OW", "OY", "P", "R", "S", "SH", "T", "TH", "UH", "UW", "V", "W", "Y", "Z", "ZH"),
)
BLANK = 0
"""Phone n of `PHONES` is output n + 1."""
RATE_HZ, WINDOW, HOP, FFT, BANDS = 8_000, 200, 80, 256, 40
LOWEST_HZ, HIGHEST_HZ = 100.0, 3_800.0
STRIDE = 3


def mel(hz: np.ndarray | float) -> np.ndarray | float:
    return 2_595 * np.log10(1 + np.asarray(hz) / 700)


def filters(warp: float = 1.0) -> np.ndarray:
    """Triangles on the mel scale, `BANDS` x `FFT // 2 + 1`; `warp` moves all formants, as another head would."""
    low, high = mel(LOWEST_HZ), mel(HIGHEST_HZ)
    edges = 700 * (10 ** (np.linspace(low, high, BANDS + 2) / 2_595) - 1) * warp
    bins = np.arange(FFT // 2 + 1) * RATE_HZ / FFT
    rise = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(0, np.minimum(rise, fall)).astype(np.float32)


def levelled(bands: Tensor) -> Tensor:
    """Log energies (batch, frames, bands) against the loud part of each utterance, so that level does not matter."""
    loud = torch.quantile(bands.mean(2), 0.95, dim=1)
    return (bands - loud[:, None, None]).clamp(-9, 5) / 3


class Block(nn.Module):
    def __init__(self, width: int, dilation: int, drop: float) -> None:
        super().__init__()
        self.conv = nn.Conv1d(width, width, 3, dilation=dilation, padding=dilation, bias=False)
        self.norm = nn.BatchNorm1d(width)
        self.drop = nn.Dropout(drop)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.drop(functional.relu(self.norm(self.conv(x))))


class Network(nn.Module):
    def __init__(
        self,
        *,
        first: int = 80,
        width: int = 144,
        dilations: tuple[int, ...] = (1, 2, 4, 8, 1, 2, 4, 8),
        drop: float = 0.1,
    ) -> None:
        super().__init__()
        self.entry = nn.Conv1d(BANDS, first, 5, padding=2, bias=False)
        self.entry_norm = nn.BatchNorm1d(first)
        self.stride = nn.Conv1d(first, width, 5, stride=STRIDE, padding=2, bias=False)
        self.stride_norm = nn.BatchNorm1d(width)
        self.dilations = dilations
        self.blocks = nn.ModuleList(Block(width, dilation, drop) for dilation in dilations)
        self.out = nn.Conv1d(width, len(PHONES) + 1, 1)

    def forward(self, features: Tensor) -> Tensor:
        """(batch, frames, bands) to log probabilities (batch, frames / 3, phones + 1)."""
        x = functional.relu(self.entry_norm(self.entry(features.transpose(1, 2))))
        x = functional.relu(self.stride_norm(self.stride(x)))
        for block in self.blocks:
            x = block(x)
        return functional.log_softmax(self.out(x).transpose(1, 2), dim=2)


def _folded(conv: nn.Conv1d, norm: nn.BatchNorm1d) -> tuple[np.ndarray, np.ndarray]:
    mean, variance = norm.running_mean, norm.running_var
    if mean is None or variance is None:
        raise ValueError("a normalisation without the statistics of its training")
    scale = norm.weight / torch.sqrt(variance + norm.eps)
    weight = conv.weight * scale[:, None, None]
    return weight.detach().numpy(), (norm.bias - mean * scale).detach().numpy()


def export(network: Network) -> dict[str, np.ndarray]:
    """The weights, normalisation folded in, half precision."""
    layers: list[tuple[nn.Conv1d, nn.BatchNorm1d]] = [
        (network.entry, network.entry_norm),
        (network.stride, network.stride_norm),
        *((block.conv, block.norm) for block in network.blocks if isinstance(block, Block)),
    ]
    arrays: dict[str, np.ndarray] = {}
    for number, (conv, norm) in enumerate(layers):
        weight, bias = _folded(conv, norm)
        arrays[f"weight{number}"], arrays[f"bias{number}"] = weight.astype(np.float16), bias.astype(np.float16)
    bias_out = network.out.bias
    if bias_out is None:
        raise ValueError("an output without a bias")
    arrays["weight_out"] = network.out.weight.detach().numpy().astype(np.float16)
    arrays["bias_out"] = bias_out.detach().numpy().astype(np.float16)
    arrays["dilations"] = np.array(network.dilations, np.int32)
    return arrays
