/** The service under load: at its limit, and at three times its limit by clients that ask again at once. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import autocannon from 'autocannon';
import { median, memoryMb } from './measure.js';
import { program, readSample } from './package.js';

const KEY = 'a-key-for-measurements';
const MOST_REQUESTS = 8;
const THREADS = 2;
const LOADS = [
  { load: 'at its limit', connections: MOST_REQUESTS },
  { load: 'at three times its limit', connections: 3 * MOST_REQUESTS },
];

async function startService() {
  const options = ['--port', '0', '--threads', `${THREADS}`, '--most-requests', `${MOST_REQUESTS}`];
  const child = spawn(process.execPath, [program, 'serve', ...options], {
    env: { ...process.env, MOBILEFACENET_API_KEYS: KEY, DATABASE_URL: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const address = await new Promise((resolve) => {
    let log = '';
    child.stderr.on('data', (bytes) => {
      log = (log + bytes).slice(-10_000);
      const found = /"address":"([^"]+)"/.exec(log)?.[1];
      if (found) resolve(found);
    });
  });
  return { child, address };
}

/** Asks on so many connections for some seconds, each again as soon as it is answered. */
async function measureLoad({ child, address }, connections, seconds) {
  const { statusCodeStats, latency, errors, timeouts, requests } = await autocannon({
    url: `${address}/embed`,
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'image/png' },
    body: readSample('aligned-a-1.png'),
    connections,
    duration: seconds,
    timeout: 30,
  });
  const counts = Object.entries(statusCodeStats).map(([status, { count }]) => [status, count]);
  const sum = (keep) => counts.reduce((total, [status, count]) => total + (keep(status) ? count : 0), 0);
  return {
    answered: sum((status) => status === '200') / seconds,
    refused: sum((status) => status === '429') / seconds,
    others: sum((status) => status !== '200' && status !== '429'),
    errors: errors + timeouts,
    // Those that are on their way when the time is over are not asked for again.
    lost: Math.max(0, requests.sent - sum(() => true) - connections),
    p50: latency.p50,
    p99: latency.p99,
    memoryMb: memoryMb(child.pid),
  };
}

export async function benchService({ loadSeconds, rounds }) {
  const service = await startService();
  await measureLoad(service, THREADS, loadSeconds);
  const measured = LOADS.map(() => []);
  // Loads take turns, so that whatever else the machine does meets both.
  for (let round = 0; round < rounds; round++) {
    for (const [at, { connections }] of LOADS.entries()) {
      measured[at].push(await measureLoad(service, connections, loadSeconds));
    }
  }
  service.child.kill('SIGTERM');
  const [code] = await once(service.child, 'exit');
  const rows = LOADS.map(({ load, connections }, at) => {
    const of = (key) => measured[at].map((values) => values[key]);
    const total = (key) => of(key).reduce((sum, value) => sum + value, 0);
    return [
      load,
      connections,
      median(of('answered')).toFixed(1),
      median(of('refused')).toFixed(1),
      total('others'),
      total('errors'),
      total('lost'),
      median(of('p50')),
      median(of('p99')),
      Math.max(...of('memoryMb')).toFixed(0),
    ];
  });
  const head = ['load', 'connections', '200 a second', '429 a second', 'other statuses', 'errors', 'lost'];
  const title = `Service, POST /embed of an aligned crop, ${THREADS} threads, at most ${MOST_REQUESTS} requests; medians of ${rounds} rounds`;
  if (code !== 0) throw new Error(`The service ended with code ${code}.`);
  return [{ title, head: [...head, 'p50 ms', 'p99 ms', 'largest MB'], rows }];
}
