/** Printers that fetch their slips: Star CloudPRNT, Epson Server Direct Print. */
import { connect } from 'node:net';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Clock, systemClock } from '../../../../hal/os/clock.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { unpackRows } from '../../../../hal/printer/paper/picture.ts';
import { answerCloudPrnt } from '../../../../hal/printer/polled/cloudprnt.ts';
import { answerDirectPrint } from '../../../../hal/printer/polled/direct-print.ts';
import { Offer } from '../../../../hal/printer/polled/offer.ts';
import { openPolledPrinter } from '../../../../hal/printer/polled/server.ts';
import type { PrintDocument } from '../../../../hal/printer/port.ts';
import { PRINTER_PROFILES } from '../../../../hal/printer/profiles.ts';
import { readCodes } from '../../../../hal/printer/verify.ts';
import { until } from '../../../support/box.ts';
import { freePort } from '../../../support/free-port.ts';

const test = suite('printers that poll');
const never = new AbortController().signal;
const LINK = 'https://venue.example/d/1';
const SLIP: PrintDocument = [
  { kind: 'text', text: '<b>&' },
  { kind: 'qr', data: LINK },
];

async function openOne(
  protocol: 'cloudprnt' | 'direct-print',
  { speed = 1, printerIp = '127.0.0.1' } = {},
) {
  const port = await freePort();
  const clock: Clock = {
    ...systemClock,
    monotonicMs: () => systemClock.monotonicMs() * speed,
    sleep: (ms, signal) => systemClock.sleep(ms / speed, signal),
  };
  const profile = PRINTER_PROFILES['generic-80'];
  const printer = openPolledPrinter({ protocol, profile, port, printerIp, clock, log: silentLog });
  const url = `http://127.0.0.1:${port}/`;
  const ask = async (method: string, query = '', body?: string) => {
    for (;;) {
      try {
        return await fetch(url + query, { method, ...(body === undefined ? {} : { body }) });
      } catch {
        // It is about to listen.
        await systemClock.sleep(20);
      }
    }
  };
  return { printer, ask, port };
}

const POLL = JSON.stringify({
  status: '23 6 0',
  statusCode: '200%20OK',
  printingInProgress: false,
});

async function jobOf(ask: Awaited<ReturnType<typeof openOne>>['ask']): Promise<string> {
  for (;;) {
    const answer = (await (await ask('POST', '', POLL)).json()) as { jobToken?: string };
    if (answer.jobToken !== undefined) return answer.jobToken;
    await systemClock.sleep(10);
  }
}

test('CloudPRNT: polled, fetched, confirmed: printed, and known from its status', async () => {
  const { printer, ask } = await openOne('cloudprnt');
  assert.is((await printer.status(never)).phase, 'away');
  const printing = printer.print(SLIP, never);
  const token = await jobOf(ask);
  const png = await ask('GET', `?mac=00:11&type=image/png&token=${token}`);
  assert.is(png.headers.get('content-type'), 'image/png');
  assert.ok((await png.arrayBuffer()).byteLength > 100);
  // Until it reports, no poll has it printed once more.
  assert.equal(await (await ask('POST', '', POLL)).json(), { jobReady: false });
  assert.is((await ask('GET', `?type=image/png&token=${token}`)).status, 404);
  assert.is((await ask('GET', '?token=other')).status, 404);
  // About another job.
  await ask('DELETE', '?token=other&code=510');
  await ask('DELETE', `?token=${token}&code=${encodeURIComponent('200 OK')}`);
  assert.equal(await printing, { outcome: 'printed' });
  const well = { phase: 'known', isOnline: true, paper: 'ok', isCoverOpen: false };
  assert.equal(await printer.status(never), well);
  await ask('POST', '', JSON.stringify({ statusCode: '410%20Paper%20empty' }));
  assert.equal(await printer.status(never), { ...well, paper: 'out' });
  await printer[Symbol.asyncDispose]();
});

test('what was not fetched is surely not printed, what was fetched and not reported is not known', async () => {
  const { printer, ask } = await openOne('cloudprnt', { speed: 400 });
  const missed = await printer.print(SLIP, never);
  assert.equal(missed, { outcome: 'failed', reason: 'the printer did not fetch it', sentBytes: 0 });
  const slow = await openOne('cloudprnt', { speed: 40 });
  const printing = slow.printer.print(SLIP, never);
  const token = await jobOf(slow.ask);
  await slow.ask('GET', `?token=${token}`);
  assert.is((await printing).outcome, 'unknown');
  // It is offered no second time.
  assert.equal(await (await slow.ask('POST', '', POLL)).json(), { jobReady: false });
  await printer[Symbol.asyncDispose]();
  await slow.printer[Symbol.asyncDispose]();
  void ask;
});

