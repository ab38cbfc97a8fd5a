/** What all parts of the benchmark measure: times of searches, medians, and a process's memory. */
import { readFileSync } from 'node:fs';

export function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Resident memory of a process in megabytes, as Linux counts it. */
export function memoryMb(pid = process.pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}

/** Runs something and gives how many seconds it took. */
export async function timeSeconds(run) {
  const beginMs = performance.now();
  await run();
  return (performance.now() - beginMs) / 1000;
}

/** Searches for one face after the other. Gives what was found, and the columns of `SEARCH_HEAD`. */
export async function timeSearches(search, queries) {
  const durations = [];
  const results = [];
  for (const query of queries) {
    const beginMs = performance.now();
    results.push(await search(query));
    durations.push(performance.now() - beginMs);
  }
  const sorted = durations.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.floor(sorted.length * share)].toFixed(2);
  return { results, columns: [(1000 / median(durations)).toFixed(0), at(0.5), at(0.95)] };
}

export const SEARCH_HEAD = ['searches/s, one client', 'median ms', 'p95 ms'];
