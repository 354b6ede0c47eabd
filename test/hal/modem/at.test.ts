/** Tests of AT modems on a serial port. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type AtLine, openAtLine, shareLine } from '../../../hal/modem/at-line.ts';
import { openAtModem } from '../../../hal/modem/at-modem.ts';
import type { Modems, ModemsState } from '../../../hal/modem/port.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { HalError } from '../../../hal/os/errors.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { until } from '../../support/box.ts';
import { answering, freshModem } from '../../support/modem/at-modem.ts';
import { openPty } from '../../support/pty.ts';

const test = suite('AT modem on a serial port');
const os = { clock: systemClock, log: silentLog };
const never = new AbortController().signal;
const IMEI = '867530900000017';

function follow(modems: Modems) {
  const stop = new AbortController();
  let latest: ModemsState | undefined;
  const ended = (async () => {
    for await (const state of modems.changes(stop.signal)) latest = state;
  })();
  return {
    latest: () => latest,
    first: () => (latest?.phase === 'known' ? latest.modems[0] : undefined),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await ended;
    },
  };
}

async function errorOf(work: Promise<unknown>): Promise<HalError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof HalError, String(error));
  return error;
}

test('a PIN unlocks it while its state is being followed, on the one open port', async () => {
  await using pty = openPty();
  const modem = freshModem('4711');
  pty.onData(answering(modem, (text) => pty.write(text)));
  const modems = openAtModem(pty.path, 115_200, os);
  await using seen = follow(modems);
  await until(() => seen.first()?.registration === 'locked', 30_000);
  assert.is(seen.first()?.sim, 'pin');
  const wrong = await errorOf(modems.sendPin(IMEI, '0000', never));
  assert.is(wrong.code, 'BAD_REPLY');
  assert.match(wrong.message, '+CME ERROR: 16');
  assert.not.match(wrong.message, '0000');
  await modems.sendPin(IMEI, '4711', never);
  await until(() => seen.first()?.registration === 'registered', 30_000);
});

test('what is no PIN never reaches the SIM, which would count it as a try', async () => {
  await using pty = openPty();
  const modem = freshModem('4711');
  pty.onData(answering(modem, (text) => pty.write(text)));
  const modems = openAtModem(pty.path, 115_200, os);
  for (const pin of ['', '123', '123456789', '12"4', '1234\r\nATZ']) {
    assert.is((await errorOf(modems.sendPin(IMEI, pin, never))).code, 'BAD_REPLY');
  }
  assert.equal(modem.received, []);
});

test('each action is its commands, and a supply that cannot be switched is refused', async () => {
  await using pty = openPty();
  const modem = freshModem();
  pty.onData(answering(modem, (text) => pty.write(text)));
  const modems = openAtModem(pty.path, 115_200, os);
  for (const action of ['enable', 'reconnect', 'reset'] as const) {
    await modems.act(IMEI, action, never);
  }
  assert.equal(modem.received, ['AT+CFUN=1', 'AT+CFUN=4', 'AT+CFUN=1', 'AT+CFUN=1,1']);
  assert.is((await errorOf(modems.act(IMEI, 'power', never))).code, 'UNSUPPORTED');
});

test('a port that goes is a state with its reason, and so is one that is not there', async () => {
  const pty = openPty();
  const modem = freshModem();
  pty.onData(answering(modem, (text) => pty.write(text)));
  await using seen = follow(openAtModem(pty.path, 115_200, os));
  await until(() => seen.first()?.id === IMEI, 30_000);
  pty.unplug();
  await until(() => seen.latest()?.phase === 'away', 30_000);
  const error = await errorOf(openAtModem('/dev/none', 9600, os).act(IMEI, 'reset', never));
  assert.is(error.code, 'NOT_FOUND');
});

test('a modem that stays silent closes the line: its late answer belongs to nothing', async () => {
  await using pty = openPty();
  const line = await openAtLine(pty.path, 115_200, systemClock);
  const error = await errorOf(line.ask('AT+CGSN', 20, never));
  assert.is(error.code, 'TIMEOUT');
  assert.is(line.closed.aborted, true);
  assert.is((await errorOf(line.ask('AT+CGMM', 20, never))).code, 'TIMEOUT');
  await line[Symbol.asyncDispose]();
});

test('answers go to their commands, though two ask at once', async () => {
  await using pty = openPty();
  pty.onData(answering(freshModem(), (text) => pty.write(text)));
  await using line = await openAtLine(pty.path, 115_200, systemClock);
  const [imei, sim] = await Promise.all([
    line.ask('AT+CGSN', 10_000, never),
    line.ask('AT+CPIN?', 10_000, never),
  ]);
  assert.equal([imei.lines[0], sim.lines[0]], [IMEI, '+CPIN: READY']);
});

test('an answer that takes long is waited for, as long as the port is there', async () => {
  const pty = openPty();
  pty.onData((bytes) => {
    if (!bytes.toString().includes('COPS')) return;
    setTimeout(() => pty.write('\r\n+COPS: 0,0,"Late",7\r\n\r\nOK\r\n'), 1_500);
  });
  const line = await openAtLine(pty.path, 115_200, systemClock);
  const { lines } = await line.ask('AT+COPS?', 120_000, never);
  assert.equal(lines, ['+COPS: 0,0,"Late",7', 'OK']);
  const silent = errorOf(line.ask('AT+CSQ', 120_000, never));
  pty.unplug();
  assert.is((await silent).code, 'GONE');
  await line[Symbol.asyncDispose]();
});

test('a shared line is opened once, closes behind its last user, and opens again', async () => {
  const reported: string[] = [];
  const take = shareLine(async (): Promise<AtLine> => {
    reported.push('open');
    return {
      path: '/dev/none',
      ask: async () => ({ final: 'ok', lines: [] }),
      closed: never,
      [Symbol.asyncDispose]: async () => {
        reported.push('close');
      },
    };
  });
  const [one, two] = await Promise.all([take(), take()]);
  await one[Symbol.asyncDispose]();
  assert.equal(reported, ['open']);
  await two[Symbol.asyncDispose]();
  assert.equal(reported, ['open', 'close']);
  await (await take())[Symbol.asyncDispose]();
  assert.equal(reported, ['open', 'close', 'open', 'close']);
});

test('a line that cannot be opened is tried again by the next user', async () => {
  let tries = 0;
  const take = shareLine(async () => {
    tries += 1;
    throw new HalError('NOT_FOUND', 'no port');
  });
  await errorOf(take());
  await errorOf(take());
  assert.is(tries, 2);
});

test.run();
