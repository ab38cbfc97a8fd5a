/** Numbers as text. */

/** A cosine similarity, with a real minus sign. */
export function formatSimilarity(value: number): string {
  return value.toFixed(3).replace('-', '−');
}

/** Milliseconds, three digits at least where they are few. */
export function formatMs(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

/** A share of 1 as per cent, never rounded to certainty. */
export function formatPercent(share: number): string {
  if (share > 0.999) return 'over 99.9 %';
  if (share < 0.001) return 'under 0.1 %';
  return `${(share * 100).toFixed(1)} %`;
}

/** Millions with two decimals. */
export function formatMillions(count: number): string {
  return `${(count / 1e6).toFixed(2)} M`;
}

/** Bytes in megabytes. */
export function formatBytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** "1 face", "3 faces". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
