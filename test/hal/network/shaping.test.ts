/** The queues by which the stream goes first, as commands, and as the kernel lists them. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  CREW_CLASS,
  foundQueues,
  HANDLE,
  inward,
  leaf,
  outward,
  QUEUES,
  removal,
  type TcCommand,
} from '../../../hal/network/shaping.ts';
import { plans } from './support/plans.ts';

const test = suite('queues of the box’s networks');

const after = (command: TcCommand, key: string) => command[command.indexOf(key) + 1] ?? '';
const classOf = (commands: readonly TcCommand[], id: string) =>
  commands.find((command) => after(command, 'classid') === id) ?? [];

test('on the way out the box’s own is never held back, and the crew borrows what it leaves', () => {
  fc.assert(
    fc.property(plans, ({ crew }) => {
      if (crew === undefined) return;
      const commands = outward('wwan0', crew);
      const own = classOf(commands, `${HANDLE}:10`);
      const crews = classOf(commands, CREW_CLASS);
      const parent = classOf(commands, `${HANDLE}:1`);
      assert.is(after(own, 'rate'), '10000000000bit');
      assert.is(after(crews, 'ceil'), `${crew.upBps}bit`);
      assert.is(after(parent, 'ceil'), `${crew.upBps}bit`);
      assert.ok(Number.parseInt(after(crews, 'rate'), 10) <= crew.upBps / 2);
      assert.ok(Number(after(own, 'prio')) < Number(after(crews, 'prio')));
      assert.is(after(own, 'parent'), after(crews, 'parent'));
    }),
  );
});

test('every command names its interface once and has our handle, each word an argument of its own', () => {
  fc.assert(
    fc.property(plans, ({ crew }) => {
      if (crew === undefined) return;
      const { device } = crew;
      const all = [
        ...outward(device, crew),
        ...inward(device, crew),
        ...QUEUES.map((queue) => leaf(device, queue)),
        removal(device),
      ];
      for (const command of all) {
        assert.is(after(command, 'dev'), device);
        assert.ok(
          command.some((word) => word.startsWith(HANDLE)),
          command.join(' '),
        );
        assert.ok(
          command.every((word) => /^[\w.:-]+$/.test(word)),
          command.join(' '),
        );
      }
    }),
  );
});

test('what the kernel lists is ours by its handle; its own defaults are nobody’s', () => {
  const found = foundQueues(
    JSON.stringify([
      { kind: 'noqueue', handle: '0:', dev: 'lo', root: true, refcnt: 2, options: {} },
      { kind: 'htb', handle: `${HANDLE}:`, dev: 'wwan0', root: true, refcnt: 2, options: {} },
      { kind: 'cake', handle: '8b0d:', dev: 'wwan0', parent: CREW_CLASS, options: {} },
      { kind: 'htb', handle: `${HANDLE}:`, dev: 'eth1', root: true, refcnt: 2, options: {} },
      { kind: 'mq', handle: '0:', dev: 'eth0', root: true, options: {} },
      { kind: 'fq_codel', handle: '0:', dev: 'eth0', parent: ':1', options: {} },
      { kind: 'tbf', handle: '8001:', dev: 'eth2', root: true, options: {} },
    ]),
  );
  assert.equal(
    [...found.ours],
    [
      ['wwan0', 'cake'],
      ['eth1', 'fifo'],
    ],
  );
  assert.equal([...found.taken], ['eth2']);
  assert.equal([...found.present], ['lo', 'wwan0', 'eth1', 'eth0', 'eth2']);
});

test.run();
