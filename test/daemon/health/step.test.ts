/** The engine of the alerts, with rules of its own: what is shown when, and what explains what. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Facts } from '../../../daemon/health/facts.ts';
import {
  alertsOf,
  type Finding,
  NO_ALERTS,
  type Rule,
  stepHealth,
} from '../../../daemon/health/step.ts';

const test = suite('engine of the alerts');

const FACTS = {} as Facts;

/** Rules whose findings a test sets, by key. */
class Engine {
  readonly found = new Map<string, readonly Finding[]>();
  readonly #rules: readonly Rule[];
  #health = NO_ALERTS;

  constructor(rules: readonly (Partial<Rule> & { readonly key: string })[]) {
    this.#rules = rules.map((rule) => ({
      ...{ severity: 'warning', afterMs: 0, holdMs: 5_000, advice: 'do it' },
      find: () => this.found.get(rule.key) ?? [],
      ...rule,
    }));
  }

  find(key: string, ...findings: readonly Finding[]): void {
    this.found.set(key, findings);
  }

  /** What has happened, as `+raised`, `~changed` and `-cleared`. */
  at(nowMs: number): readonly string[] {
    const step = stepHealth(this.#rules, this.#health, FACTS, nowMs, 1e12 + nowMs);
    this.#health = step.health;
    return [
      ...step.raised.map(({ key }) => `+${key}`),
      ...step.changed.map(({ key }) => `~${key}`),
      ...step.cleared.map(({ warning, cause }) => `-${warning.key}${cause ? ` by ${cause}` : ''}`),
    ];
  }

  get shown(): readonly string[] {
    return alertsOf(this.#health).map(({ text }) => text);
  }
}

test('it is shown once it was found for long enough, and cleared once it was not', () => {
  const engine = new Engine([{ key: 'hot', afterMs: 3_000 }]);
  engine.find('hot', { text: 'hot' });
  assert.equal([engine.at(0), engine.at(2_999), engine.at(3_000)], [[], [], ['+hot']]);
  assert.equal(engine.at(4_000), []);
  engine.find('hot');
  assert.equal([engine.at(8_999), engine.at(9_000), engine.at(9_001)], [[], ['-hot'], []]);
});

test('other words are told, but each ten seconds at most; the same ones are not', () => {
  for (const other of [
    { text: 'other' },
    { text: 'first', detail: 'other' },
    { text: 'first', advice: 'other' },
    { text: 'first', severity: 'critical' as const },
  ]) {
    const engine = new Engine([{ key: 'hot' }]);
    engine.find('hot', { text: 'first' });
    assert.equal([engine.at(0), engine.at(1_000)], [['+hot'], []]);
    engine.find('hot', other);
    assert.equal([engine.at(9_999), engine.at(10_000), engine.at(11_000)], [[], ['~hot'], []]);
    engine.find('hot', { text: 'first' });
    assert.equal([engine.at(19_999), engine.at(20_000)], [[], ['~hot']]);
  }
});

test('what is not shown yet is told in its newest words', () => {
  const engine = new Engine([{ key: 'hot', afterMs: 5_000 }]);
  engine.find('hot', { text: 'first' });
  assert.equal(engine.at(0), []);
  engine.find('hot', { text: 'second' });
  assert.equal([engine.at(1_000), engine.at(5_000), engine.shown], [[], ['+hot'], ['second']]);
});

test('what a cause may explain is held back, and dropped when it is over by then', () => {
  const rules = [
    { key: 'power-low', afterMs: 5_000 },
    { key: 'camera-died', holdMs: 2_000, dependsOn: ['power-low'] },
  ];
  const over = new Engine(rules);
  over.find('power-low', { text: 'power' });
  over.find('camera-died', { text: 'camera' });
  over.at(0);
  over.find('camera-died');
  assert.equal([over.at(1_000), over.at(2_000)], [[], []]);
  over.find('power-low');
  assert.equal([over.at(3_000), over.shown], [[], []]);

  const short = new Engine(rules);
  short.find('power-low', { text: 'power' });
  short.find('camera-died', { text: 'camera' });
  short.at(0);
  short.find('power-low');
  short.find('camera-died');
  assert.equal(short.at(1_000), ['+camera-died'], 'the cause was a blip');
});

test('what takes time to be shown restarts where a cause was found meanwhile', () => {
  const engine = new Engine([
    { key: 'power-low', afterMs: 10_000 },
    { key: 'picture-dark', afterMs: 3_000, dependsOn: ['power-low'] },
  ]);
  engine.find('power-low', { text: 'power' });
  engine.find('picture-dark', { text: 'dark' });
  for (const nowMs of [0, 2_000, 4_000]) assert.equal(engine.at(nowMs), []);
  engine.find('power-low');
  assert.equal([engine.at(5_000), engine.at(7_999), engine.at(8_000)], [[], [], ['+picture-dark']]);
});

test('a cause that is shown clears its consequences, and names the root of a chain', () => {
  const engine = new Engine([
    { key: 'power-low' },
    { key: 'camera-down', dependsOn: ['power-low'] },
    { key: 'picture-gone', dependsOn: ['camera-down'] },
  ]);
  engine.find('picture-gone', { text: 'picture' });
  assert.equal(engine.at(0), ['+picture-gone']);
  engine.find('camera-down', { text: 'camera' });
  engine.find('power-low', { text: 'power' });
  assert.equal(engine.at(1_000), ['+power-low', '-picture-gone by power-low']);
  assert.equal(engine.shown, ['power']);
});

test('a cause with a star is any of its kind, or that of the same id', () => {
  const any = new Engine([
    { key: 'link-*-down' },
    { key: 'link-*-slow' },
    { key: 'disk-*-down' },
    { key: 'uplink-slow', dependsOn: ['link-*-down'] },
  ]);
  any.find('uplink-slow', { text: 'slow' });
  any.find('link-*-slow', { id: 'a', text: 'link' });
  any.find('disk-*-down', { id: 'a', text: 'disk' });
  assert.equal(any.at(0), ['+link-a-slow', '+disk-a-down', '+uplink-slow']);
  any.find('link-*-down', { id: 'b', text: 'down' });
  assert.equal(any.at(1_000), ['+link-b-down', '-uplink-slow by link-b-down']);

  const same = new Engine([
    { key: 'modem-*-away' },
    { key: 'link-*-down', dependsOn: ['modem-*-away'] },
  ]);
  same.find('modem-*-away', { id: 'a', text: 'modem' });
  same.find('link-*-down', { id: 'a', text: 'a' }, { id: 'b', text: 'b' });
  assert.equal(same.at(0), ['+modem-a-away', '+link-b-down']);
});

test('of two findings with one name the first counts, and 64 are one fault with many names', () => {
  const engine = new Engine([{ key: 'link-*-down' }]);
  engine.find('link-*-down', { id: 'A b', text: 'first' }, { id: 'a-b', text: 'second' });
  assert.equal([engine.at(0), engine.shown], [['+link-a-b-down'], ['first']]);
  const many = Array.from({ length: 100 }, (_, i) => ({ id: `${i}`, text: `${i}` }));
  engine.find('link-*-down', ...many);
  engine.at(1_000);
  assert.ok(engine.shown.length <= 65, 'with the one that is held');
  engine.at(9_000);
  assert.is(engine.shown.length, 64);
});

test('the most severe comes first, and of two alike the older one', () => {
  const engine = new Engine([
    { key: 'a', severity: 'info' },
    { key: 'b', severity: 'critical' },
    { key: 'c', severity: 'warning' },
    { key: 'd', severity: 'critical' },
  ]);
  engine.find('d', { text: 'd' });
  engine.at(0);
  for (const key of ['a', 'b', 'c']) engine.find(key, { text: key });
  engine.at(1_000);
  assert.equal(engine.shown, ['d', 'b', 'c', 'a']);
});

test.run();
