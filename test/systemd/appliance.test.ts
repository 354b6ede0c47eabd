/** A machine that nobody looks after: read-only root, journal in memory, and how it is undone. */
import { execFile, execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { seeded } from '../support/seeded.ts';

const test = suite('a machine that nobody looks after');

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return new Promise<{ code: unknown; output: string }>((resolve) => {
    const options = { timeout: 120_000, env: { ...process.env, ...env } };
    execFile(command, args, options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, output: stdout + stderr });
    });
  });
}

const FSTAB = `# by the imager
PARTUUID=0a1b-01  /boot/firmware  vfat  defaults  0  2
PARTUUID=0a1b-02  /  ext4  defaults,noatime  0  1
`;

/** A root with the box in it, as an image is made of. */
async function newRoot(): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'venuebox-appliance-'));
  const laid = await run('bash', ['scripts/install.sh', '--root', root, '--no-app']);
  assert.is(laid.code, 0, laid.output);
  mkdirSync(join(root, 'var/lib/NetworkManager'), { recursive: true });
  writeFileSync(join(root, 'var/lib/NetworkManager/secret_key'), 'x', { mode: 0o600 });
  writeFileSync(join(root, 'etc/fstab'), FSTAB);
  writeFileSync(join(root, 'etc/resolv.conf'), 'nameserver 192.0.2.1\n');
  return root;
}

const appliance = (root: string, ...args: readonly string[]) =>
  run('sh', [join(root, 'opt/venuebox/bin/venuebox-appliance'), ...args, '--root', root]);

/** Each file with its mode and text, but for what the partition holds. */
function contentsOf(root: string): Record<string, string> {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(
    paths.toSorted().flatMap((path) => {
      const found = statSync(join(root, path), { throwIfNoEntry: false });
      if (path.startsWith('data/') || !found?.isFile()) return [];
      return [
        [path, `${(found.mode & 0o777).toString(8)} ${readFileSync(join(root, path), 'utf8')}`],
      ];
    }),
  );
}

const isHere = async (command: string) => (await run(command, ['--version'])).code === 0;

if (await isHere('systemctl')) {
  test('its root is read-only, and what changes lies on the partition, with what was there', async () => {
    const root = await newRoot();
    const made = await appliance(root, 'read-only', 'LABEL=venuebox-data');
    assert.is(made.code, 0, made.output);
    const fstab = readFileSync(join(root, 'etc/fstab'), 'utf8');
    assert.match(fstab, /^PARTUUID=0a1b-02 \/ ext4 ro,noatime 0 1$/m);
    assert.match(fstab, /^PARTUUID=0a1b-01 {2}\/boot\/firmware {2}vfat/m, 'as it was');
    assert.match(fstab, /^LABEL=venuebox-data \/data ext4 /m);
    for (const path of ['/var/lib/venuebox', '/srv/venuebox', '/var/lib/NetworkManager']) {
      assert.match(fstab, `/data${path} ${path} none bind,`);
    }
    // The state holds the versions of the program that updates bring: they are run from there.
    assert.not.match(/^.* \/data ext4 (.*) 0 2$/m.exec(fstab)?.[1] ?? 'noexec', 'noexec');
    const key = join(root, 'data/var/lib/NetworkManager/secret_key');
    assert.equal([readFileSync(key, 'utf8'), statSync(key).mode & 0o777], ['x', 0o600]);
    const again = await appliance(root, 'read-only', '/dev/sda3');
    assert.is(again.code, 1);
    assert.match(again.output, 'it is so already');
  });

  test('off leaves nothing of it, and brings back what was written meanwhile', async () => {
    const root = await newRoot();
    const before = contentsOf(root);
    await appliance(root, 'read-only', 'LABEL=venuebox-data');
    writeFileSync(join(root, 'data/var/lib/NetworkManager/timestamps'), 'new');
    const undone = await appliance(root, 'off');
    assert.is(undone.code, 0, undone.output);
    const brought = { 'var/lib/NetworkManager/timestamps': '644 new' };
    assert.equal(contentsOf(root), { ...before, ...brought });
    await appliance(root, 'journal');
    assert.ok(existsSync(join(root, 'etc/systemd/journald.conf.d/zz-venuebox.conf')));
    await appliance(root, 'off');
    assert.equal(contentsOf(root), { ...before, ...brought });
  });

  test('what is no partition is refused before anything is changed', async () => {
    const root = await newRoot();
    const before = contentsOf(root);
    for (const device of ['sda3', 'data', '']) {
      const refused = await appliance(root, 'read-only', device);
      assert.is.not(refused.code, 0, device);
    }
    assert.equal(contentsOf(root), before);
  });
}

