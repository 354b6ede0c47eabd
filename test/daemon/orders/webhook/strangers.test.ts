/** What strangers at the webhook can write into the journal. */
import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Webhook } from '../../../../daemon/orders/webhook/webhook.ts';
import { openLog } from '../../../../hal/os/log.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

const test = suite('strangers at the order webhook');

function openHook() {
  const clock = new VirtualClock();
  const lines: string[] = [];
  const hook = new Webhook({
    ...{ scheme: 'standard', secrets: () => ({ secrets: ['x'] }), isClockFree: () => false },
    service: { take: () => Promise.reject(new Error('not asked')) },
    ...{ clock, log: openLog('info', 'journal', (line) => lines.push(line)) },
  });
  return { clock, lines, hook };
}

/** It is still on its way. */
function openRequest() {
  const facts = { method: 'POST', headers: {}, complete: false };
  return Object.assign(new PassThrough(), facts) as unknown as IncomingMessage & PassThrough;
}

test('those who go away write nothing', async () => {
  const { hook, lines } = openHook();
  for (let n = 0; n < 50; n += 1) {
    const request = openRequest();
    const answer = hook.answer(request);
    request.destroy(new Error('aborted'));
    assert.is((await answer).status, 503);
  }
  assert.equal(lines, []);
});

test('those who send nothing are one line of ten seconds', async () => {
  const { hook, lines, clock } = openHook();
  const answers = Array.from({ length: 50 }, () => hook.answer(openRequest()));
  await clock.advance(5_000);
  assert.equal(new Set((await Promise.all(answers)).map(({ status }) => status)), new Set([503]));
  assert.is(lines.length, 1);
  assert.match(lines[0] ?? '', 'the message did not come');
});

test.run();
