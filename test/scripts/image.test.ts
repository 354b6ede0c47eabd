/**
 * The recipe for rpi-image-gen, as far as it can be held without that program: what its lint
 * asks for (scripts/image/lint.sh runs that), and what the recipe and the package have in common.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';

const test = suite('the recipe for an image');

const FOLDER = 'scripts/image';
const layer = readFileSync(`${FOLDER}/layer/venuebox.yaml`, 'utf8');
const config = parse(readFileSync(`${FOLDER}/config/venuebox.yaml`, 'utf8')) as Record<
  string,
  Record<string, string>
>;

/** Between METABEGIN and METAEND, in the syntax of Debian's control files. */
function metadata(): ReadonlyMap<string, string> {
  const [, text = ''] = /^# METABEGIN\n([\s\S]*?)^# METAEND\n/m.exec(layer) ?? [];
  const fields = new Map<string, string>();
  let name = '';
  for (const line of text.split('\n').map((one) => one.replace(/^# ?/, ''))) {
    const [, field, value = ''] = /^(X-Env-[\w-]+): ?(.*)$/.exec(line) ?? [];
    if (field !== undefined) {
      assert.not.ok(fields.has(field), `${field} stands twice`);
      name = field;
      fields.set(field, value);
    } else if (line.trim() !== '') {
      assert.match(line, /^\s/, `“${line}” goes on with no field`);
      fields.set(name, `${fields.get(name)} ${line.trim()}`);
    }
  }
  return fields;
}

/** https://github.com/raspberrypi/rpi-image-gen, site/metadata_parser.py. */
const LAYER_FIELDS = ['Name', 'Category', 'Desc', 'Version', 'Requires', 'Provides'];
const VARIABLE_FIELDS = ['Desc', 'Required', 'Valid', 'Set', 'Anchor', 'Triggers', 'Conflicts'];

test('its layer has the fields of rpi-image-gen and no others, and each variable all it needs', () => {
  const fields = metadata();
  for (const field of fields.keys()) {
    const [, kind, rest = ''] = /^X-Env-(Layer|Var|VarPrefix)(?:-(.+))?$/.exec(field) ?? [];
    const [, variable = '', of] = /^([a-z_]+)(?:-([A-Z]\w+))?$/.exec(rest) ?? [];
    if (kind === 'Layer') assert.ok(LAYER_FIELDS.includes(rest), field);
    else if (kind === 'Var' && of !== undefined) {
      assert.ok(VARIABLE_FIELDS.includes(of), field);
      assert.ok(fields.has(`X-Env-Var-${variable}`), `${field} is of no variable`);
    } else if (kind === 'Var') {
      for (const needed of ['Desc', 'Required', 'Valid', 'Set'])
        assert.ok(fields.has(`X-Env-Var-${variable}-${needed}`), `${variable} has no ${needed}`);
    } else assert.is(kind, 'VarPrefix', field);
  }
  assert.is(fields.get('X-Env-Layer-Name'), config['layer']?.['app']);
  const prefix = fields.get('X-Env-VarPrefix') ?? '';
  for (const name of Object.keys(config[prefix] ?? {})) {
    assert.ok(fields.has(`X-Env-Var-${name}`), `the config sets ${prefix}.${name}`);
  }
});

test('its hooks are programs of the shell, and its lint script is one of bash', () => {
  const body = parse(layer.split(/^---$/m)[1] ?? '') as {
    readonly mmdebstrap: Record<string, readonly string[]>;
  };
  assert.equal(Object.keys(body.mmdebstrap), ['packages', 'customize-hooks']);
  for (const hook of body.mmdebstrap['customize-hooks'] ?? []) {
    execFileSync('sh', ['-n'], { input: hook });
  }
  for (const name of ['lint.sh', 'rootfs.sh', 'boot.sh']) {
    execFileSync('bash', ['-n', `${FOLDER}/${name}`]);
  }
});

test('the image has what the package needs and recommends', () => {
  const control = readFileSync('scripts/package/debian/control', 'utf8');
  const named = (field: string) =>
    (new RegExp(`^${field}:((?:.*\\n )*.*)$`, 'm').exec(control)?.[1] ?? '')
      .split(/[\s,]+/)
      .filter((name) => /^[a-z]/.test(name));
  const body = parse(layer.split(/^---$/m)[1] ?? '') as { mmdebstrap: { packages: string[] } };
  // Of a layer that it requires.
  const there = [...body.mmdebstrap.packages, 'network-manager'];
  // Of the Raspberry Pi's own archive, which Debian's package cannot name.
  const wanted = [...named('Depends'), ...named('Recommends'), 'rpicam-apps'];
  assert.ok(wanted.length > 10);
  assert.equal(
    wanted.filter((name) => !there.includes(name)),
    [],
  );
});

test('what changes lies outside the read-only system, in an image as on a card', () => {
  const shared = readFileSync(
    `${FOLDER}/layer/venuebox.rootfs-overlay/etc/rpi-image-gen/slot-shared.d/venuebox.conf`,
    'utf8',
  );
  assert.match(shared, /^Version=1$/m);
  const inImage = [...shared.matchAll(/^Path=(.+)$/gm)].map(([, path]) => path);
  const script = readFileSync('systemd/appliance/venuebox-appliance', 'utf8');
  const onCard = (/^DATA='([^']*)'$/m.exec(script)?.[1] ?? '').split(/\s+/);
  // The layer of NetworkManager brings its own.
  assert.equal(
    inImage.toSorted(),
    onCard.filter((path) => !path.includes('NetworkManager')).toSorted(),
  );
  const unit = readFileSync('systemd/venuebox.service', 'utf8');
  for (const kind of ['State', 'Cache']) {
    const name = new RegExp(`^${kind}Directory=(.+)$`, 'm').exec(unit)?.[1];
    const at = kind === 'State' ? '/var/lib' : '/var/cache';
    assert.ok(onCard.includes(`${at}/${name}`), `${kind}Directory`);
  }
});

test.run();