if (await isHere('systemd-analyze')) {
  test('systemd finds nothing wrong with the units, and they have few rights', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'venuebox-units-'));
    const units = ['venuebox-log.service', 'venuebox-log-end.service', 'venuebox-log.timer'];
    for (const unit of units) {
      const text = readFileSync(`systemd/appliance/${unit}`, 'utf8');
      writeFileSync(
        join(folder, unit),
        text.replaceAll('/opt/venuebox/bin/venuebox-log', '/bin/true'),
      );
    }
    const paths = units.map((unit) => join(folder, unit));
    const { code, output } = await run('systemd-analyze', ['verify', '--man=no', ...paths]);
    assert.equal([code, output.trim()], [0, '']);
    const args = ['security', '--offline=true', '--threshold=60', paths[0] ?? ''];
    const exposed = await run('systemd-analyze', args);
    assert.is(exposed.code, 0, exposed.output.slice(-200));
  });
} else {
  console.log('SKIPPED 1: systemd-analyze is not on this machine');
}

const CALL_BYTES = 400;
const FILE_BYTES = 1_500;

/** A journal that says so many bytes at each call. */
function openLog() {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-log-'));
  const journal = join(folder, 'journal');
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/journalctl'), `#!/bin/sh\ncat '${journal}'\n`, { mode: 0o755 });
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  const env = {
    ...{ PATH: `${folder}/bin:${process.env['PATH']}`, LOGS_DIRECTORY: logs },
    ...{ RUNTIME_DIRECTORY: folder, VENUEBOX_LOG_CALL_BYTES: String(CALL_BYTES) },
    VENUEBOX_LOG_FILE_BYTES: String(FILE_BYTES),
  };
  return {
    folder,
    files: () => readdirSync(logs).toSorted(),
    read: () => readFileSync(join(logs, 'log'), 'utf8'),
    bytes: () => readdirSync(logs).reduce((sum, name) => sum + statSync(join(logs, name)).size, 0),
    call: (text: string) => {
      writeFileSync(journal, text);
      execFileSync('sh', ['systemd/appliance/venuebox-log'], { env: { ...process.env, ...env } });
    },
  };
}

test('the log on the disk has the end of what was said, and never grows beyond four files', () => {
  const log = openLog();
  const random = seeded(1);
  log.call('');
  assert.equal(log.files(), [], 'nothing was said: nothing is written');
  for (let i = 0; i < 60; i += 1) {
    const said = `${String(i).padStart(3, '0')}${'x'.repeat(Math.floor(random() * 900))}\n`;
    log.call(said);
    assert.ok(log.read().endsWith(said.slice(-CALL_BYTES)), `call ${i}`);
    assert.ok(log.bytes() <= 4 * (FILE_BYTES + CALL_BYTES), `${log.bytes()} bytes after ${i}`);
  }
  assert.equal(log.files(), ['log', 'log.1', 'log.2', 'log.3']);
  rmSync(log.folder, { recursive: true });
});

test('the hardware watchdog is asked for no more than a Raspberry Pi’s can count', () => {
  const conf = readFileSync('systemd/appliance/watchdog.conf', 'utf8');
  const seconds = Number(/^RuntimeWatchdogSec=(\d+)s$/m.exec(conf)?.[1]);
  assert.ok(seconds > 5 && seconds <= 15);
});

test.run();
