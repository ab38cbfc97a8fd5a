"""Accuracy on pairs by LFW's protocol: ten folds, each judged at the threshold that is best on the other nine."""
from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from .errors import TrainingError
from .networks import Network
from .pictures import read_picture, to_input
from .safetensors import read_bytes

BATCH = 64


def read_pairs(list_path: Path, images: Path) -> tuple[list[Path], np.ndarray]:
    """LFW's `pairs.txt`: the pictures, and `[pairs, 3]` of two places among them and 1 for the same person."""
    places: dict[Path, int] = {}

    def place(person: str, number: str) -> int:
        path = images / person / f'{person}_{int(number):04d}.jpg'
        return places.setdefault(path, len(places))

    pairs: list[tuple[int, int, int]] = []
    for line in read_bytes(list_path).decode('utf-8', 'replace').splitlines()[1:]:
        parts = line.split('\t')
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
    return -2.0 if at == 0 else float(similarities[order[at - 1]])


def accuracy(embeddings: np.ndarray, pairs: np.ndarray, folds: int = 10) -> tuple[float, float]:
    """Mean and standard deviation of the folds' accuracies."""
    similarities = (embeddings[pairs[:, 0]] * embeddings[pairs[:, 1]]).sum(1)
    same = pairs[:, 2] == 1
    accuracies = []
    for fold in np.array_split(np.arange(len(pairs)), folds):
        held = np.isin(np.arange(len(pairs)), fold)
        threshold = best_threshold(similarities[~held], same[~held])
        accuracies.append(float(((similarities[held] > threshold) == same[held]).mean()))
    return float(np.mean(accuracies)), float(np.std(accuracies))


class PairSet:
    """The pictures of a list of pairs, decoded once."""

    def __init__(self, list_path: Path, images: Path, network: Network, device: torch.device, most: int = 0) -> None:
        paths, pairs = read_pairs(list_path, images)
        self.pairs = pairs[:most] if most else pairs
        used = int(self.pairs[:, :2].max()) + 1
        self.pixels = np.stack([read_picture(path, network.height, network.width) for path in paths[:used]])
        self.device = device

    def accuracy(self, network: Network) -> str:
        mean, deviation = accuracy(embed(network, self.pixels, self.device), self.pairs)
        return f'{100 * mean:.2f} ± {100 * deviation:.2f} % of {len(self.pairs)} pairs'
