"""The two phases of a distillation: steps by themselves, then the whole network; saved, resumed and reported."""
from __future__ import annotations

from dataclasses import asdict, dataclass
from math import cos, pi
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .. import checkpoint, safetensors
from ..errors import TrainingError
from ..export import load_folded
from ..networks import MobileFaceNet, build
from ..pictures import batch_places, check_sizes, middle, pictures_in, read_picture, to_input
from ..progress import Clock, Meter, Stop, say
from ..verification import PairSet, embed
from .augment import augment
from .lesson import Lesson
from .teacher import Teacher

WARM_UP = 0.02
# Least learning rate as a share of the peak.
FLOOR = 2e-3
DECAY = 1e-3
# Largest norms of the gradients.
CLIP_STEPS, CLIP_WHOLE = 5.0, 3.0
# Peak learning rates of the whole network: after the steps, and of weights that were trained before.
FRESH_PEAK, CONTINUED_PEAK = 1.5e-3, 9e-4


@dataclass(frozen=True)
class Plan:
    """How long the phases last, in samples, and their peak learning rates."""

    step_samples: int = 74_000
    whole_samples: int = 160_000
    step_peak: float = 3e-3
    whole_peak: float = FRESH_PEAK
    batch: int = 64
    held_out: int = 1000
    seed: int = 1


def load_pictures(source: Path, height: int, width: int) -> np.ndarray:
    """Bytes `[N, height, width, 3]`: a `.npy` of them, mapped, or all pictures below a folder. Raises TrainingError."""
    if source.suffix != '.npy':
        paths = pictures_in(source)
        check_sizes(paths, height, width)
        return np.stack([read_picture(path, height, width) for path in paths]) if paths else np.zeros((0, 1, 1, 3))
    try:
        pixels = np.load(source, mmap_mode='r')
    except (OSError, ValueError) as error:
        raise TrainingError(f'{source}: cannot be read as an array of numpy.') from error
    if pixels.dtype != np.uint8 or pixels.ndim != 4 or pixels.shape[1:] != (height, width, 3):
        raise TrainingError(f'{source}: is {pixels.dtype} {list(pixels.shape)}; uint8 [N, {height}, {width}, 3] is needed.')
    return pixels


def student_from(row: str, begin: Path | None) -> MobileFaceNet:
    """A student with random weights, or with those of a weights file of this package. Raises TrainingError."""
    student = build(row, norm=False)
    if not isinstance(student, MobileFaceNet):
        raise TrainingError(f'network "{row}" cannot be distilled; accepted are the MobileFaceNets of Table 2.')
    if begin is not None:
        load_folded(student, safetensors.read(begin)[0], str(begin))
    return student


def rate_at(share: float, peak: float) -> float:
    """Up in the first fiftieth of a phase, then down half a cosine."""
    if share < WARM_UP:
        return max(peak * FLOOR, peak * share / WARM_UP)
    return max(peak * FLOOR, peak * 0.5 * (1 + cos(pi * (share - WARM_UP) / (1 - WARM_UP))))


def optimiser(student: MobileFaceNet) -> torch.optim.AdamW:
    decayed = [parameter for parameter in student.parameters() if parameter.dim() > 1]
    others = [parameter for parameter in student.parameters() if parameter.dim() == 1]
    return torch.optim.AdamW([{'params': decayed, 'weight_decay': DECAY}, {'params': others, 'weight_decay': 0.0}],
                             betas=(0.9, 0.99))


