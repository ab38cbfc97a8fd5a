/** Published networks written as ncnn's converters write them, from their papers' tables: structures without weights. */
import { param } from './files.js';

/** A blob with its channels. */
interface Blob {
  readonly name: string;
  readonly channels: number;
}

interface ConvolutionForm {
  readonly kernel?: number;
  readonly stride?: number;
  readonly padding?: number;
  readonly groups?: number;
  /** ncnn's activation_type; 0 is none. */
  readonly activation?: number;
  readonly bias?: boolean;
}

/** Writes layer lines; each layer's blob is named after the layer. */
class Structure {
  readonly #lines: string[] = [];
  #count = 0;

  layer(type: string, inputs: readonly Blob[], channels: number, keys = ''): Blob {
    const name = `l${this.#count++}`;
    const blobs = [...inputs.map((blob) => blob.name), name].join(' ');
    this.#lines.push(`${type} ${name} ${inputs.length} 1 ${blobs} ${keys}`.trim());
    return { name, channels };
  }

  input(keys: string): Blob {
    this.#lines.push(`Input data 0 1 data ${keys}`.trim());
    return { name: 'data', channels: 3 };
  }

  /** Converters write a Split where a blob has several readers. */
  split({ name, channels }: Blob): [Blob, Blob] {
    const split = `s${this.#count++}`;
    this.#lines.push(`Split ${split} 1 2 ${name} ${split}_0 ${split}_1`);
    return [
      { name: `${split}_0`, channels },
      { name: `${split}_1`, channels },
    ];
  }

  slice({ name, channels }: Blob): [Blob, Blob] {
    const slice = `c${this.#count++}`;
    this.#lines.push(`Slice ${slice} 1 2 ${name} ${slice}_0 ${slice}_1 -23300=2,${channels / 2},-233`);
    return [
      { name: `${slice}_0`, channels: channels / 2 },
      { name: `${slice}_1`, channels: channels / 2 },
    ];
  }

  convolution(input: Blob, channels: number, form: ConvolutionForm = {}): Blob {
    const { kernel = 1, stride = 1, padding = (kernel - 1) / 2, groups = 1, activation = 0, bias = true } = form;
    const size = (channels * input.channels * kernel * kernel) / groups;
    const optional = [
      ...(stride === 1 ? [] : [`3=${stride}`]),
      ...(padding === 0 ? [] : [`4=${padding}`]),
      `5=${bias ? 1 : 0} 6=${size}`,
      ...(groups === 1 ? [] : [`7=${groups}`]),
      ...(activation === 0 ? [] : [`9=${activation}`]),
    ];
    const type = groups === 1 ? 'Convolution' : 'ConvolutionDepthWise';
    return this.layer(type, [input], channels, `0=${channels} 1=${kernel} ${optional.join(' ')}`);
  }

  depthwise(input: Blob, form: ConvolutionForm = {}): Blob {
    return this.convolution(input, input.channels, { kernel: 3, ...form, groups: input.channels });
  }

  dense(input: Blob, channels: number, activation = 0): Blob {
    const keys = `0=${channels} 1=1 2=${channels * input.channels}${activation === 0 ? '' : ` 9=${activation}`}`;
    return this.layer('InnerProduct', [input], channels, keys);
  }

  /** The unfolded form: convolution without bias, BatchNorm, Scale, ReLU. */
  unfolded(input: Blob, channels: number, form: ConvolutionForm, relu = true): Blob {
    const sum = this.convolution(input, channels, { ...form, bias: false });
    const normalised = this.layer('BatchNorm', [sum], channels, `0=${channels}`);
    const scaled = this.layer('Scale', [normalised], channels, `0=${channels} 1=1`);
    return relu ? this.layer('ReLU', [scaled], channels) : scaled;
  }

  add(a: Blob, b: Blob): Blob {
    return this.layer('BinaryOp', [a, b], a.channels);
  }

  globalMean(input: Blob): Blob {
    return this.layer('Pooling', [input], input.channels, '0=1 4=1');
  }

