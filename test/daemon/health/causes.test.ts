/** One cause gives one alert, whatever follows from it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RULES } from '../../../daemon/health/run.ts';
import { translate } from '../../../daemon/web/page/text/translation.ts';
import { CAUSES, carriedBy, LOST, modems, out } from './support/causes.ts';
import { child, uplink, watch } from './support/watched-box.ts';

const test = suite('causes of alerts');

for (const [cause, key, severity, change] of CAUSES) {
  test(`${cause}: one alert, ${key}, and no other before it`, async () => {
    await using box = watch();
    await box.clock.advance(5_000);
    if (cause.includes('stalled')) box.freeze(change);
    else box.set(change);
    await box.clock.advance(125_000);
    assert.equal(
      box.health.warnings().map((one) => [one.key, one.severity]),
      [[key, severity]],
    );
    const raised = box.events.filter(({ type }) => type === 'alert.raised');
    assert.equal(
      raised.map(({ data }) => data['key']),
      [key],
    );
    box.set({});
    await box.clock.advance(90_000);
    assert.equal(box.keys(), []);
  });
}

test('two causes are two alerts', async () => {
  await using box = watch();
  box.set({
    ...carriedBy([out('wwan0', 'no answer'), out('eth0', 'no carrier')]),
    ...modems({ registration: 'searching' }, LOST),
  });
  await box.clock.advance(20_000);
  assert.equal(box.keys().toSorted(), ['links-down', 'modem-861-lost']);
  assert.match(box.health.warnings().find(({ key }) => key === 'links-down')?.detail ?? '', 'eth0');
});

test('a consequence that is shown gives way to its cause, which its event names', async () => {
  await using box = watch();
  box.set({ uplink: { ...uplink, bond: undefined as never, phase: 'connecting' } });
  await box.clock.advance(8_000);
  assert.equal(box.keys(), ['uplink-not-connected']);
  box.set({
    uplink: { ...uplink, bond: undefined as never, phase: 'connecting' },
    children: child('uplink', { phase: 'pausing' }),
  });
  await box.clock.advance(4_000);
  assert.equal(box.keys(), ['uplink-down']);
  const cleared = box.events.find(({ type }) => type === 'alert.cleared');
  assert.is(cleared?.data['cause'], 'uplink-down');
});

test('what a rule depends on is another rule, and never leads back to itself', () => {
  const isOf = (cause: string) =>
    RULES.filter(({ key }) => {
      const pattern = new RegExp(`^${key.replace('*', '.+')}$`);
      return key === cause || pattern.test(cause);
    });
  const reach = (key: string, path: readonly string[]): void => {
    assert.not(path.includes(key), [...path, key].join(' -> '));
    for (const cause of RULES.find((rule) => rule.key === key)?.dependsOn ?? []) {
      assert.ok(isOf(cause).length > 0, `${key} depends on ${cause}`);
      for (const rule of isOf(cause)) if (rule.key === cause) reach(rule.key, [...path, key]);
    }
  };
  for (const { key } of RULES) reach(key, []);
});

test('alerts are written for hosts: no path, code or process stands in their text', async () => {
  await using box = watch();
  for (const [, , , change] of CAUSES) {
    box.set(change);
    await box.clock.advance(125_000);
    for (const { text } of box.health.warnings()) {
      assert.match(text, /^[A-Z]/);
      assert.not.match(text, /[/_]|\bE[A-Z]{4,}\b|\bprocess\b|\binterface\b/);
    }
    box.set({});
    await box.clock.advance(90_000);
  }
});

test('a damaged key of tickets has advice of its own', async () => {
  await using box = watch();
  const damaged = ['ticket-key.pem'];
  box.set({ prints: { waiting: 0, printedTotal: 1, failedTotal: 1, damaged } });
  await box.clock.advance(3_000);
  assert.ok(box.health.warnings().some(({ advice }) => /copy of ticket-key/.test(advice)));
});

test('of slips that the disk does not give now no file is to be removed', async () => {
  for (const [damaged, isRemoved] of [
    [['prints'], false],
    [['prints/slip-a.json'], false],
    [['prints/slip-a.json', 'slip-b.json'], true],
  ] as const) {
    await using box = watch();
    box.set({ prints: { waiting: 0, printedTotal: 1, failedTotal: 1, damaged } });
    await box.clock.advance(3_000);
    const advice = box.health.warnings().find(({ key }) => key === 'tickets-damaged')?.advice ?? '';
    assert.is(advice.includes('.bad'), isRemoved, advice);
    assert.ok(translate(advice, 'de') !== undefined, advice);
  }
});

test.run();
