"""The command line: `python3 -m training train | distil | export | evaluate | networks`."""
from __future__ import annotations

import argparse
import json
import shlex
import sys
from pathlib import Path

import torch

from .distil.run import Distillation, Plan, distil, load_pictures, student_from
from .distil.teacher import IMPORT, Teacher
from .errors import TrainingError
from .export import network_of, write
from .networks import TABLE_2, build, count
from .train import Recipe, train
from .verification import PairSet


def _add_pairs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('--pairs', type=Path, help='a list of pairs as LFW\'s pairs.txt, to measure accuracy on')
    parser.add_argument('--images', type=Path, help='the folder of its aligned pictures')


def _pairs(options: argparse.Namespace) -> tuple[Path, Path] | None:
    if (options.pairs is None) != (options.images is None):
        raise TrainingError('--pairs and --images go together.')
    return None if options.pairs is None else (options.pairs, options.images)


def _train(options: argparse.Namespace) -> None:
    recipe = Recipe(options.network, options.iterations, options.batch, options.rate, options.scale, options.margin,
                    options.seed)
    train(options.data, options.out, recipe, _pairs(options), options.readers, options.evaluate_every,
          options.save_seconds)


def _distil(options: argparse.Namespace) -> None:
    half = options.bfloat16
    extra = ('--normalise', options.normalise) if options.normalise else ()
    teacher = Teacher(options.teacher, half, tuple(shlex.split(options.library)), extra)
    if teacher.height != teacher.width:
        raise TrainingError(f'{options.teacher}: takes {teacher.height}×{teacher.width}; a square teacher is needed.')
    stages = 0 if options.begin else options.stage_samples
    peak = options.peak if options.peak is not None else (9e-4 if options.begin else Plan.whole_peak)
    plan = Plan(stages, options.samples, whole_peak=peak, held_out=options.held_out, seed=options.seed)
    torch.manual_seed(options.seed)
    student = student_from(options.network, options.begin)
    pairs = _pairs(options)
    held = PairSet(*pairs, student, torch.device('cpu')) if pairs else None
    run = Distillation(student, options.network, teacher, load_pictures(options.data, teacher.height), plan, half, held)
    distil(run, options.out, 10, options.save_seconds)


def _evaluate(options: argparse.Namespace) -> None:
    network = network_of(options.checkpoint)
    print(PairSet(options.pairs, options.images, network, torch.device('cpu')).accuracy(network))


def _networks(options: argparse.Namespace) -> None:
    rows = [dict(zip(('network', 'parameters', 'madds'), (name, *count(build(name))))) for name in TABLE_2]
    if options.json:
        print(json.dumps({'rows': rows}, ensure_ascii=False))
        return
    for row in rows:
        print(f'{row["network"]:36} {row["parameters"]:>10,} parameters {row["madds"]:>12,} multiply-adds')


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog='python3 -m training', description=__doc__.partition(':')[0] + '.')
    commands = parser.add_subparsers(required=True, metavar='COMMAND')

    command = commands.add_parser('train', help='train a network on named pictures (the paper, section 4.1)')
    command.add_argument('--data', type=Path, required=True, help='a folder with a folder of aligned pictures a person')
    command.add_argument('--out', type=Path, required=True, help='the checkpoint; an existing one is gone on with')
    command.add_argument('--network', default=Recipe.network, help='a row of Table 2 (default: %(default)s)')
    command.add_argument('--iterations', type=int, default=Recipe.iterations)
    command.add_argument('--batch', type=int, default=Recipe.batch)
    command.add_argument('--rate', type=float, default=Recipe.rate, help='first learning rate (default: %(default)s)')
    command.add_argument('--scale', type=float, default=Recipe.scale, help='of ArcFace (default: %(default)s)')
    command.add_argument('--margin', type=float, default=Recipe.margin, help='of ArcFace, radians (default: %(default)s)')
    command.add_argument('--seed', type=int, default=Recipe.seed)
    command.add_argument('--readers', type=int, default=2, help='processes that decode pictures (default: %(default)s)')
    command.add_argument('--evaluate-every', type=int, default=2000, help='iterations (default: %(default)s)')
    command.add_argument('--save-seconds', type=float, default=300, help='between checkpoints (default: %(default)s)')
    _add_pairs(command)
    command.set_defaults(run=_train)

    command = commands.add_parser('distil', help='learn the embeddings of a teacher network, from unnamed pictures')
    command.add_argument('--teacher', type=Path, required=True, help='a native model file, or an ONNX file')
    command.add_argument('--normalise', help='MEAN/DIVISOR of an ONNX teacher\'s input, as `mobilefacenet import` takes it')
    command.add_argument('--library', default=' '.join(IMPORT), help='the library\'s command (default: %(default)s)')
    command.add_argument('--data', type=Path, required=True,
                         help='a folder of aligned pictures of the teacher\'s size, or a .npy of their bytes')
    command.add_argument('--out', type=Path, required=True, help='the checkpoint; an existing one is gone on with')
    command.add_argument('--begin', type=Path, help='a weights file of this network to begin with, in place of stages')
    command.add_argument('--network', default='MobileFaceNet', help='a row of Table 2 (default: %(default)s)')
    command.add_argument('--stage-samples', type=int, default=Plan.stage_samples, help='(default: %(default)s)')
    command.add_argument('--samples', type=int, default=Plan.whole_samples, help='of the whole network (default: %(default)s)')
    command.add_argument('--peak', type=float, help='peak learning rate (default: 0.0015; with --begin 0.0009)')
    command.add_argument('--held-out', type=int, default=Plan.held_out, help='pictures never trained on (default: %(default)s)')
    command.add_argument('--bfloat16', action='store_true',
                         help='faster where the processor has bfloat16 products, such as AMX')
    command.add_argument('--seed', type=int, default=Plan.seed)
    command.add_argument('--save-seconds', type=float, default=600, help='between checkpoints (default: %(default)s)')
    _add_pairs(command)
    command.set_defaults(run=_distil)

    command = commands.add_parser('export', help='write the weights of a checkpoint for `mobilefacenet import`')
    command.add_argument('checkpoint', type=Path)
    command.add_argument('--out', type=Path, required=True, help='FILE.safetensors')
    command.add_argument('--reference', type=Path, help='also write an input with its embedding, for `import --verify`')
    command.set_defaults(run=lambda options: write(network_of(options.checkpoint), options.out, options.reference))

    command = commands.add_parser('evaluate', help='measure the accuracy of a checkpoint on a list of pairs')
    command.add_argument('checkpoint', type=Path)
    _add_pairs(command)
    command.set_defaults(run=_evaluate)

    command = commands.add_parser('networks', help='print the parameters and multiply-adds of Table 2')
    command.add_argument('--json', action='store_true')
    command.set_defaults(run=_networks)
    return parser


def main() -> int:
    options = _parser().parse_args()
    try:
        options.run(options)
    except TrainingError as error:
        print(f'error: {error}', file=sys.stderr)
        return 2
    return 0


sys.exit(main())
