/** Commands that cannot start: each says in one sentence what is wrong, gives exit code 2, and ends by itself. */
import { createServer, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { migratePostgres, PostgresGallery } from '../../src/scale/postgres/index.js';
import { WEIGHTS } from '../face/gallerySuite.js';
import { newName, openPool } from './connections.js';
import { runProgram } from './workers.js';

/** Nobody listens on the discard port. */
const NOWHERE = '127.0.0.1:9';
const PASSWORD = 'a-password-that-nobody-may-see';

/** The command line without any peer beside it. */
const alone = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** A server that takes connections and never says a word. */
let silent: Server;
let silentAddress: string;
beforeAll(async () => {
  silent = createServer((socket) => socket.on('error', () => {}));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  silentAddress = `127.0.0.1:${(silent.address() as { port: number }).port}`;
});
afterAll(() => void silent.close());

interface Addresses {
  readonly database?: string;
  readonly redis?: string;
}

function environment({ database = inject('databaseUrl'), redis = inject('redisUrl') }: Addresses) {
  return { DATABASE_URL: database, REDIS_URL: redis, MOBILEFACENET_API_KEYS: '' };
}

/** What a command that cannot start has said. Fails where it had to be ended, or said more than a sentence. */
async function failureOf(args: readonly string[], addresses: Addresses = {}): Promise<string> {
  const { code, stdout, stderr } = await runProgram(args, environment(addresses));
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
  expect(stderr).not.toContain(PASSWORD);
  const lines = stderr.trim().split('\n');
  expect(lines, stderr).toHaveLength(1);
  expect(lines[0]).toMatch(/^[A-Z]\w+Error [A-Z_]+: .*\.$/);
  return lines[0]!.replace(/^\w+ /, '');
}

const REDIS_COMMANDS = [
  ['worker', 'somebody'],
  ['queue', 'add', 'somebody', '.'],
  ['queue', 'status', 'somebody'],
  ['queue', 'failed', 'somebody'],
];
const DATABASE_COMMANDS = [
  ['worker', 'somebody'],
  ['serve', '--port', '0'],
];

describe('a command that cannot start', () => {
  it.each(REDIS_COMMANDS)('names the Redis that is not there: %s %s', async (...args) => {
    const said = await failureOf(args, { redis: `redis://:${PASSWORD}@${NOWHERE}` });
    expect(said).toMatch(/^REDIS: .*127\.0\.0\.1:9/);
    expect(said).toContain('ECONNREFUSED');
  });

  it.each([
    ['worker', 'somebody'],
    ['queue', 'status', 'somebody'],
  ])('does not wait for a Redis that says nothing: %s', async (...args) => {
    expect(await failureOf(args, { redis: `redis://${silentAddress}` })).toMatch(/^REDIS: .*does not answer/);
  });

  it('refuses what is no address of a Redis', async () => {
    for (const redis of ['nonsense', 'http://127.0.0.1', 'redis://', `redis://:${PASSWORD}@`]) {
      expect(await failureOf(['queue', 'status', 'somebody'], { redis }), redis).toMatch(/^BAD_ADDRESS: /);
    }
  });

  it('says what the Redis says that refuses it', async () => {
    const { host } = new URL(inject('redisUrl'));
    expect(await failureOf(['worker', 'somebody'], { redis: `redis://someone:${PASSWORD}@${host}` })).toMatch(
      /^REDIS: .*WRONGPASS/,
    );
  });

  it.each(DATABASE_COMMANDS)('names the database that is not there: %s', async (...args) => {
    const said = await failureOf(args, { database: `postgres://someone:${PASSWORD}@${NOWHERE}/faces` });
    expect(said).toMatch(/^DATABASE: .*ECONNREFUSED 127\.0\.0\.1:9/);
  });

  it.each(DATABASE_COMMANDS)('does not wait for a database that says nothing: %s', async (...args) => {
    expect(await failureOf(args, { database: `postgres://someone@${silentAddress}/faces` })).toMatch(
      /^DATABASE: .*time/,
    );
  });

  it('asks for a database', async () => {
    expect(await failureOf(['worker', 'somebody'], { database: '' })).toMatch(/^NO_DATABASE: /);
  });

  it.each(DATABASE_COMMANDS)('names the weights that are not there: %s', async (...args) => {
    expect(await failureOf([...args, '--model', 'nowhere.safetensors'])).toMatch(
      /^FILE_NOT_FOUND: .*nowhere\.safetensors/,
    );
    expect(await failureOf([...args, '--detector', 'package.json'])).toMatch(/package\.json/);
  });

  it('refuses the weights that others than those of the gallery are', async () => {
    const pool = openPool();
    await migratePostgres(pool);
    const name = newName();
    await PostgresGallery.create(pool, name, WEIGHTS, 128);
    expect(await failureOf(['worker', name])).toMatch(/^OTHER_WEIGHTS: /);
    await pool.end();
  });

  it.each([['worker'], ['queue', 'status'], ['queue', 'failed'], ['queue', 'add']])(
    'refuses a name that can be none: %s %s',
    async (...args) => {
      const more = args.includes('add') ? ['.'] : [];
      for (const name of ['../x', 'a b', ''])
        expect(await failureOf([...args, name, ...more]), name).toMatch(/^BAD_NAME: /);
    },
  );

  it('names the address that the service cannot listen on', async () => {
    const [host, port] = silentAddress.split(':') as [string, string];
    expect(await failureOf(['serve', '--host', host, '--port', port], { database: '' })).toMatch(
      /^CANNOT_LISTEN: .*EADDRINUSE/,
    );
    const keys = { MOBILEFACENET_API_KEYS: 'a-key-that-only-tests-know' };
    const { code, stderr } = await runProgram(['serve', '--host', '192.0.2.1'], {
      ...environment({ database: '' }),
      ...keys,
    });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/CANNOT_LISTEN: .*EADDRNOTAVAIL/) });
  });

  it.each([
    ['worker', 'somebody'],
    ['queue', 'status', 'somebody'],
    ['serve', '--port', '0'],
  ])('names the packages that are not installed beside it: %s', async (...args) => {
    const { code, stderr } = await runProgram(args, environment({}), alone);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^UnavailableError MISSING_PEER: .*npm install/),
    });
  });

  it('prints the failure as the one document where JSON is asked for', async () => {
    const { code, stdout } = await runProgram(
      ['worker', 'somebody', '--json'],
      environment({ redis: `redis://${NOWHERE}` }),
    );
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({ error: { code: 'REDIS', message: expect.stringContaining(NOWHERE) } });
  });
});
