"""The two phases of a distillation: stages by themselves, then the whole network."""
from __future__ import annotations

import time
from dataclasses import dataclass
from math import cos, pi
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .. import checkpoint, safetensors
from ..errors import TrainingError
from ..export import load_folded
from ..layers import Bottleneck
from ..networks import Network, build
from ..pictures import batch_places, middle, pictures_in, read_picture, to_input
from ..progress import Clock, Stop, duration, say
from ..verification import PairSet, embed
from .augment import augment
from .teacher import Teacher

BATCH = 64
HINT, COSINE = 0.06, 2.0
WARM_UP = 0.02
# Least learning rate as a share of the peak.
FLOOR = 2e-3
DECAY = 1e-3


@dataclass(frozen=True)
class Plan:
    """How long the phases last, in samples, and their peak learning rates."""

    stage_samples: int = 74_000
    whole_samples: int = 160_000
    stage_peak: float = 3e-3
    whole_peak: float = 1.5e-3
    held_out: int = 1000
    seed: int = 1


def load_pictures(source: Path, size: int) -> np.ndarray:
    """Bytes `[N, size, size, 3]`: a `.npy` of them, mapped, or all pictures below a folder."""
    if source.suffix == '.npy':
        try:
            pixels = np.load(source, mmap_mode='r')
        except (OSError, ValueError) as error:
            raise TrainingError(f'{source}: cannot be read as an array ({error}).') from error
        if pixels.dtype != np.uint8 or pixels.ndim != 4 or pixels.shape[1:] != (size, size, 3):
            raise TrainingError(f'{source}: is {pixels.dtype} {list(pixels.shape)}; uint8 [N, {size}, {size}, 3] is needed.')
        return pixels
    return np.stack([read_picture(path, size, size) for path in pictures_in(source)])


class Distillation:
    """A student on its way, with what its checkpoint holds."""

    def __init__(self, student: Network, name: str, teacher: Teacher, pixels: np.ndarray, plan: Plan, half: bool,
                 pairs: PairSet | None) -> None:
        self.student, self.name, self.teacher, self.plan, self.half, self.pairs = student, name, teacher, plan, half, pairs
        if len(pixels) < 2 * plan.held_out or len(pixels) - plan.held_out < BATCH:
            raise TrainingError(f'{len(pixels)} pictures are too few: {plan.held_out} are held out, and at least as many '
                                f'and {BATCH} must be left.')
        self.held, self.pixels = pixels[:plan.held_out], pixels[plan.held_out:]
        self.goals = F.normalize(torch.cat([self.teacher.features(to_input(self.held[at:at + BATCH]))[-1].float()
                                            for at in range(0, len(self.held), BATCH)])).numpy()
        self.variances: dict[int, float] = {}
        self.samples = 0

    def batch(self, step: int) -> Tensor:
        """A fresh view of each picture of a step; the same again after a restart."""
        generator = torch.Generator().manual_seed(self.plan.seed * 1_000_003 + step)
        places = batch_places(step, len(self.pixels), BATCH, self.plan.seed)
        return augment(to_input(self.pixels[np.sort(places)]), generator)

    def crop(self, value: Tensor) -> Tensor:
        """The student's part of a crop: its middle."""
        top, left = (value.shape[2] - self.student.height) // 2, (value.shape[3] - self.student.width) // 2
        part = value[:, :, top:top + self.student.height, left:left + self.student.width]
        return part.contiguous(memory_format=torch.channels_last)

    def hints(self, goals: list[Tensor], shapes: list[torch.Size]) -> list[Tensor | None]:
        """The teacher's feature map for each stage: in order, by shape; none where it has no such map."""
        found: list[Tensor | None] = []
        at = 0
        for shape in shapes:
            match = next((place for place in range(at, len(goals)) if goals[place].shape == shape), None)
            found.append(None if match is None else goals[match])
            at = at if match is None else match + 1
        return found

    def distance(self, stage: int, value: Tensor, goal: Tensor) -> Tensor:
        """Mean squared difference as a share of the teacher's variance, which is measured once."""
        if stage not in self.variances:
            dims = (0, 2, 3) if goal.dim() == 4 else (0,)
            self.variances[stage] = float(goal.float().var(dims, unbiased=False).mean())
        return (value - goal).float().square().mean() / self.variances[stage]

    def stage_loss(self, value: Tensor) -> float:
        """Each stage learns the teacher's map of features to features, on the teacher's own; gradients are added."""
        features = self.teacher.features(value)
        total, given = 0.0, self.crop(value)
        stages = self.student.stages()
        goals = self._stage_goals(features, value)
        for place, stage in enumerate(stages):
            result, goal = stage(given), goals[place]
            loss = self.distance(place, result, goal)
            if place == len(stages) - 1:
                loss = loss + (1 - F.cosine_similarity(result.float(), goal.float())).mean()
            loss.backward()
            total += float(loss.detach())
            given = goal.clone()
        return total

    def _stage_goals(self, features: list[Tensor], value: Tensor) -> list[Tensor]:
        with torch.no_grad():
            shapes, given = [], self.crop(value)
            for stage in self.student.stages():
                given = stage(given)
                shapes.append(given.shape)
        goals = self.hints(features, shapes)
        if any(goal is None for goal in goals):
            raise TrainingError('the teacher has no feature map for every stage of the student; use --stage-samples 0.')
        return goals  # type: ignore[return-value]

    def whole_loss(self, value: Tensor) -> float:
        """The whole network learns the embedding, with hints on every stage's output."""
        features = self.teacher.features(value)
        given = self.crop(value)
        given = given.bfloat16() if self.half else given
        outputs: list[Tensor] = []
        for stage in self.student.stages():
            given = stage(given)
            outputs.append(given)
        loss = COSINE * (1 - F.cosine_similarity(given.float(), features[-1].float())).mean()
        total = float(loss.detach()) / COSINE
        for place, goal in enumerate(self.hints(features[:-1], [output.shape for output in outputs[:-1]])):
            if goal is not None:
                loss = loss + HINT * self.distance(place, outputs[place], goal)
        loss.backward()
        return total

    def report(self) -> str:
        """Loss on pictures that were held out, and accuracy where pairs were given."""
        pixels = middle(self.held, self.student.height, self.student.width, 'held out')
        loss = 1 - float((embed(self.student, pixels) * self.goals).sum(1).mean())
        told = f'  verification {self.pairs.accuracy(self.student)}' if self.pairs else ''
        return f'held-out 1 - cosine {loss:.4f}{told}'