test('Server Direct Print: the picture has the code, and the report settles the job', async () => {
  const { printer, ask } = await openOne('direct-print');
  for (const [success, code, expected] of [
    ['true', '', 'printed'],
    ['false', 'EPTR_REC_EMPTY', 'failed'],
  ] as const) {
    const printing = printer.print(SLIP, never);
    let xml = '';
    while (xml === '') {
      xml = await (await ask('POST', '', 'ConnectionType=GetRequest&ID=&Name=TM')).text();
      await systemClock.sleep(10);
    }
    const again = await ask('POST', '', 'ConnectionType=GetRequest&ID=&Name=TM');
    assert.is(await again.text(), '');
    const [, width, height, data = ''] =
      /<image width="(\d+)" height="(\d+)"[^>]*>([^<]+)</.exec(xml) ?? [];
    const picture = unpackRows(Buffer.from(data, 'base64'), Number(width) / 8, Number(height));
    assert.equal(readCodes(picture), [LINK]);
    const id = /<printjobid>(\w+)</.exec(xml)?.[1];
    const file = `<PrintResponseInfo><ePOSPrint><Parameter><printjobid>${id}</printjobid></Parameter><PrintResponse><response success="${success}" code="${code}" status="1"/></PrintResponse></ePOSPrint></PrintResponseInfo>`;
    const form = new URLSearchParams({ ConnectionType: 'SetResponse', ResponseFile: file });
    await ask('POST', '', form.toString());
    assert.is((await printing).outcome, expected);
  }
  // It stays out of paper for a minute, though it polls on.
  await ask('POST', '', 'ConnectionType=GetRequest');
  const status = await printer.status(never);
  assert.is(status.phase === 'known' && status.paper, 'out');
  await printer[Symbol.asyncDispose]();
});

test('a slip that did not leave the box is offered again, and only then', () => {
  const offer = new Offer();
  const dots = { width: 8, height: 1, dots: new Uint8Array(8) };
  const job = { token: 'abc', picture: dots, png: Buffer.alloc(9) };
  void offer.put(job);
  const asked = { method: 'GET', query: new URLSearchParams('token=abc'), body: '' };
  assert.is(
    answerCloudPrnt({ ...asked, query: new URLSearchParams('type=text/plain') }, offer, 0).status,
    415,
  );
  assert.is(answerCloudPrnt(asked, offer, 0).taken, job);
  assert.is(answerCloudPrnt(asked, offer, 0).status, 404);
  offer.giveBack({ ...job, token: 'of another one' });
  assert.is(offer.offered, undefined);
  offer.giveBack(job);
  assert.is(answerCloudPrnt(asked, offer, 0).taken, job);
});

test('nobody but the printer gets a slip', async () => {
  const { printer, ask } = await openOne('cloudprnt', { printerIp: '192.0.2.9' });
  assert.is((await ask('POST', '', POLL)).status, 403);
  assert.is((await printer.status(never)).phase, 'away');
  await printer[Symbol.asyncDispose]();
});

test('strangers who only stay do not hold the printer’s places', async () => {
  const { printer, ask, port } = await openOne('cloudprnt');
  await ask('POST', '', POLL);
  const strangers = Array.from({ length: 40 }, () =>
    connect({ host: '127.0.0.1', port, localAddress: '127.8.0.1' }).on('error', () => undefined),
  );
  for (const one of strangers) one.resume();
  await until(() => strangers.every(({ destroyed }) => destroyed), 20_000);
  assert.is((await ask('POST', '', POLL)).status, 200);
  await printer[Symbol.asyncDispose]();
});

test('whatever is asked, there is an answer, and a waiting job stays unprinted', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '{}',
      'null',
      '[]',
      '{"statusCode":"%"}',
      'ConnectionType=SetResponse&ResponseFile=<response success="true">',
    ),
  );
  fc.assert(
    fc.property(fc.constantFrom('POST', 'PUT', 'DELETE'), text, text, (method, query, body) => {
      for (const answer of [answerCloudPrnt, answerDirectPrint]) {
        const offer = new Offer();
        let isSettled = false;
        const dots = { width: 8, height: 1, dots: new Uint8Array(8) };
        void offer.put({ token: 'abc', picture: dots, png: Buffer.alloc(9) }).then(() => {
          isSettled = true;
        });
        const { status } = answer({ method, query: new URLSearchParams(query), body }, offer, 0);
        assert.ok([200, 400, 405].includes(status));
        assert.is(isSettled, false);
        assert.ok(offer.offered !== undefined || offer.isTaken);
      }
    }),
    { seed: 15 },
  );
});

test.run();
