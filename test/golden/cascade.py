"""Makes cascade.json: the faces that a published MTCNN finds, by an implementation of its own in float64.

Needs NumPy, Pillow 11.3 or later, the detector's ncnn pairs and photographs:
`python3 cascade.py MODELS PHOTOS [--check]`, where MODELS holds det1.bin, det2.bin and det3.bin.
The steps are those of Zhang et al. 2016, with Pillow's BILINEAR for every resampling.
"""

import json
import math
import struct
import sys
from pathlib import Path

import numpy as np
from PIL import Image

TARGET = Path(__file__).parent / "cascade.json"
MINIMUM_FACE, FACTOR, THRESHOLDS = 20, 0.709, (0.6, 0.7, 0.7)

# Weights in the order of their file, each with a bias but the slopes; windows and strides of the pools by layer.
LAYERS = {
    "det1": [(10, 3, 3, 3), (10,), (16, 10, 3, 3), (16,), (32, 16, 3, 3), (32,), (2, 32, 1, 1), (4, 32, 1, 1)],
    "det2": [(28, 3, 3, 3), (28,), (48, 28, 3, 3), (48,), (64, 48, 2, 2), (64,), (128, 576), (128,), (2, 128), (4, 128)],
    "det3": [(32, 3, 3, 3), (32,), (64, 32, 3, 3), (64,), (64, 64, 3, 3), (64,), (128, 64, 2, 2), (128,), (256, 1152)]
    + [(256,), (2, 256), (4, 256), (10, 256)],
}
POOLS = {"det1": [2], "det2": [3, 3], "det3": [3, 3, 2]}
HEADS = {"det1": 2, "det2": 2, "det3": 3}


def read_weights(path, shapes):
    data, at, weights = path.read_bytes(), 0, []
    for shape in shapes:
        count = math.prod(shape)
        if len(shape) > 1:
            assert struct.unpack_from("<I", data, at)[0] == 0, "float32 is expected"
            bias_at = at + 4 + 4 * count
            weight = np.frombuffer(data, "<f4", count, at + 4).reshape(shape).astype(float)
            weights.append((weight, np.frombuffer(data, "<f4", shape[0], bias_at).astype(float)))
            at = bias_at + 4 * shape[0]
        else:
            weights.append(np.frombuffer(data, "<f4", count, at).astype(float))
            at += 4 * count
    assert at == len(data), f"{path}: {len(data)} bytes, {at} are expected"
    return weights


