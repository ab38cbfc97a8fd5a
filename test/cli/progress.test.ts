/** Progress: silent where stderr is no terminal or the work is short, a bar after a second. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Progress } from '../../src/cli/progress.js';

/** A terminal that keeps what is written to it. */
function terminal(isTTY: boolean) {
  const written: string[] = [];
  const write = (text: string) => written.push(text) > 0;
  const stream = { isTTY, columns: 100, write, on() {}, removeListener() {} };
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => written.join('') };
}

function work(stream: NodeJS.WriteStream, steps: number, stepMs: number): void {
  const progress = new Progress(steps, 'images', stream);
  for (let step = 0; step < steps; step++) {
    vi.advanceTimersByTime(stepMs);
    progress.step();
  }
  progress.stop();
}

describe('progress', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('shows done, total and rate once the work takes over a second', () => {
    const { stream, text } = terminal(true);
    work(stream, 20, 100);
    expect(text()).toContain('11/20 images, 10 a second');
    expect(text()).toContain('20/20');
    expect(text()).not.toContain('10/20');
  });

  it('is silent for short work', () => {
    const { stream, text } = terminal(true);
    work(stream, 20, 10);
    expect(text()).toBe('');
  });

  it('is silent where nobody looks', () => {
    const { stream, text } = terminal(false);
    work(stream, 20, 1000);
    expect(text()).toBe('');
  });
});
