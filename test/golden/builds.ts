/** Engines on every build of the kernels that this runtime can be made to run. */
import { Engine, type EngineOptions } from '../../src/engine.js';
import { modules } from '../kernels/modules.js';

/** Builds by name; Node 20 runs the relaxed one by a flag, which `modules` sets. */
export const builds = ['plain', 'relaxed'] as const;

/** An engine on one build. */
export function engineOn(build: (typeof builds)[number], options: EngineOptions = {}): Promise<Engine> {
  const { core, further } = modules[build];
  return Engine.create({ ...options, build, binaries: { core: { [build]: core }, further: { [build]: further } } });
}