def linear(x, layer):
    weight, bias = layer
    if weight.ndim == 2:
        return x.reshape(len(x), -1) @ weight.T + bias
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2:], axis=(2, 3))
    return np.tensordot(windows, weight, axes=([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2) + bias[:, None, None]


def prelu(x, slopes):
    return np.where(x > 0, x, x * slopes.reshape((1, -1) + (1,) * (x.ndim - 2)))


def pool(x, size):
    """The largest of each window, stride 2, output sizes rounded up."""
    height, width = x.shape[2:]
    rows, columns = -(-(height - size) // 2) + 1, -(-(width - size) // 2) + 1
    padded = np.full(x.shape[:2] + (2 * rows - 2 + size, 2 * columns - 2 + size), -np.inf)
    padded[:, :, :height, :width] = x
    return np.lib.stride_tricks.sliding_window_view(padded, (size, size), axis=(2, 3))[:, :, ::2, ::2].max(axis=(4, 5))


def run(name, weights, x):
    heads = weights[-HEADS[name] :]
    body = weights[: -HEADS[name]]
    for layer in range(0, len(body), 2):
        x = prelu(linear(x, body[layer]), body[layer + 1])
        if layer // 2 < len(POOLS[name]):
            x = pool(x, POOLS[name][layer // 2])
    logits, *rest = [linear(x, head) for head in heads]
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return [(powers / powers.sum(axis=1, keepdims=True))[:, 1], *rest]


def normalise(image):
    return ((np.asarray(image, dtype=float) - 127.5) / 128).transpose(2, 0, 1)[None]


def suppress(boxes, scores, threshold, smaller=False):
    order, kept = np.argsort(-scores, kind="stable"), []
    areas = np.prod(np.maximum(0, boxes[:, 2:] - boxes[:, :2]), axis=1)
    while len(order):
        best, rest = order[0], order[1:]
        kept.append(best)
        low = np.maximum(boxes[best, :2], boxes[rest, :2])
        common = np.prod(np.maximum(0, np.minimum(boxes[best, 2:], boxes[rest, 2:]) - low), axis=1)
        whole = np.minimum(areas[best], areas[rest]) if smaller else areas[best] + areas[rest] - common
        order = rest[common / whole <= threshold]
    return np.array(kept, dtype=int)


def regress(boxes, regressions):
    sizes = boxes[:, 2:] - boxes[:, :2]
    return boxes + regressions * np.hstack([sizes, sizes])


def square(boxes):
    half = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, keepdims=True) / 2
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    return np.hstack([centres - half, centres + half])


def crops(image, boxes, side):
    regions = np.floor(boxes + 0.5).astype(int)
    return np.vstack([normalise(image.crop(tuple(r)).resize((side, side), Image.BILINEAR)) for r in regions.tolist()])


def propose(image, weights):
    boxes, scores = [np.zeros((0, 4))], [np.zeros(0)]
    scale = 12 / MINIMUM_FACE
    while min(image.size) * scale >= 12:
        size = tuple(math.ceil(side * scale) for side in image.size)
        probabilities, regressions = run("det1", weights, normalise(image.resize(size, Image.BILINEAR)))
        y, x = np.nonzero(probabilities[0] > THRESHOLDS[0])
        windows = np.stack([2 * x, 2 * y, 2 * x + 12, 2 * y + 12], axis=1) / scale
        kept = suppress(windows, probabilities[0][y, x], 0.5)
        boxes.append(regress(windows, regressions[0][:, y, x].T)[kept])
        scores.append(probabilities[0][y, x][kept])
        scale *= FACTOR
    boxes, scores = np.vstack(boxes), np.hstack(scores)
    return boxes[suppress(boxes, scores, 0.7)]


def detect(image, networks):
    boxes = square(propose(image, networks["det1"]))
    scores, regressions = run("det2", networks["det2"], crops(image, boxes, 24))
    passed = np.nonzero(scores > THRESHOLDS[1])[0]
    kept = passed[suppress(boxes[passed], scores[passed], 0.7)]
    boxes = square(regress(boxes[kept], regressions[kept]))
    scores, regressions, shares = run("det3", networks["det3"], crops(image, boxes, 48))
    points = boxes[:, None, :2] + np.stack([shares[:, :5], shares[:, 5:]], axis=2) * (boxes[:, 2:3] - boxes[:, :1])[:, None]
    passed = np.nonzero(scores > THRESHOLDS[2])[0]
    boxes = regress(boxes, regressions)
    kept = passed[suppress(boxes[passed], scores[passed], 0.7, smaller=True)]
    faces = [
        {"box": boxes[face].round(1).tolist(), "score": round(scores[face], 4), "points": points[face].round(1).tolist()}
        for face in kept
    ]
    return sorted(faces, key=lambda face: -(face["box"][2] - face["box"][0]) * (face["box"][3] - face["box"][1]))


def main():
    models, photographs = [Path(argument) for argument in sys.argv[1:3]]
    networks = {name: read_weights(models / f"{name}.bin", shapes) for name, shapes in LAYERS.items()}
    photos = {
        path.name: detect(Image.open(path).convert("RGB"), networks) for path in sorted(photographs.glob("*.jpg"))
    }
    found = {"thresholds": THRESHOLDS, "min_face": MINIMUM_FACE, "factor": FACTOR, "photos": photos}
    text = json.dumps(found, indent=2) + "\n"
    if "--check" in sys.argv:
        assert json.loads(TARGET.read_text()) == json.loads(text), "cascade.json differs from what this makes"
    else:
        TARGET.write_text(text)


main()
