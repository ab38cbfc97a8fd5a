"""What a student learns from a batch: step by step on the teacher's own feature maps, or as a whole with hints."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from ..errors import TrainingError
from ..layers import Bottleneck
from ..networks import MobileFaceNet
from .hints import matches, middle_of, shapes_of
from .teacher import Teacher

# Weights of the whole network's losses: one hint, and 1 - cosine.
HINT, COSINE = 0.06, 2.0
# Rows of a feature map above which a step learns from a part of the batch: large maps hold enough to learn from.
LARGE, MEDIUM = 20, 10


class Lesson:
    """A student beside its teacher; losses add to the gradients of the student's parameters."""

    def __init__(self, student: MobileFaceNet, teacher: Teacher, half: bool) -> None:
        self.student, self.teacher, self.half = student, teacher, half
        own, taught = (student.height, student.width), (teacher.height, teacher.width)
        if own[0] > taught[0] or own[1] > taught[1]:
            raise TrainingError(f'{student.row} takes {own[0]}×{own[1]} pixels; a teacher of that size or a larger one is '
                                f'needed, and this one takes {taught[0]}×{taught[1]}.')
        self.shapes = shapes_of(student)
        maps, embedding = teacher.features(torch.zeros(1, 3, *taught))
        if embedding.shape != self.shapes[-1]:
            raise TrainingError(f'{student.row} gives {self.shapes[-1][1]} numbers and the teacher {embedding.shape[1]}; '
                                'as many are needed.')
        self.places = matches(self.shapes[:-1], [part.shape for part in maps], own, taught)
        # The teacher's variance at each step, measured on the first batch.
        self.variances: dict[str, float] = {}

    @property
    def has_all_maps(self) -> bool:
        """Whether the teacher has a feature map for each step, so that steps can learn by themselves."""
        return None not in self.places

    def given(self, value: Tensor) -> Tensor:
        """The student's part of the teacher's inputs."""
        part = middle_of(value, self.student.height, self.student.width)
        return part.bfloat16() if self.half else part

    def goals(self, value: Tensor) -> list[Tensor | None]:
        """What each step should give, the embedding last; nothing where the teacher has no such map."""
        maps, embedding = self.teacher.features(value)
        chosen = [None if place is None else middle_of(maps[place], *shape[2:])
                  for place, shape in zip(self.places, self.shapes)]
        return [*chosen, embedding]

    def _distance(self, what: str, value: Tensor, goal: Tensor) -> Tensor:
        """Mean squared difference as a share of the goal's variance."""
        if what not in self.variances:
            channels = goal.float().transpose(0, 1).flatten(1)
            self.variances[what] = float(channels.var(1, unbiased=False).mean())
        return (value - goal).float().square().mean() / self.variances[what]

    def learn_steps(self, value: Tensor) -> float:
        """Each step learns the teacher's map of features to features; gives the mean of their losses."""
        given, losses = self.given(value), []
        for place, (step, goal) in enumerate(zip(self.student.steps(), self.goals(value))):
            rows = goal.shape[2] if goal.dim() == 4 else 1
            count = len(goal) * 3 // 8 if rows > LARGE else len(goal) * 3 // 4 if rows > MEDIUM else len(goal)
            inputs, part = given[:count], goal[:count]
            block = self._block(place)
            if block and block.shortcut:
                loss = self._distance(f'step {place}', block.branch(inputs), part - inputs)
            else:
                result = step(inputs)
                loss = self._distance(f'step {place}', result, part)
                if goal.dim() == 2:
                    loss = loss + (1 - F.cosine_similarity(result.float(), part.float())).mean()
            loss.backward()
            losses.append(float(loss.detach()))
            given = goal
        return sum(losses) / len(losses)

    def learn_whole(self, value: Tensor) -> float:
        """The whole network learns the embedding, with hints on its steps; gives 1 - cosine."""
        result, loss, goals = self.given(value), torch.zeros(()), self.goals(value)
        for place, (step, goal) in enumerate(zip(self.student.steps(), goals)):
            result = step(result)
            if goal is not None and goal.dim() == 4:
                loss = loss + HINT * self._distance(f'hint {place}', result, goal)
        distance = (1 - F.cosine_similarity(result.float(), goals[-1].float())).mean()
        (loss + COSINE * distance).backward()
        return float(distance.detach())

    @torch.no_grad()
    def start(self, value: Tensor) -> None:
        """Starts a fresh student from data, step by step, each output spread as the teacher's."""
        given = middle_of(value, self.student.height, self.student.width)
        for place, (step, goal) in enumerate(zip(self.student.steps(), self.goals(value))):
            step(given)
            block, goal = self._block(place), goal.float()
            change = goal - given if block and block.shortcut else goal
            others = (0, *range(2, goal.dim()))
            last = block.proj if block else [layer for _, layer in self.student.layers()][-1]
            last.weight *= change.std(others).view(-1, 1, 1, 1)
            last.bias.copy_(last.bias * change.std(others) + change.mean(others))
            given = goal

    def _block(self, place: int) -> Bottleneck | None:
        """The bottleneck that a step ends in; the last step has none."""
        blocks = self.student.blocks
        return blocks[place] if place < len(blocks) else None
