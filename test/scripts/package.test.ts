/** What scripts/package.sh puts into the Debian package, as far as it can be seen without building one. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('the Debian package');

const DEBIAN = 'scripts/package/debian';
const control = readFileSync(`${DEBIAN}/control`, 'utf8');
const script = readFileSync('scripts/package.sh', 'utf8');

/** Of scripts/setup.sh: what only building needs. */
const FOR_BUILDING = /-dev$|^(pkg-config|g\+\+|make|python3)$/;

test('depends on every Debian package that the box runs with', () => {
  const list = /^BOX_PACKAGES=\(([^)]*)\)/m.exec(readFileSync('scripts/setup.sh', 'utf8'))?.[1];
  const needed = (list ?? '')
    .split(/\s+/)
    .filter((name) => name !== '' && !FOR_BUILDING.test(name));
  assert.ok(needed.length > 5);
  const depends = /^Depends:((?:.*\n )*.*)$/m.exec(control)?.[1]?.split(/[\s,]+/) ?? [];
  assert.equal(
    needed.filter((name) => !depends.includes(name)),
    [],
  );
});

/** Programs that the box calls, by where it does; without them it goes on, and can less. */
const OPTIONAL: Readonly<Record<string, readonly [path: string, mark: string]>> = {
  'gstreamer1.0-libcamera': ['hal/camera/libcamera-camera.ts', 'libcamerasrc'],
  'alsa-utils': ['hal/audio/mixer.ts', "'amixer'"],
  rsync: ['pipelines/backfill/rsync.ts', "'rsync'"],
  'openssh-client': ['pipelines/backfill/ssh.ts', 'ssh'],
};

test('recommends what a ribbon camera, a sound card and the back-fill need', () => {
  const recommends = /^Recommends:((?:.*\n )*.*)$/m.exec(control)?.[1]?.split(/[\s,]+/) ?? [];
  for (const [name, [path, mark]] of Object.entries(OPTIONAL)) {
    assert.ok(readFileSync(path, 'utf8').includes(mark), `${path} uses ${name} no more`);
    assert.ok(recommends.includes(name), name);
  }
});

test('it has every unit that scripts/install.sh lays down', () => {
  const installer = readFileSync('scripts/install.sh', 'utf8');
  const rules = readFileSync(`${DEBIAN}/rules`, 'utf8');
  const units = [...installer.matchAll(/ \/etc\/systemd\/system\/(\S+)\.service'/g)];
  assert.ok(units.length > 2);
  for (const [, name = ''] of units) {
    assert.ok(script.includes(`systemd/${name}.`), name);
    const isOwn = name === 'venuebox' || rules.includes(`dh_installsystemd --name=${name} `);
    assert.ok(isOwn, `${name} in debian/rules`);
    // Without it debhelper stops the unit at an upgrade, and nothing starts it again.
    const line = new RegExp(`--name=${name} .*--no-start.*`).exec(rules)?.[0];
    if (line !== undefined) assert.match(line, '--restart-after-upgrade');
  }
});

test('its scripts parse, and name only files that are there', () => {
  for (const name of ['postinst', 'postrm']) execFileSync('sh', ['-n', `${DEBIAN}/${name}`]);
  execFileSync('bash', ['-n', 'scripts/package.sh']);
  const named = new Set(script.match(/systemd\/venuebox\.[a-z.]+[a-z]/g));
  const kinds = /for kind in ([a-z ]+);/.exec(script)?.[1]?.split(' ') ?? [];
  assert.ok(kinds.includes('service'));
  for (const kind of kinds) named.add(`systemd/venuebox.${kind}`);
  for (const path of named) assert.ok(readFileSync(path).length > 0, path);
});

test('the config of a box is made where there is none, and purged with its state', () => {
  const postinst = readFileSync(`${DEBIAN}/postinst`, 'utf8');
  const at = postinst.indexOf('if [ ! -e /etc/venuebox/venuebox.yaml ]');
  assert.ok(at > 0 && postinst.indexOf('/etc/venuebox/venuebox.yaml\n') > at);
  const purge = /= purge \]; then([\s\S]*?)\nfi/.exec(
    readFileSync(`${DEBIAN}/postrm`, 'utf8'),
  )?.[1];
  for (const folder of ['/etc/venuebox', '/var/lib/venuebox']) assert.match(purge ?? '', folder);
});

test('its list of npm packages is the same at each build', () => {
  const bom = (serialNumber: string) =>
    execFileSync(process.execPath, ['scripts/package/fixed-sbom.mjs'], {
      input: JSON.stringify({
        serialNumber,
        metadata: { timestamp: serialNumber },
        components: [],
      }),
      env: { ...process.env, SOURCE_DATE_EPOCH: '1700000000' },
      encoding: 'utf8',
    });
  assert.is(bom('one'), bom('two'));
  assert.match(bom('one'), '2023-11-14T22:13:20.000Z');
});

test.run();
