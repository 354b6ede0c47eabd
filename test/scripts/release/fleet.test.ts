/** A version goes to a fleet stage by stage, and no stage begins after one that failed. */
import { connect } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Command, Commander } from '../../../daemon/model/commands.ts';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import type { UpdateState } from '../../../daemon/model/update.ts';
import { runBroker } from '../../../daemon/mqtt/client/own-broker.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { rollOut } from '../../../scripts/release/fleet.ts';
import { startMqtt } from '../../daemon/mqtt/support/mqtt.ts';
import { fullSnapshot } from '../../daemon/mqtt/support/snapshot.ts';
import { until } from '../../support/box.ts';
import { freePort } from '../../support/free-port.ts';
import { seeded } from '../../support/seeded.ts';

const test = suite('a version for a fleet');

const LONG_MS = 60_000;
const OLD = '1.3.0';
const NEW = '1.4.0';
const KINDS = ['keeps', 'has', 'went back before', 'goes back', 'refuses', 'missing'] as const;
type Kind = (typeof KINDS)[number];
const isGood = (kind: Kind) => KINDS.indexOf(kind) < 3;
const failedAt = (atMs: number) => ({ version: NEW, reason: 'guests saw no picture', atMs });

const port = await freePort();
const ending = new AbortController();
const broker = runBroker('127.0.0.1', port, silentLog, ending.signal);
const isOpen = () =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket.end() !== undefined));
    socket.once('error', () => resolve(false));
  });
await until(isOpen, LONG_MS);

/** Real MQTT of a box whose update ends as `kind` says. */
async function startOne(name: string, kind: Kind) {
  const asked: Command['args'][] = [];
  const snapshotOf = (update: UpdateState): BoxSnapshot => ({ ...fullSnapshot(), name, update });
  const commander: Commander = {
    run: async ({ args }) => {
      asked.push(args);
      if (kind === 'refuses')
        return { status: 'rejected', code: 'BUSY', detail: 'no update now: the drop is live' };
      box?.set(snapshotOf({ version: NEW, isOnTrial: true }));
      setTimeout(() => {
        const isBack = kind === 'goes back';
        const end = isBack ? { version: OLD, failed: failedAt(Date.now()) } : { version: NEW };
        box?.set(snapshotOf(end));
      }, 2_500);
      return { status: 'done', detail: `${NEW} is in place` };
    },
  };
  const first: UpdateState =
    kind === 'went back before'
      ? { version: OLD, failed: failedAt(Date.now() - LONG_MS) }
      : { version: kind === 'has' ? NEW : OLD };
  const box =
    kind === 'missing'
      ? undefined
      : await startMqtt(port, { snapshot: snapshotOf(first), commander });
  return { name, kind, asked, end: async () => await box?.end() };
}

for (const seed of [1, 2, 3, 4, 5, 6]) {
  test(`the boxes that are asked, and what is said of each: seed ${seed}`, async () => {
    const random = seeded(seed);
    const draw = () => KINDS[Math.floor(random() ** 2 * KINDS.length)] ?? 'keeps';
    const fleet = await Promise.all(
      [0, 0, 1, 1, 2].map(async (stage, index) => ({
        stage,
        ...(await startOne(`box-${seed}-${index}`, draw())),
      })),
    );
    const lines: string[] = [];
    const isDone = await rollOut({
      ...{ broker: `mqtt://127.0.0.1:${port}`, version: NEW },
      stages: [0, 1, 2].map((stage) =>
        fleet.filter((box) => box.stage === stage).map(({ name }) => name),
      ),
      limits: { answerMs: 10_000, updateMs: LONG_MS },
      print: (line) => lines.push(line),
    });
    const last = fleet.find(({ kind }) => !isGood(kind))?.stage ?? 2;
    assert.is(
      isDone,
      fleet.every(({ kind }) => isGood(kind)),
    );
    for (const { name, kind, stage, asked } of fleet) {
      const isAsked = stage <= last && kind !== 'has' && kind !== 'missing';
      assert.equal(asked, isAsked ? [{ version: NEW }] : [], `${name} ${kind}`);
      const said = lines.find((line) => line.startsWith(`  ${name}: `)) ?? '';
      assert.is(said === '', stage > last, name);
      if (stage <= last) assert.is(said.includes('FAILED'), !isGood(kind), `${kind} ${said}`);
    }
    await Promise.all(fleet.map(({ end }) => end()));
  });
}

test.after(async () => {
  ending.abort();
  await broker;
});
test.run();
