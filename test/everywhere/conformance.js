/**
 * What the package must do on every runtime, in one body. `conform(library, open, options)` runs it: `library` is what
 * `mobilefacenet` exports, and `open(name)` gives the bytes of one of `MATERIALS`.
 */

/** Files that the body reads, by their paths in the checkout. */
export const MATERIALS = [
  'weights/mobilefacenet.safetensors',
  'weights/mtcnn.safetensors',
  'weights/mobilefacenet.golden.json',
  'weights/mobilefacenet-int8.safetensors',
  'weights/mobilefacenet-int8.golden.json',
  'samples/aligned-a-1.png',
  'samples/aligned-a-2.png',
  'samples/aligned-b-1.png',
  'samples/person-a-1.jpg',
  'samples/person-a-2.jpg',
  'samples/person-b-1.jpg',
];

function check(condition, message) {
  if (!condition) throw new Error(message);
}

async function codeOf(action) {
  try {
    await action();
  } catch (error) {
    return error?.code ?? String(error);
  }
  return 'no error';
}

function length(vector) {
  return Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
}

/** The golden embedding is another engine's: the tolerance is the share that float16 weights move it by. */
function distanceToGolden(embedding, golden) {
  return length(embedding.map((value, index) => value - golden.embedding[index])) / length(golden.embedding);
}

/** An RGB image as browsers hold pixels. */
function toRgba({ data, width, height }) {
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) rgba[pixel * 4 + channel] = data[pixel * 3 + channel];
  }
  return typeof ImageData === 'function' ? new ImageData(rgba, width, height) : { data: rgba, width, height };
}

