"""The parts of `training/`, each against its formula, its paper or another engine: run by `units.test.ts`."""
import json
import math
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

from training import safetensors
from training.activation import bias_activation
from training.arcface import ArcFace
from training.distil.augment import augment
from training.distil.hints import matches, middle_of, shapes_of
from training.distil.run import student_from
from training.distil.teacher import Teacher
from training.errors import TrainingError
from training.export import state_dictionary
from training.networks import build
from training.pictures import batch_places, check_size, read_picture, to_input
from training.toy import draw_people
from training.train import Recipe, optimiser, rate_at
from training.verification import measure, read_pairs

ROOT = Path(__file__).resolve().parent.parent.parent
WEIGHTS = ROOT / 'weights' / 'mobilefacenet.safetensors'


class Section41(unittest.TestCase):
    """What the paper prescribes."""

    def test_learning_rate(self) -> None:
        rates = [rate_at(Recipe(), at) for at in (0, 35_999, 36_000, 51_999, 52_000, 57_999, 58_000, 59_999)]
        for found, expected in zip(rates, (0.1, 0.1, 0.01, 0.01, 0.001, 0.001, 0.0001, 0.0001)):
            self.assertAlmostEqual(found, expected, 9)

    def test_momentum_and_decay(self) -> None:
        network = build('MobileFaceNet')
        loss = ArcFace(128, 5)
        sgd = optimiser(network, loss)
        decays = {id(parameter): group['weight_decay'] for group in sgd.param_groups for parameter in group['params']}
        self.assertEqual({group['momentum'] for group in sgd.param_groups}, {0.9})
        self.assertEqual((decays[id(network.fc.weight)], decays[id(loss.centres)]), (4e-4, 4e-4))
        self.assertEqual((decays[id(network.gdc.weight)], decays[id(network.conv1.weight)]), (4e-5, 4e-5))
        self.assertEqual(len(decays), len(list(network.parameters())) + 1)
        self.assertEqual((Recipe().batch, Recipe().iterations, Recipe().scale, Recipe().margin), (512, 60_000, 64, 0.5))

    def test_arcface(self) -> None:
        generator = np.random.default_rng(1)
        values, centres = generator.normal(size=(6, 4)), generator.normal(size=(3, 4))
        values[5] = values[5] * 0.1 - centres[2]
        labels = [0, 1, 2, 0, 1, 2]
        expected = []
        for value, label in zip(values, labels):
            angles = [math.acos(np.dot(value, c) / np.linalg.norm(value) / np.linalg.norm(c)) for c in centres]
            within = angles[label] + 0.5 <= math.pi
            right = math.cos(angles[label] + 0.5) if within else math.cos(angles[label]) - 0.5 * math.sin(0.5)
            logits = [64 * (right if k == label else math.cos(angle)) for k, angle in enumerate(angles)]
            expected.append(math.log(sum(math.exp(logit - max(logits)) for logit in logits)) + max(logits) - logits[label])
        loss = ArcFace(4, 3).double()
        loss.centres.data = torch.tensor(centres)
        found = [float(loss(torch.tensor(value)[None].double(), torch.tensor([label])).detach())
                 for value, label in zip(values, labels)]
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


