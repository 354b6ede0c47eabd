/** Events of bonded links. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoxEvent } from '../../../daemon/model/commands.ts';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { recordLinkEvents } from '../../../daemon/mqtt/link-events.ts';
import { silentLog } from '../../../hal/os/log.ts';
import type { LinkSwitch } from '../../../pipelines/bond/core/snapshot.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { fullSnapshot } from './support/snapshot.ts';

const test = suite('events of links');

function withSwitches(...switches: readonly LinkSwitch[]): BoxSnapshot {
  const { uplink, ...box } = fullSnapshot();
  assert.ok(uplink?.bond);
  return { ...box, uplink: { ...uplink, bond: { ...uplink.bond, switches } } };
}

const change = (
  atMs: number,
  link: string,
  from: LinkSwitch['from'],
  to: LinkSwitch['to'],
): LinkSwitch => ({ atMs, link, from, to, reason: 'as in the test' });

test('a link that stops or starts carrying the stream is one event, over restarts too', async () => {
  const clock = new VirtualClock();
  const recorded: BoxEvent[] = [];
  const ending = new AbortController();
  let snapshot = withSwitches();
  const events = {
    spool: undefined,
    record: async (event: BoxEvent) => {
      recorded.push(event);
    },
    state: () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
  const deps = { clock, log: silentLog, snapshots: () => snapshot, events };
  const done = recordLinkEvents(deps, ending.signal);
  const show = async (next: BoxSnapshot) => {
    snapshot = next;
    await clock.advance(3_000);
    return recorded
      .splice(0)
      .map(({ type, severity, data }) => `${type} ${severity} ${data['link']} ${data['to']}`);
  };
  const up = change(1_000, 'wwan0', 'out', 'active');
  const suspect = change(2_000, 'wwan0', 'active', 'suspect');
  const lost = change(3_000, 'wwan0', 'suspect', 'stalled');
  assert.equal(await show(withSwitches()), []);
  assert.equal(await show(withSwitches(up)), ['link.switched info wwan0 active']);
  assert.equal(await show(withSwitches(up, suspect)), []);
  assert.equal(await show(withSwitches(up, suspect, lost)), [
    'link.switched warning wwan0 stalled',
  ]);
  assert.equal(await show({ ...snapshot, uplink: undefined }), []);
  // The uplink process was restarted, and its clock with it.
  assert.equal(await show(withSwitches(change(500, 'eth0', 'out', 'active'))), [
    'link.switched info eth0 active',
  ]);
  ending.abort();
  await done;
});

test.run();
