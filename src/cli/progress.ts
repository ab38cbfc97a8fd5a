/** Progress of long work: a bar on stderr where that is a terminal and the work takes over a second. */
import { SingleBar } from 'cli-progress';

const DELAY_MS = 1000;

/** Counts steps of work; call `stop` when it ends, however it ends. */
export class Progress {
  readonly #total: number;
  readonly #unit: string;
  readonly #stream: NodeJS.WriteStream;
  readonly #begin = performance.now();
  #bar: SingleBar | undefined;
  #done = 0;

  /** `unit` is the plural of what is counted. */
  constructor(total: number, unit: string, stream: NodeJS.WriteStream = process.stderr) {
    this.#total = total;
    this.#unit = unit;
    this.#stream = stream;
  }

  /** One step is done. */
  step(): void {
    this.reach(this.#done + 1);
  }

  /** So many steps are done. */
  reach(done: number): void {
    this.#done = done;
    const elapsedMs = performance.now() - this.#begin;
    if (!this.#bar && this.#stream.isTTY && elapsedMs > DELAY_MS && this.#done < this.#total) {
      this.#bar = new SingleBar({
        stream: this.#stream,
        format: `{bar} {value}/{total} ${this.#unit}, {rate} a second, {eta_formatted} left`,
        barCompleteChar: '█',
        barIncompleteChar: '░',
        clearOnComplete: true,
        hideCursor: true,
        gracefulExit: true,
      });
      this.#bar.start(this.#total, this.#done, { rate: '' });
    }
    this.#bar?.update(this.#done, { rate: Math.round((1000 * this.#done) / elapsedMs) });
  }

  stop(): void {
    this.#bar?.stop();
  }
}
