/** The worker's side of calls: one after another, each answered once. */
import type { CallMessage, Problem, Progress, ReplyMessage } from './messages.js';

/** What a worker's global scope offers, which the types of a page's window do not tell. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<CallMessage>) => void) | null;
  postMessage(message: ReplyMessage): void;
}

type Calls<Table> = { readonly [Kind in keyof Table]: { readonly request: unknown; readonly answer: unknown } };

/** By kind, a function from request to answer. */
export type Handlers<Table extends Calls<Table>> = {
  readonly [Kind in keyof Table]: (
    request: Table[Kind]['request'],
    onProgress: (progress: Progress) => void,
  ) => Promise<Table[Kind]['answer']>;
};

/** An error as it is posted. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof Error)) return { code: 'UNKNOWN', message: String(error) };
  return { code: 'code' in error ? String(error.code) : error.name, message: error.message };
}

/** Answers calls from here on. */
export function serveCalls<Table extends Calls<Table>>(handlers: Handlers<Table>): void {
  const scope = globalThis as unknown as WorkerScope;
  let queue = Promise.resolve();
  const answer = async ({ id, kind, request }: CallMessage): Promise<void> => {
    const handler = handlers[kind as keyof Table];
    try {
      const onProgress = (progress: Progress): void => scope.postMessage({ id, progress });
      scope.postMessage({ id, answer: await handler(request as Table[keyof Table]['request'], onProgress) });
    } catch (error) {
      scope.postMessage({ id, problem: problemOf(error) });
    }
  };
  scope.onmessage = ({ data }) => {
    queue = queue.then(() => answer(data));
  };
}
