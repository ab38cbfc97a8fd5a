/**
 * PostgreSQL with pgvector for tests: PGlite behind a port, `node postgresServer.js` prints `{ "url": … }`.
 * PGlite is one backend, so connections share it as they share a backend behind a pooler: each has it for one batch of
 * messages, or to the end of its transaction; its prepared statements get names of their own; and what a lost
 * connection leaves open is rolled back. @electric-sql/pglite-socket 0.2.17 cannot take its place: it passes single
 * messages on in turn, so that a second connection is told that its prepared statement exists already (42P05).
 */
import { createServer } from 'node:net';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';

const SSL_REQUEST = 80877103;
const CANCEL_REQUEST = 80877102;
const IDLE = 'I'.charCodeAt(0);

/** Messages after which the client waits for an answer: simple query and sync. */
const ENDS_BATCH = new Set(['Q', 'S']);

const database = await PGlite.create({ extensions: { vector } });

/** The connection that has a transaction open, and work that waits. */
let owner;
const waiting = [];
let isBusy = false;

async function work() {
  if (isBusy) return;
  isBusy = true;
  for (;;) {
    const index = waiting.findIndex(({ connection }) => owner === undefined || owner === connection);
    if (index < 0) break;
    const [{ connection, messages, answer }] = waiting.splice(index, 1);
    let status = IDLE;
    await database.runExclusive(async () => {
      for (const message of messages) {
        const reply = await database.execProtocolRaw(message);
        if (reply.length >= 6 && reply.at(-6) === 0x5a) status = reply.at(-1);
        answer(reply);
      }
    });
    owner = status === IDLE ? undefined : connection;
  }
  isBusy = false;
}

function run(connection, messages, answer) {
  waiting.push({ connection, messages, answer });
  void work();
}

function query(text) {
  const body = Buffer.from(`${text}\0`);
  const head = Buffer.alloc(5);
  head.write('Q');
  head.writeInt32BE(body.length + 4, 1);
  return new Uint8Array(Buffer.concat([head, body]));
}

/** Where a message has a statement's name: its first byte after the type and length. */
function nameOffset(message) {
  const type = String.fromCharCode(message[0]);
  if (type === 'P') return 5;
  if (type === 'B') return message.indexOf(0, 5) + 1;
  return (type === 'D' || type === 'C') && message[5] === 0x53 ? 6 : undefined;
}

/** The message with the connection's number before its statement's name. */
function rename(message, connection) {
  const at = nameOffset(message);
  if (at === undefined || message[at] === 0) return message;
  const name = `c${connection.id}_${message.toString('utf8', at, message.indexOf(0, at))}`;
  connection.statements.add(name);
  const renamed = Buffer.concat([message.subarray(0, at), Buffer.from(name), message.subarray(message.indexOf(0, at))]);
  renamed.writeInt32BE(renamed.length - 1, 1);
  return renamed;
}

let connections = 0;

function serve(socket) {
  const connection = { id: ++connections, statements: new Set() };
  const answer = (reply) => socket.writable && socket.write(reply);
  let received = Buffer.alloc(0);
  let started = false;
  let batch = [];

  function takeMessage() {
    const head = started ? 1 : 0;
    if (received.length < head + 4) return undefined;
    const length = head + received.readInt32BE(head);
    if (received.length < length) return undefined;
    const message = received.subarray(0, length);
    received = received.subarray(length);
    return message;
  }

  function handle(message) {
    if (!started) {
      const code = message.readInt32BE(4);
      if (code === SSL_REQUEST) socket.write('N');
      else if (code === CANCEL_REQUEST) socket.end();
      else {
        started = true;
        run(connection, [new Uint8Array(message)], answer);
      }
      return;
    }
    const type = String.fromCharCode(message[0]);
    if (type === 'X') return;
    batch.push(new Uint8Array(rename(message, connection)));
    if (!ENDS_BATCH.has(type)) return;
    run(connection, batch, answer);
    batch = [];
  }

  socket.setNoDelay(true);
  socket.on('data', (bytes) => {
    received = Buffer.concat([received, bytes]);
    for (let message = takeMessage(); message; message = takeMessage()) handle(message);
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    for (let index = waiting.length - 1; index >= 0; index--) {
      if (waiting[index].connection === connection) waiting.splice(index, 1);
    }
    const left = [...connection.statements].map((name) => query(`deallocate "${name}"`));
    if (left.length > 0 || owner === connection) run(connection, [query('rollback'), ...left], () => {});
  });
}

const server = createServer(serve);
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  const { port } = server.address();
  console.log(JSON.stringify({ url: `postgres://postgres@127.0.0.1:${port}/postgres` }));
});
// The parent's end is this one's.
process.stdin.resume().on('end', () => process.exit());
