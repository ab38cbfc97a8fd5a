"""Training as in section 4.1: ArcFace, SGD with momentum 0.9, batches of 512, and a learning rate of 0.1 that is divided
by 10 after 36K, 52K and 58K of 60K iterations; weights decay by 4e-5, those after the global operator by 4e-4."""
from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Iterable

import numpy as np
import torch
from torch import Tensor

from . import checkpoint
from .arcface import ArcFace
from .errors import TrainingError
from .networks import Network, build
from .pictures import People, batch_places, check_sizes, people_in, read_picture, to_input
from .progress import Clock, Meter, Stop, say
from .verification import PairSet

MOMENTUM = 0.9
DECAY, DECAY_AFTER_GLOBAL = 4e-5, 4e-4
# Shares of all iterations after which the learning rate is divided by 10.
STEPS = (36 / 60, 52 / 60, 58 / 60)


@dataclass(frozen=True)
class Recipe:
    """What decides the result of a run; a checkpoint goes on only with its own."""

    network: str = 'MobileFaceNet'
    iterations: int = 60_000
    batch: int = 512
    rate: float = 0.1
    scale: float = 64.0
    margin: float = 0.5
    seed: int = 1


@dataclass(frozen=True)
class Settings:
    """A recipe, and what does not change its result."""

    recipe: Recipe = field(default_factory=Recipe)
    device: str = 'cpu'
    # Processes that decode pictures; 0 decodes them in the training process.
    readers: int = 2
    # Iterations from one measurement on pairs to the next.
    evaluate_every: int = 2000
    save_seconds: float = 300.0


def rate_at(recipe: Recipe, iteration: int) -> float:
    """The learning rate of an iteration."""
    return recipe.rate * 0.1 ** sum(iteration >= round(share * recipe.iterations) for share in STEPS)


def optimiser(network: Network, loss: ArcFace) -> torch.optim.SGD:
    """SGD with the paper's weight decay; ArcFace's centres stand after the global operator too."""
    after = [parameter for name, layer in network.layers() if name in network.after_global
             for parameter in layer.parameters()]
    known = {id(parameter) for parameter in after}
    before = [parameter for parameter in network.parameters() if id(parameter) not in known]
    groups = [{'params': before, 'weight_decay': DECAY},
              {'params': [*after, *loss.parameters()], 'weight_decay': DECAY_AFTER_GLOBAL}]
    return torch.optim.SGD(groups, lr=0.1, momentum=MOMENTUM)


def batch_of(people: People, recipe: Recipe, step: int, height: int, width: int) -> tuple[Tensor, Tensor]:
    """Pictures of a step, half of them mirrored, and whose they are."""
    places = batch_places(step, len(people.paths), recipe.batch, recipe.seed)
    pixels = np.stack([read_picture(people.paths[place], height, width) for place in places])
    mirrored = np.random.default_rng([recipe.seed, 1, step]).random(len(places)) < 0.5
    pixels[mirrored] = pixels[mirrored, :, ::-1]
    return to_input(pixels), torch.from_numpy(people.labels[places])


class _Batches(torch.utils.data.Dataset):
    """The batches from one step to the end, for reader processes; a picture that cannot be read is a sentence."""

    def __init__(self, people: People, recipe: Recipe, size: tuple[int, int], begin: int) -> None:
        self.people, self.recipe, self.size, self.begin = people, recipe, size, begin

    def __len__(self) -> int:
        return self.recipe.iterations - self.begin

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor] | str:
        try:
            return batch_of(self.people, self.recipe, self.begin + index, *self.size)
        except TrainingError as error:
            return str(error)


class Run:
    """A training on its way: all that a checkpoint holds."""

    def __init__(self, people: People, recipe: Recipe, device: str) -> None:
        torch.manual_seed(recipe.seed)
        self.people, self.recipe, self.device, self.iteration = people, recipe, device, 0
        self.network = build(recipe.network).to(device).train()
        self.loss = ArcFace(self.network.size, len(people.names), recipe.scale, recipe.margin).to(device)
        self.updates = optimiser(self.network, self.loss)

    def step(self, images: Tensor, labels: Tensor) -> float:
        """One iteration; gives the loss. Raises TrainingError where it is no number."""
        for group in self.updates.param_groups:
            group['lr'] = rate_at(self.recipe, self.iteration)
        value = self.loss(self.network(images.to(self.device)), labels.to(self.device))
        self.updates.zero_grad(set_to_none=True)
        value.backward()
        self.updates.step()
        self.iteration += 1
        if not torch.isfinite(value):
            raise TrainingError(f'iteration {self.iteration}: the loss is {float(value)}; try a smaller --rate.')
        return float(value)

    def save(self, path: Path) -> None:
        checkpoint.save(path, {
            'network': self.recipe.network, 'norm': True, 'weights': self.network.state_dict(),
            'loss': self.loss.state_dict(), 'updates': self.updates.state_dict(), 'iteration': self.iteration,
            'recipe': asdict(self.recipe), 'people': self.people.names, 'pictures': len(self.people.paths)})

    def resume(self, path: Path) -> None:
        """Goes on from a checkpoint of the same recipe and pictures. Raises TrainingError for another."""
        state = checkpoint.load(path)
        own = (asdict(self.recipe), self.people.names, len(self.people.paths))
        if (state.get('recipe'), state.get('people'), state.get('pictures')) != own:
            raise TrainingError(f'{path}: was begun with other options or pictures ({state.get("recipe")}); give those, '
                                'or name another --out.')
        self.network.load_state_dict(state['weights'])
        self.loss.load_state_dict(state['loss'])
        self.updates.load_state_dict(state['updates'])
        self.iteration = state['iteration']

    def batches(self, readers: int) -> Iterable[tuple[Tensor, Tensor]]:
        size = (self.network.height, self.network.width)
        ahead = _Batches(self.people, self.recipe, size, self.iteration)
        for batch in torch.utils.data.DataLoader(ahead, None, num_workers=readers):
            if isinstance(batch, str):
                raise TrainingError(batch)
            yield batch


def train(data: Path, out: Path, settings: Settings, pairs: tuple[Path, Path] | None = None) -> bool:
    """Trains, or goes on where the checkpoint `out` stands; whether the end was reached. Raises TrainingError."""
    people, recipe = people_in(data), settings.recipe
    run = Run(people, recipe, settings.device)
    check_sizes(people.paths, run.network.height, run.network.width)
    if out.exists():
        run.resume(out)
    held = PairSet(*pairs, run.network, torch.device(settings.device)) if pairs else None
    say(f'{recipe.network}: {len(people.paths)} pictures of {len(people.names)} people, iterations {run.iteration} to '
        f'{recipe.iterations}, on {settings.device}')
    stop, saved = Stop(), Clock(settings.save_seconds)
    meter = Meter(run.iteration, recipe.iterations, recipe.batch)
    for images, labels in run.batches(settings.readers):
        meter.add(run.step(images, labels), run.iteration, rate_at(recipe, run.iteration - 1))
        if held and (run.iteration % settings.evaluate_every == 0 or run.iteration == recipe.iterations):
            say(f'{run.iteration}  verification {held.measure(run.network)}')
        if saved.rings():
            run.save(out)
        if stop.asked:
            break
    run.save(out)
    if run.iteration < recipe.iterations:
        say(f'stopped after {run.iteration} iterations; the same command goes on')
    return run.iteration == recipe.iterations
