/** Where a server listens that listens everywhere. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { listen } from '../../../hal/os/listen.ts';

const test = suite('listen');

async function openAt(host: string, server = createServer((_, answer) => answer.end('here'))) {
  await listen(server, host, 0);
  const { port } = server.address() as AddressInfo;
  return {
    textAt: async (name: string) => (await fetch(`http://${name}:${port}/`)).text(),
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** As on a machine where the kernel refuses IPv6. */
function withoutIpv6(code: string): Server {
  const server = createServer((_, answer) => answer.end('here'));
  const real = server.listen.bind(server);
  server.listen = ((port: number, host: string, ...rest: unknown[]) => {
    if (host === '::') {
      queueMicrotask(() => server.emit('error', Object.assign(new Error(code), { code })));
      return server;
    }
    return (real as (...all: unknown[]) => Server)(port, host, ...rest);
  }) as Server['listen'];
  return server;
}

test('a server at :: is reached by IPv4, and by IPv6 where the machine has it', async () => {
  await using open = await openAt('::');
  assert.is(await open.textAt('127.0.0.1'), 'here');
  const hasIpv6 = await openAt('::1').then(
    async (one) => {
      await one[Symbol.asyncDispose]();
      return true;
    },
    () => false,
  );
  if (hasIpv6) assert.is(await open.textAt('[::1]'), 'here');
});

test('where the machine has no IPv6 it listens on IPv4', async () => {
  for (const code of ['EAFNOSUPPORT', 'EADDRNOTAVAIL']) {
    await using open = await openAt('::', withoutIpv6(code));
    assert.is(await open.textAt('127.0.0.1'), 'here');
  }
});

test('a port that is taken stays an error', async () => {
  let code: unknown;
  await openAt('::', withoutIpv6('EADDRINUSE')).catch((error: unknown) => {
    ({ code } = error as NodeJS.ErrnoException);
  });
  assert.is(code, 'EADDRINUSE');
});

test.run();
