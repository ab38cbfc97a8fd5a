/** Starts the servers that all tests share, and tells their addresses. */
import type { TestProject } from 'vitest/node';
import { startPostgres, startRedis } from './servers.js';

declare module 'vitest' {
  interface ProvidedContext {
    readonly databaseUrl: string;
    readonly redisUrl: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  project.provide('databaseUrl', postgres.url);
  project.provide('redisUrl', redis.url);
  return async () => {
    await Promise.all([postgres.stop(), redis.stop()]);
  };
}
