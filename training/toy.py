"""Drawn people, to try a whole training on: nobody's face, and nothing to learn about real ones."""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

SIDE = 112


@dataclass(frozen=True)
class Face:
    """What stays the same in all pictures of a drawn person: colours, and lengths in pixels."""

    skin: tuple[int, ...]
    hair: tuple[int, ...]
    eyes: tuple[int, ...]
    back: tuple[int, ...]
    width: int
    brow: int
    nose: int
    mouth: int

    @staticmethod
    def of(generator: np.random.Generator) -> Face:
        def colour(least: int, most: int) -> tuple[int, ...]:
            return tuple(generator.integers(least, most, 3).tolist())

        lengths = (int(generator.integers(least, most)) for least, most in ((28, 44), (2, 9), (10, 24), (10, 28)))
        return Face(colour(120, 240), colour(0, 160), colour(0, 120), colour(0, 255), *lengths)


def draw(face: Face, generator: np.random.Generator) -> Image.Image:
    """A crop of 112×112 with eyes, nose and mouth about where alignment puts them, lit and moved a little."""
    image = Image.new('RGB', (SIDE, SIDE), face.back)
    pen = ImageDraw.Draw(image)
    x, y = (56 + int(generator.integers(-3, 4)), 62 + int(generator.integers(-3, 4)))
    pen.ellipse((x - face.width - 6, y - 62, x + face.width + 6, y + 30), fill=face.hair)
    pen.ellipse((x - face.width, y - 44, x + face.width, y + 50), fill=face.skin)
    for eye in (x - 18, x + 18):
        pen.ellipse((eye - 7, y - 15, eye + 7, y - 6), fill='white')
        pen.ellipse((eye - 4, y - 15, eye + 4, y - 6), fill=face.eyes)
        pen.rectangle((eye - 9, y - 20 - face.brow, eye + 9, y - 20), fill=face.hair)
    pen.line((x, y - 6, x, y - 6 + face.nose), fill=face.hair, width=2)
    pen.arc((x - face.mouth, y + 18, x + face.mouth, y + 36), 20, 160, fill=(150, 40, 40), width=3)
    lit = np.asarray(image) * generator.uniform(0.75, 1.25) + generator.normal(0, 6, (SIDE, SIDE, 3))
    return Image.fromarray(lit.clip(0, 255).astype('u1'))


def draw_people(folder: Path, people: int, pictures: int, seed: int = 1) -> list[str]:
    """Writes `folder/NAME/NAME_0001.png` … for each person, named as LFW names them, and gives the names."""
    names = [f'drawn_{seed}_{person}' for person in range(people)]
    for person, name in enumerate(names):
        generator = np.random.default_rng([seed, person])
        face = Face.of(generator)
        (folder / name).mkdir(parents=True, exist_ok=True)
        for picture in range(1, pictures + 1):
            draw(face, generator).save(folder / name / f'{name}_{picture:04d}.png')
    return names


def write_pairs(target: Path, names: list[str], pictures: int, pairs: int = 30) -> None:
    """Writes a list like LFW's `pairs.txt`: as many pairs of one person as of two, in turn."""
    generator = np.random.default_rng(1)
    lines = [f'10\t{pairs}']
    for _ in range(pairs):
        a, b = generator.choice(len(names), 2, replace=False)
        first, second = generator.choice(pictures, 2, replace=False) + 1
        lines += [f'{names[a]}\t{first}\t{second}', f'{names[a]}\t{first}\t{names[b]}\t{second}']
    target.write_text('\n'.join(lines) + '\n')
