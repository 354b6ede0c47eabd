/** The destinations that a drop goes to. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseDropList } from '../../../../daemon/config/drop-list/parse.ts';
import { parseConfig } from '../../../../daemon/config/file.ts';
import { overConfig } from '../../../../daemon/drops/present.ts';
import { runChosen } from '../../../../daemon/media/destinations/chosen.ts';
import { untilAborted } from '../../../../hal/os/async.ts';
import type { Task } from '../../../../hal/os/task.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

const test = suite('destinations of a drop');

const UPLINK = `uplink:
  destinations:
    - {id: youtube, kind: rtmp, url: rtmp://h/live, key_file: k}
    - {id: archive, kind: srt, host: h, port: 1}
`;

test('those that are chosen run, and others from a second after they are', async () => {
  const clock = new VirtualClock();
  const runs: string[] = [];
  const taskOf = (id: string): { readonly id: string; readonly task: Task } => ({
    id,
    task: async (signal) => {
      runs.push(`${id} begins`);
      await untilAborted(signal);
      runs.push(`${id} ends`);
    },
  });
  let chosen: readonly string[] | undefined = ['a'];
  const end = new AbortController();
  const running = runChosen(['a', 'b'].map(taskOf), () => chosen, clock)(end.signal);
  const seen = async () => {
    await clock.advance(1_000);
    return runs.splice(0);
  };
  assert.equal(await seen(), ['a begins']);
  chosen = ['b'];
  assert.equal((await seen()).toSorted(), ['a ends', 'b begins']);
  chosen = [];
  assert.equal(await seen(), ['b ends']);
  chosen = undefined;
  assert.equal((await seen()).toSorted(), ['a begins', 'b begins']);
  end.abort();
  await running;
  assert.equal(runs.toSorted(), ['a ends', 'b ends']);
});

test('a drop of the list goes where it says, else where the config says', () => {
  const config = parseConfig('x', `${UPLINK}drop: {destinations: [archive]}\n`, []);
  const hosts = { checkout: [], overlay: [], destinations: ['youtube', 'archive'] };
  const text = '- {id: a, title: A, destinations: [youtube]}\n- {id: b, title: B}\n';
  const { drops, faults } = parseDropList('drops.yaml', text, hosts);
  assert.equal(faults, []);
  assert.equal(
    [...drops, undefined].map((drop) => overConfig(config.drop, drop).destinations),
    [['youtube'], ['archive'], ['archive']],
  );
  assert.is(parseConfig('x', UPLINK, []).drop.destinations, undefined, 'to all');
});

test('a destination that is not there is named, with those that are', () => {
  const fault =
    /drop\.destinations\.0: unknown destination you; uplink\.destinations has youtube, archive/;
  assert.throws(() => parseConfig('x', `${UPLINK}drop: {destinations: [you]}\n`, []), fault);
  const { faults } = parseDropList('drops.yaml', '- {id: a, title: A, destinations: [x]}\n', {
    ...{ checkout: [], overlay: [] },
  });
  assert.match(faults.join(), 'unknown destination x; uplink.destinations has none');
});

test.run();
