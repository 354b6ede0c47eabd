/** The published JSON Schemas, and the table of topics. */
import { readdirSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { VERBS } from '../../../daemon/model/commands.ts';
import { expiryS, periodS, type TELEMETRY, TOPICS } from '../../../daemon/mqtt/payloads/topics.ts';
import {
  MQTT_README,
  renderReadme,
  renderSchemas,
  SCHEMA_FOLDER,
} from '../../../scripts/schemas/render.ts';

const test = suite('MQTT schemas');

test('the published JSON Schemas are those of the code: scripts/schemas.ts writes them', () => {
  const wanted = renderSchemas();
  assert.equal(
    readdirSync(SCHEMA_FOLDER)
      .filter((name) => name.endsWith('.json'))
      .toSorted(),
    [...wanted.keys()].map((name) => `${name}.json`).toSorted(),
  );
  for (const [name, text] of wanted)
    assert.is(readFileSync(`${SCHEMA_FOLDER}/${name}.json`, 'utf8'), text, name);
});

test('the table of topics in the README is that of the code: scripts/schemas.ts writes it', () => {
  const readme = readFileSync(MQTT_README, 'utf8');
  assert.is(renderReadme(readme), readme);
  for (const verb of VERBS) assert.match(readme, `\`${verb}\``, verb);
  for (const name of Object.keys(TOPICS)) assert.match(readme, `schemas/${name}.json`);
});

test('each payload has its envelope, and unknown keys are refused where the box writes', () => {
  for (const [name, { schema }] of Object.entries(TOPICS)) {
    if (name === 'cmd') continue;
    const issues = v.safeParse(schema, { surplus: 1 }).issues ?? [];
    const keys = issues.map((issue) => String(issue.path?.[0]?.key));
    for (const key of ['v', 'ts', 'seq', 'session', 'surplus'])
      assert.ok(keys.includes(key), `${name}: ${key}`);
  }
});

test('names of fields end in their units', () => {
  const plain = new Set(
    'v seq n window in_flight queue printed failed copies recordings retrans lost parts viewers frames_dropped viewers_peak switches stalls failovers prints clips fps left sold edition pending confirmed void refused to_refund orders pieces requests stale p50 p95 hearts restarts gaps filled samples min max channel'.split(
      ' ',
    ),
  );
  const units = /_(s|v|a|w|c|bps|b|dbm|db|dbfs|ratio|minor)$/;
  const walk = (schema: unknown, path: string): void => {
    if (typeof schema !== 'object' || schema === null) return;
    const { type, properties, items, anyOf } = schema as Record<string, unknown>;
    const name = path.split('.').at(-1) ?? '';
    if (type === 'number' || type === 'integer')
      assert.ok(units.test(name) || plain.has(name), `${path} says no unit`);
    for (const [key, inner] of Object.entries(properties ?? {})) walk(inner, `${path}.${key}`);
    walk(items, path);
    for (const inner of (anyOf as unknown[] | undefined) ?? []) walk(inner, path);
  };
  for (const [name, text] of renderSchemas()) walk(JSON.parse(text), name);
});

test('periods and expiries are those of the design', () => {
  const row = (name: (typeof TELEMETRY)[number]) => [
    periodS(name, false),
    periodS(name, true),
    expiryS(name, true),
  ];
  assert.equal(row('status'), [30, 5, 15]);
  assert.equal(row('links'), [60, 2, 6]);
  assert.equal(row('stream'), [undefined, 2, 6]);
  assert.equal(row('audio'), [60, 2, 6]);
  for (const name of ['battery', 'camera', 'printer', 'storage'] as const) {
    const [idleS = 0, liveS, expires] = row(name);
    assert.ok(idleS >= 60 && idleS <= 300);
    assert.equal([liveS, expires], [30, 90]);
  }
  assert.is(expiryS('event', true), 7 * 86_400);
  assert.is(expiryS('cmd', true), 30);
  assert.is(expiryS('reply', true), 60);
  assert.is(expiryS('alert', true), undefined);
});

test.run();
