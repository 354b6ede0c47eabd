/** Commands without a broker: parsing, and the memory of those that ran. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { VERBS } from '../../../daemon/model/commands.ts';
import { CommandMemory } from '../../../daemon/mqtt/command-memory.ts';
import { CommandReceiver } from '../../../daemon/mqtt/command-receiver.ts';
import { parseRequest } from '../../../daemon/mqtt/request.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { ROOT, recorder } from './support/commands.ts';
import { scratch } from './support/mosquitto.ts';

const test = suite('receiving commands');

test('an id does not run twice when the clock is set in between', async () => {
  using folder = scratch();
  const clock = { ...systemClock, wallMs: () => Date.now() + aheadMs };
  let aheadMs = 0;
  let runs = 0;
  const commander = {
    run: async () => {
      runs += 1;
      return { status: 'done', detail: 'marked' } as const;
    },
  };
  const replies: string[] = [];
  const receiver = new CommandReceiver(ROOT, {
    clock,
    log: silentLog,
    commander,
    memory: await CommandMemory.open(join(folder.path, 'commands.json'), clock.monotonicMs()),
    isClockSet: () => true,
    reply: (_to, { status }) => replies.push(status),
  });
  const payload = Buffer.from('{"id":"once"}');
  const message = { topic: `${ROOT}/cmd/mark`, payload, isRetained: false };
  const { signal } = new AbortController();
  for (aheadMs of [0, 86_400_000, 0]) {
    await receiver.receive(message, signal);
    await receiver.receive(
      { ...message, payload: Buffer.from(`{"id":"other-${aheadMs}"}`) },
      signal,
    );
  }
  assert.is(runs, 3);
  assert.is(replies.at(-1), 'done');
});

test('a command that was being saved when the box began to end is not run', async () => {
  using folder = scratch();
  const { commander, asked } = recorder();
  const replies: { status: string; code: string | null }[] = [];
  const receiver = new CommandReceiver(ROOT, {
    clock: systemClock,
    log: silentLog,
    commander,
    memory: await CommandMemory.open(join(folder.path, 'commands.json'), 0),
    isClockSet: () => true,
    reply: (_to, reply) => replies.push(reply),
  });
  const payload = Buffer.from(JSON.stringify({ id: 'late' }));
  const ending = new AbortController();
  const taken = receiver.receive(
    { topic: `${ROOT}/cmd/go-live`, payload, isRetained: false },
    ending.signal,
  );
  ending.abort();
  await taken;
  assert.equal(asked, []);
  assert.equal(
    replies.map(({ status, code }) => code ?? status),
    ['accepted', 'INTERRUPTED'],
  );
});

/** @param save What the disk answers. */
function openWith(save: () => Promise<boolean>, settle: () => Promise<unknown> = save) {
  const clock = new VirtualClock();
  const { commander, asked } = recorder();
  const memory = { find: () => undefined, forget: () => undefined, accept: save, settle };
  const replies: string[] = [];
  const receiver = new CommandReceiver(ROOT, {
    ...{ clock, log: silentLog, commander, isClockSet: () => true },
    memory: memory as unknown as CommandMemory,
    reply: (_to, { id, status, code }) => replies.push(`${id} ${code ?? status}`),
  });
  const receive = (verb: string, id: string, args: object = {}, isDryRun = false) => {
    const payload = Buffer.from(JSON.stringify({ id, args, dry_run: isDryRun }));
    return receiver.receive(
      { topic: `${ROOT}/cmd/${verb}`, payload, isRetained: false },
      new AbortController().signal,
    );
  };
  return { clock, asked, replies, receive };
}

const ENDS = ['end', 'disarm', 'on-air'] as const;

test('a disk that takes nothing keeps no drop from ending', async () => {
  const full = openWith(() => Promise.reject(new Error('ENOSPC')));
  for (const verb of ENDS) await full.receive(verb, verb, verb === 'on-air' ? { on: false } : {});
  assert.equal(
    full.asked.map(({ verb }) => verb),
    ['end', 'disarm', 'end'],
  );
  assert.ok(ENDS.every((verb) => full.replies.includes(`${verb} done`)));
  await full.receive('go-live', 'go');
  assert.is(full.replies.at(-1), 'go DISK');
  assert.is(full.asked.length, 3);
});

