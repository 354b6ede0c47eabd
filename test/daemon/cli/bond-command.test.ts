/** `venuebox bond` and `venuebox relay` as people run them, between Debian's SRT tools. */
import { createSocket } from 'node:dgram';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseLinks } from '../../../daemon/cli/bond-command.ts';
import { parseCommand } from '../../../daemon/cli/parse.ts';
import { parseEndpoint } from '../../../daemon/cli/parse-options.ts';
import { UsageError } from '../../../daemon/cli/usage.ts';
import { until } from '../../support/box.ts';
import { freePort } from '../../support/free-port.ts';
import { startProgram, startVenuebox } from '../../support/program.ts';

const test = suite('bond and relay');

test('links are addresses, or lines with a role and a weight', () => {
  assert.equal(
    parseLinks('10.0.0.2 # 5G\n10.0.1.2 backup\n\n10.0.2.2 weight=2.5\n').map(
      ({ id, isBackup, weight }) => [id, isBackup, weight],
    ),
    [
      ['10.0.0.2', false, 1],
      ['10.0.1.2', true, 1],
      ['10.0.2.2', false, 2.5],
    ],
  );
  for (const wrong of [
    '',
    'wwan0',
    '10.0.0.256',
    '10.0.0.2 fast',
    '10.0.0.2 weight=0',
    '10.0.0.2,10.0.0.2',
  ]) {
    assert.throws(
      () => parseLinks(wrong),
      (error: unknown) => error instanceof UsageError,
      wrong,
    );
  }
});

test('an endpoint is a host and a port', () => {
  assert.equal(parseEndpoint('--to', 'example.org:5000'), { host: 'example.org', port: 5000 });
  assert.equal(parseEndpoint('--listen', '5000', '127.0.0.1'), { host: '127.0.0.1', port: 5000 });
  assert.equal(parseEndpoint('--to', '[2001:db8::1]:5000'), { host: '2001:db8::1', port: 5000 });
  for (const wrong of ['5000', 'a:b', 'a:0', 'a:99999', '2001:db8::1:5000'])
    assert.throws(() => parseEndpoint('--to', wrong));
});

test('the command line of both is read, and says what is missing', () => {
  const bond = parseCommand([
    'bond',
    '--listen',
    '5000',
    '--to',
    'a:6000',
    '--from',
    '10.0.0.2',
    '--json',
  ]);
  assert.equal(bond, {
    verb: 'bond',
    listen: { host: '127.0.0.1', port: 5000 },
    receiver: { host: 'a', port: 6000 },
    from: '10.0.0.2',
    isJson: true,
    secretFile: '',
  });
  assert.throws(() => parseCommand(['bond', '--listen', '1', '--to', 'a:1']), /bond needs --from/);
  assert.throws(() => parseCommand(['relay', '--listen', '1']), /relay needs --srt/);
});

test('an SRT encoder reaches an SRT listener over two links, and SIGHUP takes one away', async () => {
  const [encoderPort, bondPort, relayPort, srtPort] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const received = createSocket('udp4');
  await new Promise<void>((resolve) => received.bind(0, '127.0.0.1', resolve));
  let receivedPackets = 0;
  received.on('message', () => {
    receivedPackets += 1;
  });
  const linksFile = join(mkdtempSync(join(tmpdir(), 'venuebox-')), 'links');
  writeFileSync(linksFile, '127.0.0.1\n127.0.0.2\n');

  await using listener = startProgram('srt-live-transmit', [
    '-q',
    `srt://127.0.0.1:${srtPort}?mode=listener&latency=300`,
    `udp://127.0.0.1:${received.address().port}`,
  ]);
  await using relay = startVenuebox(
    'relay',
    '--listen',
    `127.0.0.1:${relayPort}`,
    '--srt',
    `127.0.0.1:${srtPort}`,
    '--json',
  );
  await until(() => relay.output().includes('relay started'), 10_000, relay.output);
  await using bond = startVenuebox(
    'bond',
    '--listen',
    String(bondPort),
    '--to',
    `127.0.0.1:${relayPort}`,
    '--from',
    `@${linksFile}`,
    '--json',
  );
  const links = () => {
    const line = bond
      .output()
      .trim()
      .split('\n')
      .findLast((text) => text.startsWith('{"links"'));
    return line === undefined
      ? []
      : (JSON.parse(line) as { links: { id: string; state: string }[] }).links;
  };
  await until(
    () => links().filter(({ state }) => state === 'active').length === 2,
    10_000,
    bond.output,
  );
  await using encoder = startProgram('srt-live-transmit', [
    '-q',
    `udp://127.0.0.1:${encoderPort}`,
    `srt://127.0.0.1:${bondPort}?mode=caller&latency=300`,
  ]);
  await new Promise((resolve) => setTimeout(resolve, 500));

  const source = createSocket('udp4');
  const send = setInterval(
    () => source.send(Buffer.alloc(1316, 0x47), encoderPort, '127.0.0.1'),
    4,
  );
  try {
    await until(() => receivedPackets > 200, 10_000, bond.output);
    writeFileSync(linksFile, '127.0.0.2\n');
    bond.child.kill('SIGHUP');
    await until(() => links().length === 1, 5_000, bond.output);
    const before = receivedPackets;
    await until(() => receivedPackets > before + 200, 10_000, bond.output);
    assert.equal(
      links().map(({ id }) => id),
      ['127.0.0.2'],
    );
    assert.match(relay.output(), '"groups":[{"number"');
  } finally {
    clearInterval(send);
    source.close();
    received.close();
  }
  assert.ok(listener.child.exitCode === null && encoder.child.exitCode === null);
});

test('a taken port is one clear line', async () => {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  await using relay = startVenuebox(
    'relay',
    '--listen',
    `127.0.0.1:${socket.address().port}`,
    '--srt',
    '127.0.0.1:1',
  );
  await until(() => relay.child.exitCode !== null, 10_000);
  assert.is(relay.child.exitCode, 1);
  assert.match(
    relay.output(),
    /^venuebox: UDP port \d+ on 127\.0\.0\.1: another program listens there already\n$/,
  );
  socket.close();
});

test.run();
