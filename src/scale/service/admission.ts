/** Who may come in: API keys, and no more requests at a time than the service can hold. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { InputError } from '../../errors.js';
import { ServiceError } from './failure.js';
import type { Reply, Request, RouteConfig } from './fastify.js';

/** Characters of a key: one that can be guessed is none. */
const SHORTEST_KEY = 16;

const BEARER = /^Bearer +(\S+)$/i;

/** Seconds after which a request that was turned away may come again. */
const RETRY_AFTER_SECONDS = 1;

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** Asks for a key, where there are any. Throws InputError BAD_KEY for one that is too short. */
export function createKeyCheck(keys: readonly string[]): (request: Request) => void {
  for (const key of keys) {
    if (key.length >= SHORTEST_KEY && !/\s/.test(key)) continue;
    throw new InputError(
      'BAD_KEY',
      `an API key has ${key.length} characters; ${SHORTEST_KEY} without spaces are needed.`,
    );
  }
  const digests = keys.map(digest);
  return ({ headers, routeOptions }) => {
    if (digests.length === 0 || (routeOptions.config as RouteConfig).isOpen) return;
    const given = digest(BEARER.exec(headers.authorization ?? '')?.[1] ?? '');
    // Every key is compared, so that time tells nothing.
    const fits = digests.map((known) => timingSafeEqual(known, given));
    if (fits.includes(true)) return;
    throw new ServiceError(401, 'UNAUTHORISED', 'an API key is needed: Authorization: Bearer KEY.');
  };
}

/** Refusals a second for each request that may be at work; a few more cost the work nothing. */
const REFUSALS_PER_PLACE = 8;

/** How long a refusal may wait at most, and how much of the pace may be used up at once. */
const LONGEST_PAUSE_MS = 1000;

/**
 * Calls back once: when an answer is sent, or when its connection is closed. The connection is heard besides the answer,
 * since one that waits behind another of its connection never hears that this was closed.
 */
export function whenOver({ raw: { socket } }: Request, { raw }: Reply, call: () => void): void {
  let isOver = false;
  const over = () => {
    raw.off('close', over);
    socket.off('close', over);
    if (!isOver) call();
    isOver = true;
  };
  raw.once('close', over);
  socket.once('close', over);
  if (socket.destroyed) over();
}

/**
 * Counts requests at work, from their first byte to their answer's last. Those that are too many are refused at a pace:
 * clients that ask again at once would else leave no processor to the work.
 */
export class Admission {
  readonly #most: number;
  /** Connections on which a refusal waits. */
  readonly #waiting = new WeakSet<object>();
  #working = 0;
  #refused = 0;
  /** When the pace will have caught up with the refusals so far. */
  #caughtUpMs = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get working(): number {
    return this.#working;
  }

  get refused(): number {
    return this.#refused;
  }

  /** Lets a request in, before its body is read. Throws ServiceError BUSY (429) where there are too many. */
  async admit(request: Request, reply: Reply): Promise<void> {
    if (!(request.routeOptions.config as RouteConfig).isWork) return;
    if (this.#isFull) await this.#pause(request, reply);
    if (this.#isFull) {
      this.#refused++;
      reply.header('retry-after', String(RETRY_AFTER_SECONDS));
      throw new ServiceError(429, 'BUSY', `${this.#most} requests are at work, which is the limit; try again later.`);
    }
    this.#working++;
    whenOver(request, reply, () => {
      this.#working--;
    });
  }

  get #isFull(): boolean {
    return this.#working >= this.#most;
  }

  /** Waits until the pace allows another refusal; not at all where refusals are few. */
  async #pause({ raw: { socket } }: Request, reply: Reply): Promise<void> {
    if (this.#waiting.has(socket)) {
      // Requests that are sent ahead would wait in any number: the connection ends with its answers so far.
      reply.header('connection', 'close');
      return;
    }
    const nowMs = performance.now();
    const soonestMs = Math.max(this.#caughtUpMs, nowMs) + 1000 / (REFUSALS_PER_PLACE * this.#most);
    this.#caughtUpMs = Math.min(soonestMs, nowMs + 2 * LONGEST_PAUSE_MS);
    const pauseMs = this.#caughtUpMs - nowMs - LONGEST_PAUSE_MS;
    if (pauseMs <= 0) return;
    this.#waiting.add(socket);
    await delay(pauseMs);
    this.#waiting.delete(socket);
  }
}
