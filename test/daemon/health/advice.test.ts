/** Advice that names a key of the config names one that there is. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../daemon/config/config.ts';
import { RULES } from '../../../daemon/health/run.ts';
import { WELL } from '../../support/snapshot.ts';

const test = suite('advice');

/** What valibot's schemas are made of, as far as keys are concerned. */
interface Schema {
  readonly wrapped?: Schema;
  readonly pipe?: readonly Schema[];
  readonly entries?: Readonly<Record<string, Schema>>;
  readonly item?: Schema;
}

function keysOf({ wrapped, pipe, entries, item }: Schema): Readonly<Record<string, Schema>> {
  if (entries !== undefined) return entries;
  const inner = wrapped ?? pipe?.[0] ?? item;
  return inner === undefined ? {} : keysOf(inner);
}

function isKey(path: string): boolean {
  let here: Schema | undefined = configSchema as unknown as Schema;
  for (const key of path.split('.')) here = here === undefined ? undefined : keysOf(here)[key];
  return here !== undefined;
}

const SECTIONS = Object.keys(keysOf(configSchema as unknown as Schema));
/** `drop.json` and `drop.ics` are files. */
const KEY_PATH = new RegExp(
  `(?<![\\w./-])(?!\\w+\\.(?:json|ics)\\b)(?:${SECTIONS.join('|')})(?:\\.[a-z_]+)+`,
  'g',
);

/** All texts for people in these files and folders, without the values that are filled in. */
function textsOf(path: string): readonly string[] {
  if (statSync(path).isDirectory()) {
    return readdirSync(path).flatMap((name) => textsOf(join(path, name)));
  }
  if (!path.endsWith('.ts')) return [];
  const code = readFileSync(path, 'utf8');
  return [...code.matchAll(/'[^'\n]*'|"[^"\n]*"|`[^`]*`/g)].map(([text]) =>
    text.replace(/\$\{[^}]*\}/g, ' '),
  );
}

const keysIn = (texts: readonly string[]) => texts.flatMap((text) => text.match(KEY_PATH) ?? []);

test('a key of the config is distinguished from one that is none', () => {
  for (const path of ['uplink.host', 'viewers.tls.port', 'uplink.links.device', 'drop.title'])
    assert.ok(isKey(path), path);
  for (const path of ['uplink.receiver', 'viewers.tls.cert', 'nothing.at_all'])
    assert.not.ok(isKey(path), path);
});

test('each key that a warning’s advice names is in the config', () => {
  const keys = keysIn(RULES.map(({ advice }) => advice));
  assert.ok(keys.includes('mqtt.url') && keys.includes('edge.upstream'));
  assert.equal(
    keys.filter((key) => !isKey(key)),
    [],
  );
});

test('each key that the doctor, the checks or a device’s failure names is in the config', () => {
  const reported = [
    'daemon/health',
    'daemon/cli/doctor',
    'daemon/drop/checks.ts',
    'daemon/media/inputs/element-check.ts',
  ];
  const keys = keysIn([...reported, 'daemon/devices', 'hal', 'pipelines'].flatMap(textsOf));
  assert.ok(keys.length > 15, `${keys.length} found`);
  assert.equal(
    keys.filter((key) => !isKey(key)),
    [],
  );
});

test('of two cameras the alert names the one on air, and advises what fits it', () => {
  const rule = RULES.find(({ key }) => key === 'no-picture');
  const seen = (isOnAir: boolean) => {
    const camera = { phase: 'dimmed', framesPerS: 0, repeatedTotal: 9 } as const;
    const sources = { camera: { ...camera, second: { framesPerS: 0, isOnAir } } };
    const drivers = { ...WELL.drivers, camera: 'v4l2', camera2: 'whip', sound: 'none' };
    const found = rule?.find({ box: { ...WELL, sources, drivers } } as never);
    return JSON.stringify(found);
  };
  assert.match(seen(false), `no frames from ${WELL.camera}`);
  assert.match(seen(false), 'plugged in');
  assert.match(seen(true), 'no frames from camera 2');
  assert.match(seen(true), 'Connect the phone');
});

test.run();
