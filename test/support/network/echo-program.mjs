/**
 * `listen tcp:PORT udp:PORT udp:ADDRESS:PORT…` answers with the address that it sees.
 * `reach tcp:ADDRESS:PORT +udp:ADDRESS:PORT…` prints what answers, as JSON: once all with a `+`
 * have answered the others are waited for a little longer. Plain JavaScript: it starts often.
 */
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';

const LONG_MS = 60_000;
const A_LITTLE_MS = 1_500;
const AGAIN_MS = 200;
const [, , verb, ...words] = process.argv;

function listenTcp(port) {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(socket.remoteAddress ?? '');
  });
  return new Promise((resolve) => server.listen(port, '::', resolve));
}

/** An answer comes from `address`; at all of them from the one that the kernel chooses. */
function listenUdp(port, address) {
  const socket = createSocket(address === '::' ? 'udp6' : 'udp4');
  socket.on('message', (_text, from) => socket.send(from.address, from.port, from.address));
  return new Promise((resolve) => socket.bind(port, address, resolve));
}

function reachTcp(host, port, onAnswer) {
  const socket = connect({ host, port });
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    if (text !== '') onAnswer(text);
  });
}

function reachUdp(host, port, onAnswer) {
  const socket = createSocket('udp4');
  socket.on('error', () => undefined);
  setInterval(() => socket.send('?', port, host), AGAIN_MS);
  socket.once('message', (text) => onAnswer(text.toString()));
}

if (verb === 'listen') {
  await Promise.all(
    words.map((word) => {
      const [protocol, ...rest] = word.split(':');
      const [address, port] = rest.length === 1 ? ['::', rest[0]] : rest;
      return protocol === 'tcp' ? listenTcp(Number(port)) : listenUdp(Number(port), address);
    }),
  );
  console.log('ready');
} else {
  const seen = {};
  const print = () => {
    console.log(JSON.stringify(seen));
    console.log('done');
    process.exit(0);
  };
  const waiting = new Set(words.filter((word) => word.startsWith('+')));
  const hasOthers = words.some((word) => !word.startsWith('+'));
  const ended = () => {
    if (waiting.size === 0) setTimeout(print, hasOthers ? A_LITTLE_MS : 0);
  };
  setTimeout(print, LONG_MS);
  ended();
  for (const word of words) {
    const target = word.replace('+', '');
    const [protocol, host, port] = target.split(':');
    const reach = protocol === 'tcp' ? reachTcp : reachUdp;
    reach(host, Number(port), (text) => {
      seen[target] = text.replace('::ffff:', '');
      if (waiting.delete(word)) ended();
    });
  }
}
