/** The memory: regions never overlap, freed regions are used again, and the maximum is an error with a code. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UnavailableError } from '../../src/errors.js';
import { type MemoryRegion, RegionMemory } from '../../src/runtime/memory.js';

describe('RegionMemory', () => {
  test('regions in use never overlap, whatever is freed between', () => {
    const step = fc.record({ size: fc.integer({ min: 0, max: 40_000 }), release: fc.boolean(), which: fc.nat() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const memory = new RegionMemory(16 * 1024 * 1024);
        const used: MemoryRegion[] = [];
        for (const { size, release, which } of steps) {
          if (release && used.length > 0) {
            memory.release(used.splice(which % used.length, 1)[0]!);
            continue;
          }
          const region = memory.allocate(size);
          expect(region.begin % 64).toBe(0);
          expect(region.begin).toBeGreaterThan(0);
          expect(region.end - region.begin).toBeGreaterThanOrEqual(Math.max(size, 1));
          expect(region.end).toBeLessThanOrEqual(memory.sizeBytes);
          for (const other of used) expect(other.end <= region.begin || region.end <= other.begin).toBe(true);
          used.push(region);
        }
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  test('a freed region is handed out again', () => {
    const memory = new RegionMemory(1024 * 1024);
    const first = memory.allocate(1000);
    memory.allocate(1000);
    memory.release(first);
    expect(memory.allocate(900).begin).toBe(first.begin);
  });

  test('views follow the memory as it grows', () => {
    const memory = new RegionMemory(4 * 1024 * 1024);
    expect(memory.floats.byteLength).toBe(65536);
    const region = memory.allocate(1024 * 1024);
    expect(memory.floats.byteLength).toBeGreaterThanOrEqual(region.end);
    expect(memory.view.byteLength).toBe(memory.floats.byteLength);
  });

  test('says where the maximum is', () => {
    const memory = new RegionMemory(1024 * 1024);
    expect(() => memory.allocate(2 * 1024 * 1024)).toThrow(UnavailableError);
    expect(() => memory.allocate(2 * 1024 * 1024)).toThrow(/maximumMemoryBytes/);
    expect(memory.allocate(1000).begin).toBeGreaterThan(0);
  });
});
