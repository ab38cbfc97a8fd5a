"""From a folder of pictures to a decision: align, train, export, import, verify. A step that is done is not done again."""
from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from PIL import Image

from .errors import TrainingError
from .export import network_of, write
from .library import run_library
from .networks import Network
from .pictures import people_in, read_picture
from .progress import say
from .train import Settings, train
from .verification import PairSet

# How far the library's embedding may be from PyTorch's, as a share of its largest number.
TOLERANCE = 1e-5


def align(pictures: Path, out: Path) -> Path:
    """The faces of photographs as crops of 112×112, in a folder for each person like theirs."""
    crops, part = out / 'crops', out / 'crops.part'
    if not crops.exists():
        images = run_library('align', pictures, '--out', part, may_fail=True)['images']
        failed = [image for image in images if 'error' in image]
        for image in failed[:5]:
            say(f'left out: {image["error"]["message"]}')
        say(f'{len(images) - len(failed)} of {len(images)} pictures aligned')
        if len(failed) == len(images):
            raise TrainingError(f'{pictures}: no picture could be aligned; photographs of faces are needed.')
        part.rename(crops)
    return crops


def _import(network: Network, out: Path, pairs: tuple[Path, Path] | None, licence: str | None) -> Path:
    """The native model file, held to PyTorch's embedding; with a threshold where there are pairs to measure it on."""
    state, reference, model = (out / f'{name}.safetensors' for name in ('state', 'reference', 'model'))
    write(network, state, reference)
    options: list[object] = ['--name', network.row, '--verify', reference, '--tolerance', TOLERANCE]
    if pairs is not None:
        measured = PairSet(*pairs, network, torch.device('cpu')).measure(network)
        say(f'verification: {measured}')
        data = f'best accuracy on the {measured.pairs} pairs of {pairs[0].name}, on which it was also measured'
        options += ['--threshold', round(measured.threshold, 4), '--threshold-data', data]
    if licence is not None:
        options += ['--licence', licence]
    found = run_library('import', state, '--out', model, *options)
    difference = found['verified']['outputs'][0]['largestRelative']
    say(f'{model}: {found["bytes"]:,} bytes, at most {difference:.1e} from PyTorch')
    return model


def _verify(model: Path, crops: Path, network: Network, out: Path) -> list[dict[str, Any]]:
    """Two pictures of one person, then pictures of two, as the library compares them."""
    people = people_in(crops)
    chosen: dict[str, Path] = {}
    for label in range(len(people.names)):
        own = [path for path, of in zip(people.paths, people.labels) if of == label]
        if 'same-1' not in chosen and len(own) > 1:
            chosen['same-1'], chosen['same-2'] = own[:2]
        else:
            chosen.setdefault('other', own[0])
    if len(chosen) < 3:
        raise TrainingError(f'{crops}: holds no person with two pictures beside another; nothing can be verified.')
    folder = out / 'verify'
    folder.mkdir(exist_ok=True)
    for name, path in chosen.items():
        Image.fromarray(read_picture(path, network.height, network.width)).save(folder / f'{name}.png')
    return [run_library('verify', folder / 'same-1.png', folder / f'{name}.png', '--model', model, may_fail=True)
            for name in ('same-2', 'other')]


def run_all(pictures: Path, out: Path, aligned: bool, settings: Settings, pairs: tuple[Path, Path] | None,
            licence: str | None = None) -> dict[str, Any]:
    """Does all, and gives what `verify` said of two pictures of one person and of two people's. Raises TrainingError."""
    out.mkdir(parents=True, exist_ok=True)
    crops = pictures if aligned else align(pictures, out)
    checkpoint = out / 'checkpoint.pt'
    if not train(crops, checkpoint, settings, pairs):
        raise TrainingError(f'{checkpoint}: is not trained to its end; the same command goes on.')
    network = network_of(checkpoint)
    model = _import(network, out, pairs, licence)
    same, different = _verify(model, crops, network, out)
    return {'model': str(model), 'same': same, 'different': different}
