/** Who may come in: API keys, and no more requests at a time than the service can hold. */
import { createHash, timingSafeEqual } from 'node:crypto';
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

/** Counts requests at work, from their first byte to their answer's last. */
export class Admission {
  readonly #most: number;
  #working = 0;
  #refused = 0;

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
  admit(request: Request, reply: Reply): void {
    if (!(request.routeOptions.config as RouteConfig).isWork) return;
    if (this.#working >= this.#most) {
      this.#refused++;
      reply.header('retry-after', String(RETRY_AFTER_SECONDS));
      throw new ServiceError(429, 'BUSY', `${this.#most} requests are at work, which is the limit; try again later.`);
    }
    this.#working++;
    reply.raw.once('close', () => {
      this.#working--;
    });
  }
}
