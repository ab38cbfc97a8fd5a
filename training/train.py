"""Training as in section 4.1: ArcFace, SGD with momentum 0.9, batches of 512, and a learning rate of 0.1 that is divided
by 10 after 36K, 52K and 58K of 60K iterations; weights decay by 4e-5, those after the global operator by 4e-4."""
from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from . import checkpoint
from .arcface import ArcFace
from .errors import TrainingError
from .networks import Network, build
from .pictures import People, batch_places, people_in, read_picture, to_input
from .progress import Clock, Stop, duration, say
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


def rate_at(recipe: Recipe, iteration: int) -> float:
    """The learning rate of an iteration."""
    return recipe.rate * 0.1 ** sum(iteration >= share * recipe.iterations for share in STEPS)


def optimiser(network: Network, loss: ArcFace) -> torch.optim.SGD:
    """SGD with the paper's weight decay; ArcFace's centres stand after the global operator too."""
    after = [parameter for name, layer in network.layers() if name in network.after_global
             for parameter in layer.parameters()]
    known = {id(parameter) for parameter in after}
    before = [parameter for parameter in network.parameters() if id(parameter) not in known]
    groups = [{'params': before, 'weight_decay': DECAY},
              {'params': [*after, *loss.parameters()], 'weight_decay': DECAY_AFTER_GLOBAL}]
    return torch.optim.SGD(groups, lr=0.1, momentum=MOMENTUM)


def batch_of(people: People, recipe: Recipe, step: int, network: Network) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures of a step, half of them mirrored, and whose they are."""
    places = batch_places(step, len(people.paths), recipe.batch, recipe.seed)
    pixels = np.stack([read_picture(people.paths[place], network.height, network.width) for place in places])
    mirrored = np.random.default_rng([recipe.seed, 1, step]).random(len(places)) < 0.5
    pixels[mirrored] = pixels[mirrored, :, ::-1]
    return to_input(pixels), torch.from_numpy(people.labels[places])


class _Batches(torch.utils.data.Dataset):
    """The batches from one step to the end, read ahead by worker processes."""

    def __init__(self, people: People, recipe: Recipe, network: Network, begin: int) -> None:
        self.people, self.recipe, self.begin = people, recipe, begin
        self.size = network

    def __len__(self) -> int:
        return self.recipe.iterations - self.begin

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        return batch_of(self.people, self.recipe, self.begin + index, self.size)


def train(data: Path, out: Path, recipe: Recipe, pairs: tuple[Path, Path] | None, readers: int,
          evaluate_every: int, save_seconds: float) -> None:
    """Trains, or goes on where the checkpoint `out` stands. Raises TrainingError."""
    people = people_in(data)
    device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')
    torch.manual_seed(recipe.seed)
    network = build(recipe.network).to(device).train()
    loss = ArcFace(network.size, len(people.names), recipe.scale, recipe.margin).to(device)
    updates = optimiser(network, loss)
    begin = _resume(out, recipe, people, network, loss, updates) if out.exists() else 0
    held = PairSet(*pairs, network, device) if pairs else None
    say(f'{recipe.network}, {len(people.paths)} pictures of {len(people.names)} people, iterations {begin} to '
        f'{recipe.iterations}, on {device}')

    def save(iteration: int) -> None:
        checkpoint.save(out, {'network': recipe.network, 'norm': True, 'weights': network.state_dict(),
                              'loss': loss.state_dict(), 'updates': updates.state_dict(), 'iteration': iteration,
                              'recipe': asdict(recipe), 'people': people.names})

    stop, told, saved, started, sums = Stop(), Clock(10), Clock(save_seconds), time.monotonic(), []
    for iteration, (images, labels) in enumerate(
            torch.utils.data.DataLoader(_Batches(people, recipe, network, begin), None, num_workers=readers), begin):
        for group in updates.param_groups:
            group['lr'] = rate_at(recipe, iteration)
        value = loss(network(images.to(device)), labels.to(device))
        updates.zero_grad(set_to_none=True)
        value.backward()
        updates.step()
        sums.append(float(value.detach()))
        done = iteration + 1
        if not np.isfinite(sums[-1]):
            raise TrainingError(f'iteration {done}: the loss is {sums[-1]}; try a smaller --rate.')
        if told.rings() or done == recipe.iterations:
            seconds = time.monotonic() - started
            left = seconds / (done - begin) * (recipe.iterations - done)
            say(f'{done}/{recipe.iterations}  loss {np.mean(sums):.3f}  rate {rate_at(recipe, iteration):g}  '
                f'{(done - begin) * recipe.batch / seconds:.0f} images/s  {duration(left)} left')
            sums = []
        if held and (done % evaluate_every == 0 or done == recipe.iterations):
            say(f'{done}  verification {held.accuracy(network)}')
        if stop.asked or saved.rings():
            save(done)
        if stop.asked:
            say(f'stopped after {done} iterations; the same command goes on')
            return
    save(recipe.iterations)


def _resume(out: Path, recipe: Recipe, people: People, network: nn.Module, loss: ArcFace,
            updates: torch.optim.SGD) -> int:
    state = checkpoint.load(out)
    if state.get('recipe') != asdict(recipe) or state.get('people') != people.names:
        raise TrainingError(f'{out}: was begun with other options or other people; name another --out, or give its own: '
                            f'{state.get("recipe")}.')
    network.load_state_dict(state['weights'])
    loss.load_state_dict(state['loss'])
    updates.load_state_dict(state['updates'])
    return state['iteration']