class Distillation:
    """A distillation on its way: all that a checkpoint holds."""

    def __init__(self, student: MobileFaceNet, teacher: Teacher, pixels: np.ndarray, plan: Plan, half: bool) -> None:
        if len(pixels) < plan.held_out + plan.batch or plan.held_out < 1:
            raise TrainingError(f'{len(pixels)} pictures with {plan.held_out} held out; at least one must be held out and '
                                f'{plan.batch} be left.')
        self.student, self.plan, self.samples = student, plan, 0
        self.held, self.pixels = pixels[:plan.held_out], pixels[plan.held_out:]
        self.lesson = Lesson(student, teacher, half)
        self.updates = optimiser(student)
        parts = [teacher.features(to_input(self.held[at:at + 64]))[1].float() for at in range(0, len(self.held), 64)]
        self.goals = F.normalize(torch.cat(parts)).numpy()

    def batch(self) -> Tensor:
        """Fresh views of the next pictures; the same ones after a restart."""
        step, plan = self.samples // self.plan.batch, self.plan
        generator = torch.Generator().manual_seed(plan.seed * 1_000_003 + step)
        places = batch_places(step, len(self.pixels), plan.batch, plan.seed)
        return augment(to_input(self.pixels[places]), generator)

    def start(self) -> None:
        """Starts a fresh student. Raises TrainingError where the teacher has no map for each step."""
        if not self.lesson.has_all_maps:
            raise TrainingError('the teacher has no feature map for each step of the student, such as another '
                                'MobileFaceNet has; begin with trained weights (--begin).')
        self.lesson.start(self.batch())

    def learn(self) -> tuple[float, float, str]:
        """One batch; gives the loss, the learning rate and the phase."""
        plan, left = self.plan, self.samples - self.plan.step_samples
        by_steps = left < 0
        if 0 <= left < plan.batch:
            self.updates = optimiser(self.student)
        share = self.samples / plan.step_samples if by_steps else left / plan.whole_samples
        rate = rate_at(share, plan.step_peak if by_steps else plan.whole_peak)
        for group in self.updates.param_groups:
            group['lr'] = rate
        self.updates.zero_grad(set_to_none=True)
        loss = (self.lesson.learn_steps if by_steps else self.lesson.learn_whole)(self.batch())
        if not np.isfinite(loss):
            raise TrainingError(f'after {self.samples} samples the loss is {loss}; try a smaller --peak.')
        torch.nn.utils.clip_grad_norm_(self.student.parameters(), CLIP_STEPS if by_steps else CLIP_WHOLE)
        self.updates.step()
        self.samples += plan.batch
        return loss, rate, 'steps' if by_steps else 'whole'

    def held_out_loss(self) -> float:
        """1 - cosine to the teacher on the pictures that were held out."""
        found = embed(self.student, middle(self.held, self.student.height, self.student.width, 'held out'))
        return 1 - float((found * self.goals).sum(1).mean())

    def save(self, path: Path) -> None:
        checkpoint.save(path, {
            'network': self.student.row, 'norm': False, 'weights': self.student.state_dict(),
            'updates': self.updates.state_dict(), 'samples': self.samples, 'variances': self.lesson.variances,
            'plan': asdict(self.plan)})

    def resume(self, path: Path) -> None:
        """Goes on from a checkpoint of the same plan. Raises TrainingError for another."""
        state = checkpoint.load(path)
        if state.get('plan') != asdict(self.plan) or state['network'] != self.student.row:
            raise TrainingError(f'{path}: was begun with other options ({state["network"]}, {state.get("plan")}); give '
                                'those, or name another --out.')
        self.student.load_state_dict(state['weights'])
        self.updates.load_state_dict(state['updates'])
        self.samples, self.lesson.variances = state['samples'], state['variances']
        for _, layer in self.student.layers():
            layer.started = True


def distil(run: Distillation, out: Path, begin: Path | None, pairs: PairSet | None, save_seconds: float) -> bool:
    """Runs what is left of the plan, or goes on where the checkpoint `out` stands; whether the end was reached."""
    total, batch = run.plan.step_samples + run.plan.whole_samples, run.plan.batch
    if out.exists():
        run.resume(out)
    elif begin is None:
        run.start()

    def report() -> None:
        told = f', verification {pairs.measure(run.student)}' if pairs else ''
        say(f'{run.samples} samples: held-out 1 - cosine {run.held_out_loss():.4f}{told}')

    stop, saved = Stop(), Clock(save_seconds)
    meter = Meter(run.samples // batch, -(-total // batch), batch)
    while run.samples < total and not stop.asked:
        loss, rate, phase = run.learn()
        meter.add(loss, run.samples // batch, rate, f'{phase} ')
        if saved.rings():
            run.save(out)
            report()
    run.save(out)
    report()
    if run.samples < total:
        say(f'stopped after {run.samples} samples; the same command goes on')
    return run.samples >= total
