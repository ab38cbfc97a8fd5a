/** What a server or its client gives as the reason of a failure, for a sentence of this package. */

/** One line: the code, where there is one and the message does not name it, and the message without its full stop. */
export function printReason(error: unknown): string {
  const { message, code, errors } = error as Error & { code?: string; errors?: Error[] };
  const said = (message || errors?.[0]?.message || String(error)).split('\n')[0]!.replace(/\.$/, '');
  return code && !said.includes(code) ? `${code}, ${said}` : said;
}