def start_scales(run: Distillation) -> None:
    """Starts a fresh student from data, stage by stage, so that each one's output is spread as the teacher's."""
    value = run.batch(0)
    with torch.no_grad():
        features = run.teacher.features(value)
        given = run.crop(value)
        for place, (stage, goal) in enumerate(zip(run.student.stages(), run._stage_goals(features, value))):
            stage(given)
            block = stage if isinstance(stage, Bottleneck) else None
            layer = block.proj if block else (run.student.blocks[0].proj if place == 0 else run.student.fc)
            change = (goal - given if block and block.shortcut else goal).float()
            dims = (0, 2, 3) if change.dim() == 4 else (0,)
            deviation = change.std(dims)
            layer.weight *= deviation.view(-1, 1, 1, 1)
            layer.bias.copy_(layer.bias * deviation + change.mean(dims))
            given = goal.clone()


def schedule(share: float, peak: float) -> float:
    """Up in the first fiftieth, then down half a cosine."""
    if share < WARM_UP:
        return peak * share / WARM_UP
    return max(peak * FLOOR, peak * 0.5 * (1 + cos(pi * (share - WARM_UP) / (1 - WARM_UP))))


def optimiser(student: Network) -> torch.optim.AdamW:
    decayed = [parameter for parameter in student.parameters() if parameter.dim() > 1]
    others = [parameter for parameter in student.parameters() if parameter.dim() == 1]
    return torch.optim.AdamW([{'params': decayed, 'weight_decay': DECAY}, {'params': others, 'weight_decay': 0.0}],
                             betas=(0.9, 0.99))


def distil(run: Distillation, out: Path, told_every: float, save_every: float) -> None:
    """Runs what is left of the plan, or goes on where the checkpoint `out` stands."""
    plan, student = run.plan, run.student
    updates = optimiser(student)
    if out.exists():
        state = checkpoint.load(out)
        if state.get('plan') != plan or state['network'] != run.name:
            raise TrainingError(f'{out}: was begun with other options; name another --out, or give its own: '
                                f'{state["network"]}, {state.get("plan")}.')
        student.load_state_dict(state['weights'])
        updates.load_state_dict(state['updates'])
        run.samples, run.variances = state['samples'], state['variances']
        for _, layer in student.layers():
            layer.started = True
    elif plan.stage_samples > 0 and not all(layer.started for _, layer in student.layers()):
        start_scales(run)
    total = plan.stage_samples + plan.whole_samples
    stop, told, saved, began, first, losses = Stop(), Clock(told_every), Clock(save_every), time.monotonic(), run.samples, []

    def save() -> None:
        checkpoint.save(out, {'network': run.name, 'norm': False, 'weights': student.state_dict(),
                              'updates': updates.state_dict(), 'samples': run.samples, 'variances': run.variances,
                              'plan': plan})

    while run.samples < total:
        by_stages = run.samples < plan.stage_samples
        if not by_stages and run.samples - BATCH < plan.stage_samples and plan.stage_samples > 0:
            updates = optimiser(student)
        done = run.samples if by_stages else run.samples - plan.stage_samples
        share = done / (plan.stage_samples if by_stages else plan.whole_samples)
        rate = schedule(share, plan.stage_peak if by_stages else plan.whole_peak)
        for group in updates.param_groups:
            group['lr'] = max(rate, 1e-8)
        updates.zero_grad(set_to_none=True)
        value = run.batch(run.samples // BATCH)
        losses.append(run.stage_loss(value) if by_stages else run.whole_loss(value))
        torch.nn.utils.clip_grad_norm_(student.parameters(), 5.0 if by_stages else 3.0)
        updates.step()
        run.samples += BATCH
        if not np.isfinite(losses[-1]):
            raise TrainingError(f'after {run.samples} samples the loss is {losses[-1]}; try a smaller --peak.')
        if told.rings():
            seconds = time.monotonic() - began
            left = seconds / (run.samples - first) * (total - run.samples)
            say(f'{run.samples}/{total}  {"stages" if by_stages else "whole"}  loss {np.mean(losses):.4f}  rate {rate:.2g}  '
                f'{(run.samples - first) / seconds:.0f} images/s  {duration(left)} left')
            losses = []
        if stop.asked or saved.rings():
            save()
            say(f'saved after {run.samples} samples: {run.report()}')
        if stop.asked:
            say('stopped; the same command goes on')
            return
    save()
    say(f'done after {run.samples} samples: {run.report()}')


def student_from(name: str, begin: Path | None) -> Network:
    """A student with random weights, or with those of a weights file of this package."""
    student = build(name, norm=False)
    if begin is not None:
        tensors, _ = safetensors.read(begin)
        load_folded(student, tensors, str(begin))
    return student
