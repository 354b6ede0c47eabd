/** A rehearsal on a whole box: guests see nothing of it, and going live ends it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ask } from '../../../daemon/cli/control/client.ts';
import type { Outcome } from '../../../daemon/model/commands.ts';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { startBox, until } from '../../support/box.ts';

const test = suite('rehearsal of a whole box');
const never = new AbortController().signal;

test('guests’ page stays as it is, a probe watches, and going live ends the rehearsal', async () => {
  await using box = await startBox(
    ['printer.driver=none'],
    ['demo', '--idle'],
    [],
    undefined,
    undefined,
    true,
  );
  const socket = `${box.folder}/control.sock`;
  const command = async (verb: 'rehearse' | 'go-live', args: object): Promise<Outcome> => {
    const request = { ask: 'cmd', verb, args: { ...args }, isDryRun: false } as const;
    for await (const answer of ask([socket], request, never)) {
      if (answer.type === 'error') throw new Error(answer.message);
      if (answer.type === 'outcome') return answer.outcome;
    }
    throw new Error('no outcome');
  };
  const state = () => box.state<BoxSnapshot>();
  await until(async () => (await fetch(`${box.url}/drop.json`)).ok, 60_000, box.output);
  const before = await seenByGuests(box.url);
  const rehearsing = command('rehearse', { minutes: 10 });
  // Looked at below; until then a failure of this test ends it too.
  rehearsing.catch(() => undefined);
  let during: BoxSnapshot | undefined;
  await until(
    async () => {
      during = await state();
      return / behind$/.test(during.readiness?.running?.step ?? '');
    },
    120_000,
    box.output,
  );
  assert.is(during?.drop.phase, 'idle');
  assert.is(during?.media?.isFlowing, true);
  assert.equal(await seenByGuests(box.url), before);

  const live = await command('go-live', { force: true });
  assert.is(live.status, 'done', JSON.stringify(live));
  const ended = await rehearsing;
  assert.is(ended.status, 'failed');
  assert.match(ended.detail, 'go-live was asked for');
  const after = await state();
  assert.is(after.drop.phase, 'live');
  assert.is(after.readiness?.running, undefined);
  assert.is(after.readiness?.rehearsal?.verdict, 'ended');
  assert.ok((after.readiness?.rehearsal?.viewer?.parts ?? 0) > 0);
  await until(async () => (await state()).uplink?.phase === 'connected', 60_000, box.output);
  await until(async () => (await fetch(`${box.url}/live/index.m3u8`)).ok, 60_000, box.output);
});

/** Page, state and stream, without what is the time. */
async function seenByGuests(url: string) {
  const page = await (await fetch(`${url}/`)).text();
  const drop = (await (await fetch(`${url}/drop.json`)).json()) as Record<string, unknown>;
  const { status } = await fetch(`${url}/live/index.m3u8`);
  const { now: _, isClockFree: __, ...rest } = drop;
  return { page, drop: rest, stream: status };
}

test.run();
