"""The commands: their options, and what they call."""
from __future__ import annotations

import argparse
import json
from argparse import ArgumentParser, Namespace
from pathlib import Path

import torch

from .distil.run import CONTINUED_PEAK, FRESH_PEAK, Distillation, Plan, distil, load_pictures, student_from
from .distil.teacher import Teacher, native_file
from .errors import TrainingError
from .export import network_of, write
from .networks import TABLE_2, build, count
from .pipeline import run_all
from .toy import draw_people, write_pairs
from .train import Recipe, Settings, train
from .verification import PairSet

CPU_FLAGS = Path('/proc/cpuinfo')


def has_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 by itself, so that it is faster than float32."""
    try:
        flags = CPU_FLAGS.read_text(encoding='ascii', errors='replace').split()
    except OSError:
        return False
    return 'amx_bf16' in flags or 'avx512_bf16' in flags


def _pairs(options: Namespace) -> tuple[Path, Path] | None:
    if (options.pairs is None) != (options.images is None):
        raise TrainingError('--pairs and --images go together; one of them is missing.')
    return None if options.pairs is None else (options.pairs, options.images)


def _settings(options: Namespace) -> Settings:
    if min(options.iterations, options.batch - 1, options.evaluate_every) < 1:
        raise TrainingError('--iterations and --evaluate-every must be at least 1, and --batch at least 2.')
    recipe = Recipe(options.network, options.iterations, options.batch, options.rate, options.scale, options.margin,
                    options.seed)
    device = options.device or ('cuda' if torch.cuda.is_available() else 'cpu')
    if device.startswith('cuda') and not torch.cuda.is_available():
        raise TrainingError(f'--device is {device}, but this PyTorch finds no GPU; accepted is cpu.')
    return Settings(recipe, device, options.readers, options.evaluate_every, options.save_seconds)


def _all(options: Namespace) -> None:
    found = run_all(options.pictures, options.out, options.aligned, _settings(options), _pairs(options), options.licence)
    print(json.dumps(found, ensure_ascii=False, indent=2))


def _toy(options: Namespace) -> None:
    people, pictures = 8, 12
    if not (options.out / 'pairs.txt').exists():
        draw_people(options.out / 'people', people, pictures, seed=1)
        write_pairs(options.out / 'pairs.txt', draw_people(options.out / 'others', people, pictures, seed=2), pictures)
    settings = Settings(Recipe('MobileFaceNet (96×96)', options.iterations, batch=16, rate=0.02), readers=0)
    pairs = (options.out / 'pairs.txt', options.out / 'others')
    licence = 'Toy weights that learnt from drawings: of no use for faces.'
    found = run_all(options.out / 'people', options.out, True, settings, pairs, licence)
    print(json.dumps(found, ensure_ascii=False, indent=2))


def _distil(options: Namespace) -> None:
    teacher = Teacher(native_file(options.teacher, options.out, options.normalise), options.bfloat16)
    pixels = load_pictures(options.data, teacher.height, teacher.width)
    steps = options.step_samples if options.step_samples is not None else (0 if options.begin else Plan.step_samples)
    peak = options.peak if options.peak is not None else (CONTINUED_PEAK if options.begin else FRESH_PEAK)
    plan = Plan(steps, options.samples, whole_peak=peak, batch=options.batch, held_out=options.held_out, seed=options.seed)
    torch.manual_seed(options.seed)
    student = student_from(options.network, options.begin)
    pairs = _pairs(options)
    held = PairSet(*pairs, student, torch.device('cpu')) if pairs else None
    run = Distillation(student, teacher, pixels, plan, options.bfloat16)
    distil(run, options.out, options.begin, held, options.save_seconds)


def _evaluate(options: Namespace) -> None:
    network = network_of(options.checkpoint)
    print(PairSet(options.pairs, options.images, network, torch.device('cpu')).measure(network))


def _networks(options: Namespace) -> None:
    rows = [dict(zip(('network', 'parameters', 'madds'), (name, *count(build(name))))) for name in TABLE_2]
    if options.json:
        print(json.dumps({'rows': rows}, ensure_ascii=False))
        return
    for row in rows:
        print(f'{row["network"]:36} {row["parameters"]:>10,} parameters {row["madds"]:>12,} multiply-adds')


def _add_pairs(parser: ArgumentParser, required: bool = False) -> None:
    parser.add_argument('--pairs', type=Path, required=required, metavar='LIST',
                        help="a list of pairs like LFW's pairs.txt, to measure accuracy on")
    parser.add_argument('--images', type=Path, required=required, metavar='FOLDER', help='its pictures, aligned')


def _add_recipe(parser: ArgumentParser) -> None:
    def add(name: str, kind: type, default: object, text: str = '') -> None:
        parser.add_argument(name, type=kind, default=default, metavar='N', help=f'{text} (default: {default})'.strip())

    parser.add_argument('--network', default=Recipe.network, metavar='ROW', help='a row of Table 2 (default: %(default)s)')
    add('--iterations', int, Recipe.iterations, 'the learning rate falls at 36, 52 and 58 sixtieths of them')
    add('--batch', int, Recipe.batch, 'pictures of an iteration')
    add('--rate', float, Recipe.rate, 'the first learning rate')
    add('--scale', float, Recipe.scale, "ArcFace's")
    add('--margin', float, Recipe.margin, "ArcFace's, in radians")
    add('--seed', int, Recipe.seed)
    add('--readers', int, Settings.readers, 'processes that decode pictures')
    add('--evaluate-every', int, Settings.evaluate_every, 'iterations from one measurement on pairs to the next')
    add('--save-seconds', float, Settings.save_seconds, 'from one checkpoint to the next')
    parser.add_argument('--device', help='cpu or cuda (default: cuda where there is a GPU)')
    _add_pairs(parser)


def _add_all(parser: ArgumentParser) -> None:
    parser.add_argument('pictures', type=Path, help='a folder with a folder of pictures for each person')
    parser.add_argument('--out', type=Path, required=True, metavar='FOLDER', help='for everything that is made')
    parser.add_argument('--aligned', action='store_true', help='the pictures are aligned crops already')
    parser.add_argument('--licence', help="for the model's card: on what terms the weights may be used")
    _add_recipe(parser)


def _add_toy(parser: ArgumentParser) -> None:
    parser.add_argument('--out', type=Path, required=True, metavar='FOLDER', help='for everything that is made')
    parser.add_argument('--iterations', type=int, default=30, metavar='N', help='(default: %(default)s)')


def _add_train(parser: ArgumentParser) -> None:
    parser.add_argument('--data', type=Path, required=True, metavar='FOLDER',
                        help='a folder with a folder of aligned pictures for each person')
    parser.add_argument('--out', type=Path, required=True, metavar='FILE', help='the checkpoint; an existing one is gone on with')
    _add_recipe(parser)


def _add_distil(parser: ArgumentParser) -> None:
    parser.add_argument('--teacher', type=Path, required=True, metavar='FILE', help='a native model file, or an ONNX file')
    parser.add_argument('--normalise', metavar='MEAN/DIVISOR', help="an ONNX teacher's input, as `mobilefacenet import` takes it")
    parser.add_argument('--data', type=Path, required=True, metavar='FOLDER',
                        help="aligned pictures of the teacher's size, or a .npy of their bytes; nobody needs to be named")
    parser.add_argument('--out', type=Path, required=True, metavar='FILE', help='the checkpoint; an existing one is gone on with')
    parser.add_argument('--begin', type=Path, metavar='FILE', help='a weights file of the same network to go on from')
    parser.add_argument('--network', default='MobileFaceNet', metavar='ROW', help='a row of Table 2 (default: %(default)s)')
    parser.add_argument('--step-samples', type=int, metavar='N',
                        help=f'of the first phase (default: {Plan.step_samples}; with --begin 0)')
    parser.add_argument('--samples', type=int, default=Plan.whole_samples, metavar='N',
                        help='of the whole network (default: %(default)s)')
    parser.add_argument('--peak', type=float, metavar='RATE',
                        help=f"the whole network's learning rate (default: {FRESH_PEAK}; with --begin {CONTINUED_PEAK})")
    parser.add_argument('--batch', type=int, default=Plan.batch, metavar='N', help='(default: %(default)s)')
    parser.add_argument('--held-out', type=int, default=Plan.held_out, metavar='N',
                        help='the first pictures, which are never learnt from (default: %(default)s)')
    parser.add_argument('--bfloat16', action=argparse.BooleanOptionalAction, default=has_bfloat16(),
                        help='values in bfloat16, weights in float32 (default: where the processor multiplies bfloat16)')
    parser.add_argument('--seed', type=int, default=Plan.seed, metavar='N', help='(default: %(default)s)')
    parser.add_argument('--save-seconds', type=float, default=600, metavar='N', help='(default: %(default)s)')
    _add_pairs(parser)


def _add_export(parser: ArgumentParser) -> None:
    parser.add_argument('checkpoint', type=Path)
    parser.add_argument('--out', type=Path, required=True, metavar='FILE.safetensors', help='for `mobilefacenet import`')
    parser.add_argument('--reference', type=Path, metavar='FILE.safetensors',
                        help='also an input with its embedding, for `mobilefacenet import --verify`')


def _add_evaluate(parser: ArgumentParser) -> None:
    parser.add_argument('checkpoint', type=Path)
    _add_pairs(parser, required=True)


def _add_networks(parser: ArgumentParser) -> None:
    parser.add_argument('--json', action='store_true')


def _export(options: Namespace) -> None:
    write(network_of(options.checkpoint), options.out, options.reference)


def _train(options: Namespace) -> None:
    train(options.data, options.out, _settings(options), _pairs(options))


COMMANDS = (
    ('all', 'from a folder of pictures to a decision: align, train, export, import, verify', _add_all, _all),
    ('toy', 'all of that on drawn people, in about a minute', _add_toy, _toy),
    ('train', "train a network on named pictures (the paper's section 4.1)", _add_train, _train),
    ('distil', 'learn the embeddings of a teacher network, from unnamed pictures', _add_distil, _distil),
    ('evaluate', 'measure the accuracy of a checkpoint on a list of pairs', _add_evaluate, _evaluate),
    ('export', 'write the weights of a checkpoint for `mobilefacenet import`', _add_export, _export),
    ('networks', 'print the parameters and multiply-adds of Table 2', _add_networks, _networks),
)


def parse(arguments: list[str] | None = None) -> Namespace:
    """The options of a command; `run` is what carries it out."""
    parser = ArgumentParser(prog='python3 -m training', description='Trains face embedders for mobilefacenet.')
    commands = parser.add_subparsers(required=True, metavar='COMMAND')
    for name, text, add, run in COMMANDS:
        command = commands.add_parser(name, help=text, description=f'{text[0].upper()}{text[1:]}.')
        add(command)
        command.set_defaults(run=run)
    return parser.parse_args(arguments)