  /** expand, depthwise, project, and the input added where `adds`. */
  bottleneck(input: Blob, wide: number, channels: number, kernel: number, stride: number, adds: boolean): Blob {
    const [shortcut, main] = adds ? this.split(input) : [input, input];
    const expanded = this.convolution(main, wide, { activation: 1 });
    const spatial = this.depthwise(expanded, { kernel, stride, activation: 1 });
    const projected = this.convolution(spatial, channels);
    return adds ? this.add(shortcut, projected) : projected;
  }

  text(): string {
    return param(...this.#lines);
  }
}

type Row = readonly [wide: number, channels: number, kernel: number, stride: number];

/** MnasNet and ProxylessNAS: rows of bottlenecks, residual where stride and channels allow. */
function bottlenecks(first: number, rows: readonly Row[]): string {
  const net = new Structure();
  let value = net.convolution(net.input(''), 32, { kernel: 3, stride: 2, activation: 1 });
  value = net.convolution(net.depthwise(value, { activation: 1 }), first);
  for (const [wide, channels, kernel, stride] of rows) {
    value = net.bottleneck(value, wide, channels, kernel, stride, stride === 1 && value.channels === channels);
  }
  value = net.convolution(value, 1280, { activation: 1 });
  const pooled = net.layer('Pooling', [value], 1280, '0=1 1=7 4=1 5=1');
  net.layer('Softmax', [net.dense(net.layer('Flatten', [pooled], 1280), 1000)], 1000);
  return net.text();
}

function repeat(count: number, ...row: Row): Row[] {
  return Array.from({ length: count }, () => row);
}

/** Howard et al. 2017. */
function mobileNetV1(): string {
  const net = new Structure();
  let value = net.unfolded(net.input('0=3 1=224 2=224'), 32, { kernel: 3, stride: 2 });
  const rows = [
    [64, 1],
    [128, 2],
    [128, 1],
    [256, 2],
    [256, 1],
    [512, 2],
    ...Array(5).fill([512, 1]),
    [1024, 2],
    [1024, 1],
  ];
  for (const [channels, stride] of rows as [number, number][]) {
    value = net.unfolded(value, value.channels, { kernel: 3, stride, groups: value.channels });
    value = net.unfolded(value, channels, {});
  }
  const pooled = net.layer('Pooling', [value], 1024, '0=1 1=0 2=1 3=0 4=1');
  net.layer('Softmax', [net.convolution(pooled, 1000)], 1000, '0=0');
  return net.text();
}

/** Sandler et al. 2018, table 2, with Eltwise sums. */
function mobileNetV2(): string {
  const net = new Structure();
  let value = net.unfolded(net.input('0=224 1=224 2=3'), 32, { kernel: 3, stride: 2 });
  const table = [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ];
  for (const [t, c, n, s] of table as [number, number, number, number][]) {
    for (let index = 0; index < n; index++) {
      const adds = index > 0;
      const [shortcut, main] = adds ? net.split(value) : [value, value];
      const wide = t === 1 ? main : net.unfolded(main, main.channels * t, {});
      const form = { kernel: 3, stride: index === 0 ? s : 1, groups: wide.channels };
      const projected = net.unfolded(net.unfolded(wide, wide.channels, form), c, {}, false);
      value = adds ? net.layer('Eltwise', [shortcut, projected], c, '0=1 -23301=0') : projected;
    }
  }
  net.layer('Softmax', [net.dense(net.globalMean(net.unfolded(value, 1280, {})), 1000)], 1000);
  return net.text();
}

/** Howard et al. 2019: hard swish, and squeeze and excitation through Reshape, InnerProduct, HardSigmoid and BinaryOp. */
function mobileNetV3(): string {
  const net = new Structure();
  const excite = (value: Blob, last: string): Blob => {
    const [kept, pooled] = net.split(value);
    const { channels } = value;
    const vector = net.layer('Reshape', [net.globalMean(pooled)], channels, `0=${channels}`);
    const gate = net.layer('HardSigmoid', [net.dense(net.dense(vector, channels / 4, 1), channels)], channels);
    const image = net.layer('Reshape', [gate], channels, `0=1 1=1 2=${channels}`);
    return net.layer(last, [net.layer('BinaryOp', [kept, image], channels, '0=2')], channels);
  };
  const [a, b] = net.split(net.convolution(net.input(''), 16, { kernel: 3, stride: 2 }));
  let value = net.layer('BinaryOp', [a, net.layer('HardSigmoid', [b], 16)], 16, '0=2');
  const rows: readonly [wide: number, channels: number, kernel: number, stride: number, se: boolean, swish: boolean][] =
    [
      [64, 24, 3, 2, false, false],
      [72, 24, 3, 1, false, false],
      [72, 40, 5, 2, true, false],
      [120, 40, 5, 1, true, false],
      [120, 40, 5, 1, true, false],
      [240, 80, 3, 2, false, true],
      [200, 80, 3, 1, false, true],
      [184, 80, 3, 1, false, true],
      [184, 80, 3, 1, false, true],
      [480, 112, 3, 1, true, true],
      [672, 112, 3, 1, true, true],
      [672, 160, 5, 2, true, true],
      [960, 160, 5, 1, true, true],
      [960, 160, 5, 1, true, true],
    ];
  const [shortcut, main] = net.split(value);
  value = net.add(shortcut, net.convolution(net.depthwise(main, { activation: 1 }), 16));
  for (const [wide, channels, kernel, stride, se, swish] of rows) {
    const adds = stride === 1 && value.channels === channels;
    const [kept, input] = adds ? net.split(value) : [value, value];
    const last = swish ? 'HardSwish' : 'ReLU';
    const activated = (blob: Blob) => net.layer(last, [blob], blob.channels);
    const spatial = net.depthwise(activated(net.convolution(input, wide)), { kernel, stride });
    const projected = net.convolution(se ? excite(spatial, last) : activated(spatial), channels);
    value = adds ? net.add(kept, projected) : projected;
  }
  value = net.globalMean(net.layer('HardSwish', [net.convolution(value, 960)], 960));
  const flat = net.layer('Reshape', [net.layer('HardSwish', [value], 960)], 960, '0=-1');
  net.layer('Softmax', [net.dense(net.layer('HardSwish', [net.dense(flat, 1280)], 1280), 1000)], 1000);
  return net.text();
}

/** Zhang et al. 2018, 3 groups, as its public files have it: narrower than the paper's where a unit strides. */
function shuffleNetV1(): string {
  const net = new Structure();
  let value = net.convolution(net.input('0=224 1=224 2=3'), 24, { kernel: 3, stride: 2, activation: 1 });
  value = net.layer('Pooling', [value], 24, '1=3 2=2');
  for (const [channels, count] of [
    [240, 4],
    [480, 8],
    [960, 4],
  ] as const) {
    for (let index = 0; index < count; index++) {
      const first = index === 0;
      const [kept, main] = net.split(value);
      const made = first ? channels - value.channels : channels;
      const groups = value.channels === 24 ? 1 : 3;
      const narrow = value.channels === 24 ? 54 : made / 4;
      const squeezed = net.convolution(main, narrow, { groups, activation: 1 });
      const mixed = groups === 1 ? squeezed : net.layer('ShuffleChannel', [squeezed], narrow, '0=3');
      const widened = net.convolution(net.depthwise(mixed, { stride: first ? 2 : 1 }), made, { groups: 3 });
      const joined = first
        ? net.layer('Concat', [net.layer('Pooling', [kept], value.channels, '0=1 1=3 2=2'), widened], channels)
        : net.layer('Eltwise', [kept, widened], channels, '0=1');
      value = net.layer('ReLU', [joined], channels);
    }
  }
  net.convolution(net.globalMean(value), 1000);
  return net.text();
}

/** Ma et al. 2018, 1×. */
function shuffleNetV2(): string {
  const net = new Structure();
  let value = net.convolution(net.input('0=224 1=224 2=3'), 24, { kernel: 3, stride: 2, activation: 1 });
  value = net.layer('Pooling', [value], 24, '1=3 2=2');
  for (const [channels, count] of [
    [116, 4],
    [232, 8],
    [464, 4],
  ] as const) {
    for (let index = 0; index < count; index++) {
      const half = channels / 2;
      const stride = index === 0 ? 2 : 1;
      const [left, right] = index === 0 ? net.split(value) : net.slice(value);
      const spatial = net.depthwise(net.convolution(right, half, { activation: 1 }), { stride });
      const main = net.convolution(spatial, half, { activation: 1 });
      const side = index === 0 ? net.convolution(net.depthwise(left, { stride }), half, { activation: 1 }) : left;
      value = net.layer('ShuffleChannel', [net.layer('Concat', [side, main], channels)], channels, '0=2');
    }
  }
  const pooled = net.globalMean(net.convolution(value, 1024, { activation: 1 }));
  net.layer('Softmax', [net.dense(pooled, 1000)], 1000);
  return net.text();
}

/** SqueezeNet 1.1 (Iandola et al. 2016). */
function squeezeNet(): string {
  const net = new Structure();
  const pool = (value: Blob) => net.layer('Pooling', [value], value.channels, '1=3 2=2');
  let value = net.convolution(net.input('0=227 1=227 2=3'), 64, { kernel: 3, stride: 2, padding: 0, activation: 1 });
  value = pool(value);
  for (const [index, [squeeze, expand]] of [
    [16, 64],
    [16, 64],
    [32, 128],
    [32, 128],
    [48, 192],
    [48, 192],
    [64, 256],
    [64, 256],
  ].entries()) {
    if (index === 2 || index === 4) value = pool(value);
    const [a, b] = net.split(net.convolution(value, squeeze!, { activation: 1 }));
    const sides = [
      net.convolution(a, expand!, { activation: 1 }),
      net.convolution(b, expand!, { kernel: 3, activation: 1 }),
    ];
    value = net.layer('Concat', sides, 2 * expand!);
  }
  const dropped = net.layer('Dropout', [value], value.channels);
  net.layer('Softmax', [net.globalMean(net.convolution(dropped, 1000, { activation: 1 }))], 1000);
  return net.text();
}

/** He et al. 2015, 18 layers. */
function resNet18(): string {
  const net = new Structure();
  let value = net.convolution(net.input('0=3 1=224 2=224'), 64, { kernel: 7, stride: 2, activation: 1 });
  value = net.layer('Pooling', [value], 64, '1=3 2=2');
  for (const channels of [64, 128, 256, 512]) {
    for (const index of [0, 1]) {
      const [side, main] = net.split(value);
      const stride = index === 0 && channels > 64 ? 2 : 1;
      const inner = net.convolution(main, channels, { kernel: 3, stride, activation: 1 });
      const sum = net.convolution(inner, channels, { kernel: 3 });
      const shortcut = stride === 2 ? net.convolution(side, channels, { stride }) : side;
      value = net.layer('ReLU', [net.layer('Eltwise', [shortcut, sum], channels, '0=1')], channels);
    }
  }
  net.layer('Softmax', [net.dense(net.layer('Pooling', [value], 512, '0=1 1=7'), 1000)], 1000);
  return net.text();
}

/** RegNetY-400MF (Radosavovic et al. 2020): grouped 3×3, and a gate whose vector is repeated over the pixels. */
function regNetY(): string {
  const net = new Structure();
  let value = net.convolution(net.input('-23330=4,3,224,224,3 0=224 1=224 2=3'), 32, {
    kernel: 3,
    stride: 2,
    activation: 1,
  });
  for (const [channels, count] of [
    [48, 1],
    [104, 3],
    [208, 6],
    [440, 6],
  ] as const) {
    for (let index = 0; index < count; index++) {
      const stride = index === 0 ? 2 : 1;
      const reduced = Math.round(value.channels / 4);
      const [side, main] = net.split(value);
      const inner = net.convolution(main, channels, { activation: 1 });
      const grouped = net.convolution(inner, channels, { kernel: 3, stride, groups: channels / 8, activation: 1 });
      const [kept, pooled] = net.split(grouped);
      const gate = net.dense(net.dense(net.globalMean(pooled), reduced, 1), channels, 4);
      const sum = net.convolution(net.layer('BinaryOp', [kept, gate], channels, '0=2'), channels);
      const shortcut = stride === 2 ? net.convolution(side, channels, { stride }) : side;
      value = net.layer('ReLU', [net.add(shortcut, sum)], channels);
    }
  }
  net.layer('Softmax', [net.dense(net.globalMean(value), 1000)], 1000);
  return net.text();
}

/** Bazarevsky et al. 2019: padding on two sides alone, and channels of zeros beside the shortcut. */
function blazeFace(): string {
  const net = new Structure();
  let value = net.layer('Padding', [net.input('0=128 1=128 2=3')], 3, '0=1 1=2 2=1 3=2 4=0 5=0.000000e+00 7=0 8=0');
  value = net.layer('ReLU', [net.convolution(value, 24, { kernel: 5, stride: 2, padding: 0 })], 24);
  const widths = [24, 28, -32, 36, 42, -48, 56, 64, 72, 80, 88, -96, 96, 96, 96, 96];
  for (const width of widths) {
    const channels = Math.abs(width);
    const [side, main] = net.split(value);
    const strided = width < 0;
    const padded = strided ? net.layer('Padding', [main], value.channels, '0=0 1=2 2=0 3=2 4=0') : main;
    const spatial = net.depthwise(padded, strided ? { stride: 2, padding: 0 } : {});
    const sum = net.convolution(spatial, channels);
    const pooled = strided ? net.layer('Pooling', [side], side.channels, '0=0 1=2 11=2 2=2 12=2 5=1') : side;
    const more = channels - value.channels;
    const shortcut = more > 0 ? net.layer('Padding', [pooled], channels, `0=0 1=0 2=0 3=0 4=0 7=0 8=${more}`) : pooled;
    value = net.layer('ReLU', [net.layer('BinaryOp', [sum, shortcut], channels, '0=0')], channels);
  }
  return net.text();
}

/** A network with the multiply-adds that its paper or its authors state, in millions; 0 where they state none. */
export interface PublishedStructure {
  readonly name: string;
  readonly millions: number;
  readonly text: () => string;
}

/** Every structure. */
export const STRUCTURES: readonly PublishedStructure[] = [
  { name: 'MobileNetV1', millions: 569, text: mobileNetV1 },
  { name: 'MobileNetV2', millions: 300, text: mobileNetV2 },
  { name: 'MobileNetV3-Large', millions: 219, text: mobileNetV3 },
  { name: 'ShuffleNet 1×, 3 groups', millions: 0, text: shuffleNetV1 },
  { name: 'ShuffleNetV2 1×', millions: 146, text: shuffleNetV2 },
  { name: 'SqueezeNet 1.1', millions: 0, text: squeezeNet },
  {
    name: 'MnasNet-B1',
    millions: 315,
    text: () =>
      bottlenecks(16, [
        [48, 24, 3, 2],
        ...repeat(2, 72, 24, 3, 1),
        [72, 40, 5, 2],
        ...repeat(2, 120, 40, 5, 1),
        [240, 80, 5, 2],
        ...repeat(2, 480, 80, 5, 1),
        [480, 96, 3, 1],
        [576, 96, 3, 1],
        [576, 192, 5, 2],
        ...repeat(3, 1152, 192, 5, 1),
        [1152, 320, 3, 1],
      ]),
  },
  {
    name: 'ProxylessNAS',
    millions: 0,
    text: () =>
      bottlenecks(32, [
        [48, 32, 5, 2],
        [96, 32, 3, 1],
        [96, 40, 7, 2],
        [120, 40, 3, 1],
        ...repeat(2, 120, 40, 5, 1),
        [240, 80, 7, 2],
        ...repeat(3, 240, 80, 5, 1),
        [480, 96, 5, 1],
        ...repeat(3, 288, 96, 5, 1),
        [576, 192, 7, 2],
        [1152, 192, 7, 1],
        ...repeat(2, 576, 192, 7, 1),
        [1152, 320, 7, 1],
      ]),
  },
  { name: 'ResNet-18', millions: 1814, text: resNet18 },
  { name: 'RegNetY-400MF', millions: 404, text: regNetY },
  { name: 'BlazeFace', millions: 0, text: blazeFace },
];