class Data(unittest.TestCase):
    def test_every_picture_once_an_epoch(self) -> None:
        places = np.concatenate([batch_places(step, 10, 4, seed=3) for step in range(5)])
        self.assertEqual([sorted(places[:10]), sorted(places[10:])], [list(range(10))] * 2)
        self.assertNotEqual(places[:10].tolist(), places[10:].tolist())

    def test_sizes(self) -> None:
        check_size(112, 112, 96, 96, 'a')
        check_size(112, 96, 112, 96, 'a')
        for rows, columns in ((96, 96), (250, 250), (113, 112)):
            self.assertRaisesRegex(TrainingError, f'a: is {rows}×{columns} pixels', check_size, rows, columns, 112, 112, 'a')

    def test_pairs(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            a, b = draw_people(folder, 2, 2)
            lines = [f'{a}\t1\t2', f'{a}\t1\t{b}\t2'] * 5
            (folder / 'pairs.txt').write_text('10\t5\n' + '\n'.join(lines))
            paths, pairs = read_pairs(folder / 'pairs.txt', folder)
            self.assertEqual((len(paths), pairs[0].tolist(), pairs[1].tolist()), (3, [0, 1, 1], [0, 2, 0]))
            (folder / 'pairs.txt').write_text(f'10\t5\n{a}\t1\tx')
            self.assertRaisesRegex(TrainingError, 'line 2', read_pairs, folder / 'pairs.txt', folder)
            (folder / 'pairs.txt').write_text(f'10\t5\n{a}\t1\t9')
            self.assertRaisesRegex(TrainingError, '0009', read_pairs, folder / 'pairs.txt', folder)
            (folder / 'no.png').write_bytes((folder / a / f'{a}_0001.png').read_bytes()[:500])
            self.assertRaisesRegex(TrainingError, 'no.png', read_picture, folder / 'no.png', 112, 112)

    def test_accuracy_leaves_a_fold_out(self) -> None:
        same = np.arange(40) % 2 == 0
        self.assertEqual(measure(np.where(same, 0.8, 0.2), same).accuracy, 1)
        measured = measure(np.where(same, 0.8, 0.2) - np.where(np.arange(40) < 4, 0.7, 0), same)
        self.assertAlmostEqual(measured.accuracy, 0.95)
        self.assertAlmostEqual(measured.threshold, 0.5)

    def test_damaged_weights(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            path = Path(name, 'a.safetensors')
            safetensors.write(path, {'a': torch.ones(2, 3)}, {'b': 'c'})
            tensors, metadata = safetensors.read(path)
            self.assertEqual((tensors['a'].tolist(), metadata), ([[1, 1, 1], [1, 1, 1]], {'b': 'c'}))
            data = path.read_bytes()
            for length in range(len(data)):
                path.write_bytes(data[:length])
                self.assertRaises(TrainingError, safetensors.read, path)


class Layers(unittest.TestCase):
    def test_compiled_activation(self) -> None:
        for kind, tolerance in ((torch.float32, 1e-5), (torch.bfloat16, 2e-2)):
            value = torch.randn(2, 5, 9, 9).to(kind).contiguous(memory_format=torch.channels_last).requires_grad_()
            bias, slopes = torch.randn(5, requires_grad=True), torch.rand(5, requires_grad=True)
            weight = torch.randn(2, 5, 9, 9)
            exact = [tensor.detach().double().requires_grad_() for tensor in (value, bias, slopes)]
            found = bias_activation(value, bias, slopes, 'prelu')
            (found.float() * weight).sum().backward()
            wanted = nn.functional.prelu(exact[0] + exact[1].view(1, -1, 1, 1), exact[2])
            (wanted * weight.to(kind).double()).sum().backward()
            np.testing.assert_allclose(found.detach().float(), wanted.detach(), rtol=tolerance, atol=tolerance)
            for own, other in zip((value, bias, slopes), exact):
                own, other = own.grad.double(), other.grad
                self.assertLess(float((own - other).abs().max() / other.abs().max()), tolerance)


class Distil(unittest.TestCase):
    def test_teacher_and_student_give_what_another_engine_gives(self) -> None:
        golden = json.loads((ROOT / 'weights' / 'mobilefacenet.golden.json').read_text())
        value = to_input(read_picture(ROOT / 'samples' / 'aligned-a-1.png', 112, 112)[None])
        expected = np.array(golden['embedding'])
        student = student_from('MobileFaceNet', WEIGHTS)
        with torch.no_grad():
            found = {'teacher': Teacher(WEIGHTS).features(value)[1], 'student': student(value)}
        for name, embedding in found.items():
            unit = (embedding / embedding.norm()).numpy()[0]
            self.assertGreater(float(unit @ expected / np.linalg.norm(expected)), 0.9999, name)

    def test_hints(self) -> None:
        student = build('MobileFaceNet (96×96)', norm=False)
        maps, _ = Teacher(WEIGHTS).features(torch.zeros(1, 3, 112, 112))
        places = matches(shapes_of(student)[:-1], [part.shape for part in maps], (96, 96), (112, 112))
        self.assertEqual(places, list(range(15)))
        self.assertTrue(all(not layer.started for _, layer in student.layers()))
        grid = torch.arange(7.0).expand(1, 1, 7, 7)
        self.assertEqual(middle_of(grid, 6, 6)[0, 0, 0].tolist(), [0.5, 1.5, 2.5, 3.5, 4.5, 5.5])
        self.assertEqual(middle_of(grid, 7, 5)[0, 0, 0].tolist(), [1, 2, 3, 4, 5])

    def test_augmentation_repeats_and_stays_in_range(self) -> None:
        value = torch.rand(8, 3, 112, 112) * 2 - 1
        first, again = (augment(value.clone(), torch.Generator().manual_seed(5)) for _ in range(2))
        self.assertTrue(torch.equal(first, again))
        self.assertLessEqual(float(first.abs().max()), 1)
        self.assertGreater(float((first - value).abs().mean()), 0.05)

    def test_other_weights_are_refused(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            path = Path(name, 'm.safetensors')
            safetensors.write(path, state_dictionary(build('MobileFaceNet-M')))
            self.assertRaisesRegex(TrainingError, 'fc.weight', student_from, 'MobileFaceNet', path)
        self.assertRaisesRegex(TrainingError, 'cannot be distilled', student_from, 'MobileNetV1', None)


class Picture(unittest.TestCase):
    def test_smaller_crops_are_the_middle(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            path = Path(name, 'a.png')
            pixels = np.zeros((112, 112, 3), 'u1')
            pixels[8, 8] = 255
            Image.fromarray(pixels).save(path)
            self.assertEqual(read_picture(path, 96, 96)[0, 0].tolist(), [255, 255, 255])


if __name__ == '__main__':
    unittest.main()