/** The cases by name; each gets what `prepare` made. */
const CASES = {
  async 'the default weights are loaded and say what they are'({ verifier, library }) {
    check(verifier.cropSize.width === 112, 'the crop size is another');
    check(/^[0-9a-f]{64}$/.test(verifier.weights), 'the weights have no hash');
    check(verifier.card.thresholds?.length > 0, 'the card has no threshold');
    check(typeof library.Engine.create === 'function', 'there is no engine');
  },

  async 'an embedding agrees with the golden one'({ verifier, read }) {
    const golden = JSON.parse(new TextDecoder().decode(await read('weights/mobilefacenet.golden.json')));
    const { image } = await verifier.crop(await read('samples/aligned-a-1.png'));
    const distance = distanceToGolden(verifier.embedder.embed(image), golden);
    check(distance <= golden.tolerance, `the relative distance is ${distance}; ${golden.tolerance} is accepted`);
  },

  async 'int8 weights give the bits of the integer reference'({ library, engine, engineOptions, verifier, read }) {
    const golden = JSON.parse(new TextDecoder().decode(await read('weights/mobilefacenet-int8.golden.json')));
    const { image } = await verifier.crop(await read('samples/aligned-a-1.png'));
    const bytes = await read('weights/mobilefacenet-int8.safetensors');
    const model = await library.importModel([{ name: 'mobilefacenet-int8.safetensors', bytes }]);
    const single = await library.Engine.create({ ...engineOptions, threads: 1 });
    for (const each of [engine, single]) {
      const embedder = await library.createEmbedder(each, model);
      const embedding = embedder.embed(image);
      embedder.dispose();
      const differing = embedding.filter((value, index) => value !== golden.embedding[index]).length;
      check(differing === 0, `${differing} of ${embedding.length} numbers differ on ${each.threads} threads`);
    }
    single.dispose();
  },

  async 'RGBA pixels give the same embedding as the file'({ verifier, read }) {
    const { image } = await verifier.crop(await read('samples/aligned-a-1.png'));
    const fromFile = verifier.embedder.embed(image);
    const fromPixels = verifier.embedder.embed(toRgba(image));
    check(
      fromFile.every((value, index) => value === fromPixels[index]),
      'they differ',
    );
  },

  async 'photographs of one person are the same, of two are not'({ verifier, read }) {
    const [first, second, other] = await Promise.all(
      ['person-a-1', 'person-a-2', 'person-b-1'].map((name) => read(`samples/${name}.jpg`)),
    );
    const same = await verifier.verify(first, second);
    check(same.same === true, `the same person's similarity is ${same.similarity}`);
    const different = await verifier.verify(first, other);
    check(different.same === false, `another person's similarity is ${different.similarity}`);
  },

  async 'a batch and a run in the background give the same bits'({ library, engine, model, read }) {
    const network = await engine.compile(model.graphs.get('embed'));
    const data = Float32Array.from({ length: 3 * 112 * 112 }, (_, index) => ((index * 37) % 255) / 127.5 - 1);
    const input = library.float32Tensor([1, 3, 112, 112], data);
    const name = network.inputs[0].name;
    const output = network.outputs[0];
    const direct = network.run({ [name]: input })[output].data;
    const background = (await network.runAsync({ [name]: input }))[output].data;
    const batch = library.float32Tensor([2, 3, 112, 112], Float32Array.of(...data, ...data));
    const both = network.run({ [name]: batch })[output].data;
    check(
      direct.every((value, index) => Number.isFinite(value) && value === background[index]),
      'runAsync differs from run',
    );
    check(
      both.every((value, index) => value === direct[index % direct.length]),
      'a batch differs from one image',
    );
    network.dispose();
    check((await read('samples/aligned-a-2.png')).length > 0, 'a sample is empty');
  },

  async 'threads are used where the runtime has them, and missed with one warning'({ engine, warnings, threads }) {
    check(engine.threads === threads, `the engine has ${engine.threads} threads; ${threads} are expected`);
    check(warnings.length === (threads > 1 ? 0 : 1), `the engine said: ${warnings.join(' | ') || 'nothing'}`);
  },

  async 'bad input is refused by a code'({ library, verifier, read }) {
    const weights = await read('weights/mobilefacenet.safetensors');
    const damaged = weights.slice();
    damaged[damaged.length - 1] ^= 1;
    const found = {
      noImage: await codeOf(() => verifier.embed(new Uint8Array([1, 2, 3]))),
      truncated: await codeOf(async () => verifier.embed((await read('samples/person-a-1.jpg')).slice(0, 9000))),
      size: await codeOf(() => verifier.embedder.embed({ data: new Uint8Array(300), width: 10, height: 10 })),
      noFace: await codeOf(() => verifier.embed({ data: new Uint8Array(120000), width: 200, height: 200 })),
      damaged: await codeOf(() => library.importModel([{ name: 'damaged.safetensors', bytes: damaged }])),
      unknown: await codeOf(() => library.importModel([{ name: 'x.bin', bytes: new Uint8Array(16) }])),
      threads: await codeOf(() => library.Engine.create({ threads: 0 })),
    };
    const expected = {
      noImage: 'NOT_AN_IMAGE',
      truncated: 'TRUNCATED_IMAGE',
      size: 'FACE_SIZE',
      noFace: 'NO_FACE',
      damaged: 'DAMAGED',
      unknown: 'UNKNOWN_FORMAT',
      threads: 'BAD_THREADS',
    };
    check(JSON.stringify(found) === JSON.stringify(expected), JSON.stringify(found));
  },

  async 'a second engine computes beside the first'({ library, engine, model, engineOptions }) {
    const second = await library.Engine.create({ ...engineOptions, threads: 1 });
    const graph = model.graphs.get('embed');
    const [one, two] = [await engine.compile(graph), await second.compile(graph)];
    const input = library.float32Tensor([1, 3, 112, 112]);
    const run = (network) => network.run({ [network.inputs[0].name]: input })[network.outputs[0]].data;
    const [a, b] = [run(one), run(two)];
    second.dispose();
    check(
      a.every((value, index) => value === b[index]),
      'they differ',
    );
    check((await codeOf(() => run(two))) === 'DISPOSED', 'the second engine runs on after its end');
    check(run(one)[0] === a[0], 'the first engine ended with the second');
    one.dispose();
  },

  async 'nothing runs after dispose'({ verifier, engine, read }) {
    verifier.dispose();
    engine.dispose();
    const code = await codeOf(async () => verifier.embed(await read('samples/aligned-b-1.png')));
    check(code === 'DISPOSED', `the code is ${code}`);
  },
};

/**
 * Runs all cases in their order. `threads` is how many the engine must have when it is asked for two; `engineOptions` go
 * to every engine. Gives the names of what passed, what failed with its reason, and the build of the kernels that ran.
 */
export async function conform(library, open, { threads = 1, engineOptions = {} } = {}) {
  const opened = new Map();
  const read = async (name) => {
    if (!opened.has(name)) opened.set(name, new Uint8Array(await open(name)));
    return opened.get(name);
  };
  const warnings = [];
  const engine = await library.Engine.create({
    ...engineOptions,
    threads: 2,
    onWarning: (message) => warnings.push(message),
  });
  const [weights, detector] = [
    await read('weights/mobilefacenet.safetensors'),
    await read('weights/mtcnn.safetensors'),
  ];
  const model = await library.importModel([{ name: 'mobilefacenet.safetensors', bytes: weights }]);
  const verifier = await library.FaceVerifier.load({ engine, model, detector });
  const prepared = { library, engine, verifier, model, read, warnings, threads, engineOptions };
  const result = { build: engine.build, threads: engine.threads, passed: [], failed: [] };
  for (const [name, run] of Object.entries(CASES)) {
    try {
      await run(prepared);
      result.passed.push(name);
    } catch (error) {
      result.failed.push({ name, reason: `${error?.message ?? error}`, stack: error?.stack });
    }
  }
  return result;
}