test('a disk that hangs holds no places, and no drop in its place', async () => {
  const hung = openWith(() => new Promise(() => undefined));
  const waiting = Array.from({ length: 9 }, (_, n) => hung.receive('preflight', `p${n}`));
  assert.equal(hung.replies, ['p8 BUSY']);
  const ended = hung.receive('end', 'e');
  await hung.clock.advance(2_000);
  await ended;
  assert.is(hung.replies.at(-1), 'e done');
  await hung.clock.advance(60_000);
  await Promise.all(waiting);
  assert.is(hung.replies.filter((one) => one.endsWith(' DISK')).length, 8);
  const later = hung.receive('preflight', 'later');
  await hung.clock.advance(60_000);
  await later;
  assert.is(hung.replies.at(-1), 'later DISK');
});

test('an end comes behind what was asked for before it, and what hangs meanwhile is overtaken', async () => {
  const saved: (() => void)[] = [];
  const save = () => new Promise<boolean>((resolve) => saved.push(() => resolve(true)));
  const slow = openWith(save, async () => undefined);
  const both = [slow.receive('go-live', 'go'), slow.receive('end', 'e')];
  for (const save of saved) save();
  await Promise.all(both);
  const verbs = () => slow.asked.map(({ verb }) => verb);
  assert.equal(verbs(), ['go-live', 'end']);
  const late = [slow.receive('go-live', 'go2'), slow.receive('end', 'e2')];
  await slow.clock.advance(2_000);
  assert.equal(verbs(), ['go-live', 'end', 'end']);
  for (const save of saved) save();
  await Promise.all(late);
  assert.is(slow.replies.at(-1), 'go2 OVERTAKEN');
  assert.is(slow.asked.length, 3);
});

test('so many commands that no more ids are remembered keep no drop from ending', async () => {
  const full = openWith(async () => false);
  await full.receive('go-live', 'go');
  await full.receive('end', 'e');
  assert.equal(full.replies.slice(0, 1), ['go BUSY']);
  assert.is(full.replies.at(-1), 'e done');
});

for (const isDryRun of [false, true]) {
  const title = isDryRun
    ? 'a dry run of an end overtakes nothing'
    : 'an end of which no id is kept overtakes what is still being saved';
  test(title, async () => {
    const saved: (() => void)[] = [];
    let isFull = false;
    const save = async () => {
      if (isFull) return false;
      await new Promise<void>((resolve) => saved.push(resolve));
      return true;
    };
    const filling = openWith(save, async () => undefined);
    const going = filling.receive('go-live', 'go');
    isFull = true;
    await filling.receive('end', 'e', {}, isDryRun);
    for (const save of saved) save();
    await going;
    const verbs = filling.asked.map(({ verb }) => verb);
    assert.equal(verbs, isDryRun ? ['end', 'go-live'] : ['end']);
    assert.is(filling.replies.at(-1), isDryRun ? 'go done' : 'go OVERTAKEN');
  });
}

test('a memory full of recent ids forgets none: new ones are refused until those are old', async () => {
  using folder = scratch();
  const path = join(folder.path, 'commands.json');
  const memory = await CommandMemory.open(path, 0);
  let accepted = 0;
  while (accepted < 1_000 && (await memory.accept(`id${accepted}`, 1_000))) accepted += 1;
  assert.is(accepted, 256);
  assert.ok(memory.find('id0'));
  assert.not(await memory.accept('one-more', 300_000));
  assert.ok(await memory.accept('one-more', 302_000));
  const again = await CommandMemory.open(path, 302_000);
  assert.is(again.find('one-more')?.code, 'INTERRUPTED');
});

test('a damaged file of ids is an empty memory', async () => {
  using folder = scratch();
  const path = join(folder.path, 'commands.json');
  for (const text of ['', '{', '[1]', '{"a":1}']) {
    writeFileSync(path, text);
    const memory = await CommandMemory.open(path, 0);
    assert.ok(await memory.accept('a', 0));
  }
});

test('any bytes on any command topic are a request, a refusal or nothing', () => {
  const requests = fc.record(
    {
      topic: fc.oneof(fc.constantFrom(...VERBS), fc.string()).map((verb) => `${ROOT}/cmd/${verb}`),
      payload: fc.oneof(
        fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        fc.json().map((text) => Buffer.from(text)),
        fc
          .record({ id: fc.string(), args: fc.object() })
          .map((one) => Buffer.from(JSON.stringify(one))),
      ),
      isRetained: fc.boolean(),
      responseTopic: fc.string(),
      correlation: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    },
    { requiredKeys: ['topic', 'payload', 'isRetained'] },
  );
  fc.assert(
    fc.property(requests, (message) => {
      const request = parseRequest(message, ROOT, 0);
      if (request.kind === 'run') assert.ok(VERBS.includes(request.command.verb));
      if (request.kind === 'refuse') assert.match(request.to.topic, /^[^#+]+$/);
    }),
  );
});

test.run();
