"""Aligned pictures: a folder with a folder for each person, as `mobilefacenet align` makes them."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from .errors import TrainingError

# Pixels of a 112×112 crop around one of 96.
LARGEST_SURPLUS = 16
ENDINGS = ('.jpg', '.jpeg', '.png', '.webp')


@dataclass(frozen=True)
class People:
    """Paths of pictures, the person (0 …) of each, and the people's names."""

    paths: list[Path]
    labels: np.ndarray
    names: list[str]


def pictures_in(folder: Path) -> list[Path]:
    """All pictures below a folder, sorted."""
    if not folder.is_dir():
        raise TrainingError(f'{folder}: is no folder; a folder of aligned pictures is needed.')
    return sorted(path for path in folder.rglob('*') if path.suffix.lower() in ENDINGS and path.is_file())


def people_in(folder: Path) -> People:
    """The people of a folder: each folder in it is a person. Raises TrainingError for fewer than two."""
    paths: list[Path] = []
    labels: list[int] = []
    names: list[str] = []
    for person in sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []:
        found = pictures_in(person)
        if found:
            labels += [len(names)] * len(found)
            paths += found
            names.append(person.name)
    if len(names) < 2:
        raise TrainingError(f'{folder}: holds pictures of {len(names)} people; a folder for each of at least two is '
                            f'needed, with {", ".join(ENDINGS)} files in it.')
    return People(paths, np.array(labels), names)


def check_sizes(paths: list[Path], height: int, width: int) -> None:
    """Reads the headers alone, so that a wrong picture is found at once and not after hours. Raises TrainingError."""
    for path in paths:
        try:
            with Image.open(path) as image:
                columns, rows = image.size
        except (OSError, ValueError, Image.DecompressionBombError) as error:
            raise TrainingError(f'{path}: cannot be read as a picture.') from error
        check_size(rows, columns, height, width, str(path))


def check_size(rows: int, columns: int, height: int, width: int, where: str) -> None:
    """Whether a crop of `height` × `width` is the middle of one of this size. Raises TrainingError."""
    if any(more < 0 or more > LARGEST_SURPLUS or more % 2 for more in (rows - height, columns - width)):
        raise TrainingError(f'{where}: is {rows}×{columns} pixels; an aligned crop of {height}×{width}, or one of 112×112 '
                            'around it, is needed: `mobilefacenet align` makes them.')


def read_picture(path: Path, height: int, width: int) -> np.ndarray:
    """RGB bytes `[height, width, 3]`. A larger aligned crop is cut to its middle, as the library's templates are."""
    try:
        with Image.open(path) as image:
            pixels = np.asarray(image.convert('RGB'))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise TrainingError(f'{path}: cannot be read as a picture.') from error
    return middle(pixels, height, width, str(path))


def middle(pixels: np.ndarray, height: int, width: int, where: str) -> np.ndarray:
    """The middle of `[…, rows, columns, 3]`: crops of 112×96 and 96×96 are the middle of those of 112×112."""
    check_size(pixels.shape[-3], pixels.shape[-2], height, width, where)
    rows, columns = pixels.shape[-3] - height, pixels.shape[-2] - width
    return pixels[..., rows // 2:rows // 2 + height, columns // 2:columns // 2 + width, :]


def to_input(pixels: np.ndarray) -> Tensor:
    """Bytes `[N, height, width, 3]` as the input `[N, 3, height, width]`: (pixel - 127.5) / 128 (section 4.1)."""
    return (torch.from_numpy(np.array(pixels)).permute(0, 3, 1, 2).float() - 127.5) / 128


def batch_places(step: int, count: int, batch: int, seed: int) -> np.ndarray:
    """Which of `count` samples the batch of a step has. A function of its arguments alone, so that a resumed run goes
    on where it was: each epoch is a permutation of its own, and batches run across epochs."""
    places = np.arange(step * batch, (step + 1) * batch)
    epochs = places // count
    orders = {epoch: np.random.default_rng([seed, epoch]).permutation(count) for epoch in set(epochs.tolist())}
    return np.array([orders[epoch][place % count] for place, epoch in zip(places.tolist(), epochs.tolist())])
