/** One site's kernel ready to run by itself: packed, planned and bound in a memory of its own. */
import type { Kernel, Places, Site } from '../src/kernels/kernel.js';
import type { Address } from '../src/kernels/struct.js';
import { operatorOf } from '../src/ops/index.js';
import type { RegionMemory } from '../src/runtime/memory.js';
import type { KernelModule } from '../src/runtime/module.js';
import { storedElements } from '../src/tensor/layout.js';
import type { Shape } from '../src/tensor/shape.js';

/** A kernel call over its whole extent. */
export interface PreparedSite {
  readonly multiplyAdds: number;
  /** Bytes of inputs, outputs and packed weights. */
  readonly bytes: number;
  run(): void;
}

/** Packs a site for a kernel and binds it to fresh regions filled with small numbers. */
export function prepareSite(kernel: Kernel, site: Site, memory: RegionMemory, module: KernelModule): PreparedSite {
  let bytes = 0;
  const place = (sizeBytes: number, fill: (floats: Float32Array) => void): Address => {
    const { begin } = memory.allocate(sizeBytes);
    fill(memory.floats.subarray(begin / 4, (begin + sizeBytes) / 4));
    bytes += sizeBytes;
    return { region: 'arena', offsetBytes: begin };
  };
  const value = (shape: Shape): Address =>
    place(4 * storedElements(shape, kernel.layout), (floats) => {
      for (let index = 0; index < floats.length; index++) floats[index] = Math.sin(index);
    });
  const parts = Object.entries(kernel.pack(site)).map(([name, data]) => {
    const at = data.length > 0 ? place(data.byteLength, (floats) => floats.set(data)) : null;
    return [name, at] as const;
  });
  const places: Places = {
    inputs: site.inputs.map((shape, index) => (shape && !site.tensors[index] ? value(shape) : null)),
    outputs: site.outputs.map(value),
    parts: Object.fromEntries(parts),
    scratch: place(kernel.scratchBytes(site), () => {}),
  };
  const fields = kernel.writeArguments(site, places);
  const struct = memory.allocate(4 * fields.length).begin;
  fields.forEach((field, index) => {
    const target = struct + 4 * index;
    if (field.kind === 'float32') memory.view.setFloat32(target, field.value, true);
    else memory.view.setInt32(target, field.kind === 'address' ? (field.value?.offsetBytes ?? 0) : field.value, true);
  });
  const run = module.functions[kernel.name]!;
  const extent = kernel.extent(site);
  return {
    multiplyAdds: operatorOf(site.node).multiplyAdds(site.node, site.inputs, site.outputs),
    bytes,
    run: () => run(struct, 0, extent),
  };
}
