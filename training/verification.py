"""Accuracy on pairs by LFW's protocol: ten folds, each judged at the threshold that is best on the other nine."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from .errors import TrainingError
from .networks import Network
from .pictures import ENDINGS, read_picture, to_input
from .safetensors import read_bytes

BATCH = 64


def read_pairs(list_path: Path, images: Path) -> tuple[list[Path], np.ndarray]:
    """LFW's `pairs.txt`: the pictures, and `[pairs, 3]` of two places among them and 1 for the same person."""
    places: dict[Path, int] = {}

    def place(person: str, number: str) -> int:
        name = f'{person}_{int(number):04d}'
        path = next((path for path in (images / person / (name + ending) for ending in ENDINGS) if path.exists()), None)
        if path is None:
            raise TrainingError(f'{images / person / name}: is missing, with each of {", ".join(ENDINGS)}; {list_path} '
                                'names it.')
        return places.setdefault(path, len(places))

    pairs: list[tuple[int, int, int]] = []
    for number, line in enumerate(read_bytes(list_path).decode('utf-8', 'replace').splitlines()[1:], 2):
        parts = line.split('\t')
        if not all(part.isascii() and part.isdigit() for part in (parts[1:3] if len(parts) == 3 else parts[1:4:2])):
            raise TrainingError(f'{list_path}, line {number}: is "{line[:60]}"; accepted are NAME, NUMBER, NUMBER or NAME, '
                                'NUMBER, NAME, NUMBER with tabs between, as in LFW\'s pairs.txt.')
        if len(parts) == 3:
            pairs.append((place(parts[0], parts[1]), place(parts[0], parts[2]), 1))
        elif len(parts) == 4:
            pairs.append((place(parts[0], parts[1]), place(parts[2], parts[3]), 0))
    if len(pairs) < 10:
        raise TrainingError(f'{list_path}: holds {len(pairs)} pairs; a list like LFW\'s pairs.txt is needed.')
    return list(places), np.array(pairs)


@torch.inference_mode()
def embed(network: Network, pixels: np.ndarray, device: torch.device = torch.device('cpu')) -> np.ndarray:
    """Embeddings of unit length `[N, size]` of bytes `[N, height, width, 3]`."""
    training = network.training
    network.eval()
    parts = [network(to_input(pixels[at:at + BATCH]).to(device)).float().cpu() for at in range(0, len(pixels), BATCH)]
    network.train(training)
    return torch.nn.functional.normalize(torch.cat(parts)).numpy()


def best_threshold(similarities: np.ndarray, same: np.ndarray) -> float:
    """The threshold with the most right decisions; pairs above it are the same person."""
    order = np.argsort(similarities, kind='stable')
    right = same.sum() + np.concatenate([[0], np.cumsum(1 - 2 * same[order].astype(int))])
    at = int(right.argmax())
    ordered = np.concatenate([[-1.0], similarities[order], [1.0]])
    return float((ordered[at] + ordered[at + 1]) / 2)


@dataclass(frozen=True)
class Measured:
    """What a list of pairs says of a network."""

    accuracy: float
    deviation: float
    # The best one over all pairs.
    threshold: float
    pairs: int

    def __str__(self) -> str:
        return f'{100 * self.accuracy:.2f} ± {100 * self.deviation:.2f} % of {self.pairs} pairs, threshold {self.threshold:.3f}'


def measure(similarities: np.ndarray, same: np.ndarray, folds: int = 10) -> Measured:
    """Mean and standard deviation of the folds' accuracies, each at the threshold that is best on the others."""
    accuracies = []
    for fold in np.array_split(np.arange(len(same)), folds):
        held = np.isin(np.arange(len(same)), fold)
        threshold = best_threshold(similarities[~held], same[~held])
        accuracies.append(float(((similarities[held] > threshold) == same[held]).mean()))
    return Measured(float(np.mean(accuracies)), float(np.std(accuracies)), best_threshold(similarities, same), len(same))


class PairSet:
    """The pictures of a list of pairs, decoded once."""

    def __init__(self, list_path: Path, images: Path, network: Network, device: torch.device) -> None:
        paths, self.pairs = read_pairs(list_path, images)
        self.pixels = np.stack([read_picture(path, network.height, network.width) for path in paths])
        self.device = device

    def measure(self, network: Network) -> Measured:
        embeddings = embed(network, self.pixels, self.device)
        similarities = (embeddings[self.pairs[:, 0]] * embeddings[self.pairs[:, 1]]).sum(1)
        return measure(similarities, self.pairs[:, 2] == 1)
