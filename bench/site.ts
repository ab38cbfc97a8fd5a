/** One site's kernel ready to run by itself: packed, planned and bound in a memory of its own. */
import { type Kernel, type Places, type Site, writePart } from '../src/kernels/kernel.js';
import type { Address } from '../src/kernels/struct.js';
import { operatorOf } from '../src/ops/index.js';
import type { RegionMemory } from '../src/runtime/memory.js';
import type { Kernels } from '../src/runtime/module.js';
import { type Layout, storedElements } from '../src/tensor/layout.js';
import type { Shape } from '../src/tensor/shape.js';

/** A kernel call over its whole extent. */
export interface PreparedSite {
  readonly multiplyAdds: number;
  /** Bytes of inputs, outputs and packed weights. */
  readonly bytes: number;
  run(): void;
}

/** Packs a site for a kernel and binds it to fresh regions filled with small numbers. */
export function prepareSite(kernel: Kernel, site: Site, memory: RegionMemory, loaded: Kernels): PreparedSite {
  let bytes = 0;
  const place = (sizeBytes: number, fill: (floats: Float32Array) => void): Address => {
    const { begin } = memory.allocate(sizeBytes);
    fill(memory.floats.subarray(begin / 4, (begin + sizeBytes) / 4));
    bytes += sizeBytes;
    return { region: 'arena', offsetBytes: begin };
  };
  const value = (shape: Shape, layout: Layout): Address =>
    place(4 * storedElements(shape, layout), (floats) => {
      for (let index = 0; index < floats.length; index++) floats[index] = Math.sin(index);
    });
  const parts = Object.entries(kernel.pack(site)).map(([name, data]) => {
    const at = data.length > 0 ? place(4 * data.length, (floats) => writePart(data, floats)) : null;
    return [name, at] as const;
  });
  const inputs = site.inputs.map((shape, index) =>
    shape && !site.tensors[index] ? value(shape, kernel.layout) : null,
  );
  const outputs = site.outputs.map((shape) => value(shape, kernel.outputLayout));
  const { begin: scratch } = memory.allocate(kernel.scratchBytes(site));
  const places: Places = {
    inputs,
    outputs,
    parts: Object.fromEntries(parts),
    scratch: { region: 'arena', offsetBytes: scratch },
  };
  const fields = kernel.writeArguments(site, places);
  const struct = memory.allocate(4 * fields.length).begin;
  fields.forEach((field, index) => {
    const target = struct + 4 * index;
    if (field.kind === 'float32') memory.view.setFloat32(target, field.value, true);
    else memory.view.setInt32(target, field.kind === 'address' ? (field.value?.offsetBytes ?? 0) : field.value, true);
  });
  const run = loaded.kernel(kernel.name)!;
  const extent = kernel.extent(site);
  return {
    multiplyAdds: operatorOf(site.node).multiplyAdds(site.node, site.inputs, site.outputs),
    bytes,
    run: () => run(struct, 0, extent),
  };
}

/** A site in a few words: what it computes, and from which shape to which, channels last. */
export function describeSite({ inputs, outputs, node, tensors }: Site): string {
  const image = (shape: Shape): string => [...shape.slice(2), shape[1]].join('×');
  const { activation, groups, stride } = node.attributes;
  const window = node.operator === 'convolution' ? ` ${tensors[1]!.shape.slice(2).join('×')}` : '';
  const strided = Array.isArray(stride) && stride.some((step) => step !== 1) ? ` stride ${stride[0]}` : '';
  const grouped = typeof groups === 'number' && groups > 1 ? ` groups ${groups}` : '';
  const activated = activation && activation !== 'none' ? `, ${activation}` : '';
  const residual = inputs[4] ? ', residual' : '';
  const name = `${node.operator}${window}${strided}${grouped}${activated}${residual}`;
  return `${name}: ${image(inputs[0]!)} → ${image(outputs[0]!)}`;
}
