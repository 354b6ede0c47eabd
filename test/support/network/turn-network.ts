/**
 * A box and a guest with no way between them but TCP, and a real TURN server (coturn) that both
 * reach, in network namespaces of this test run. Nobody sends UDP to the box unasked, as through
 * a NAT:
 *
 *   box 10.94.1.2 ── 10.94.1.1 relay 10.94.2.1 ── guest 10.94.2.2
 */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../box.ts';
import { whyNoBoxNetwork } from './box-network.ts';

export interface TurnNetwork extends AsyncDisposable {
  readonly boxAddress: string;
  /** For the config. */
  readonly iceServer: string;
  /** Its secret, which the box shares. */
  readonly secretFile: string;
  /** What a program of the box is started by. */
  readonly inBox: readonly string[];
  /** Chromium at the guest's. */
  readonly chromium: string;
  /** What the server has printed. */
  readonly log: () => string;
}

const PLACES = ['box', 'relay', 'guest'] as const;
type Place = (typeof PLACES)[number];
const name = (place: Place) => `vbturn${place}${process.pid}`;
const PATH = `${process.env['PATH']}:/usr/sbin:/sbin`;
const SECRET = 'a-secret-of-coturn-and-the-box';
const WITHIN_MS = 60_000;

const ip = (...args: readonly string[]) =>
  execFileSync('ip', args, { timeout: 120_000, env: { PATH }, stdio: 'pipe' });

/** Undefined where this machine can make one. */
export function whyNoTurnNetwork(): string | undefined {
  try {
    execFileSync('turnserver', ['--version'], { env: { PATH }, stdio: 'ignore', timeout: 120_000 });
  } catch (error) {
    // Older versions print theirs and end with 255.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'coturn is not on this machine';
  }
  return whyNoBoxNetwork();
}

const RULES = `table inet turn {
  chain forward { type filter hook forward priority 0; meta l4proto udp drop; }
  chain output {
    type filter hook output priority 0;
    oifname "box0" meta l4proto udp ct state new drop
  }
}`;

function build(): void {
  const at = (place: Place, ...words: readonly string[]) =>
    ip('netns', 'exec', name(place), ...words);
  for (const place of PLACES) {
    ip('netns', 'add', name(place));
    at(place, 'ip', 'link', 'set', 'lo', 'up');
  }
  for (const [i, place] of (['box', 'guest'] as const).entries()) {
    const net = `10.94.${i + 1}`;
    const peer = ['type', 'veth', 'peer', 'name', 'eth0', 'netns', name(place)];
    ip('link', 'add', `${place}0`, 'netns', name('relay'), ...peer);
    at('relay', 'ip', 'addr', 'add', `${net}.1/24`, 'dev', `${place}0`);
    at('relay', 'ip', 'link', 'set', `${place}0`, 'up');
    at(place, 'ip', 'addr', 'add', `${net}.2/24`, 'dev', 'eth0');
    at(place, 'ip', 'link', 'set', 'eth0', 'up');
    at(place, 'ip', 'route', 'add', 'default', 'via', `${net}.1`);
  }
  at('relay', 'sysctl', '-qw', 'net.ipv4.ip_forward=1');
  at('relay', 'nft', RULES);
}

export async function openTurnNetwork(): Promise<TurnNetwork> {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-turn-'));
  let end: () => Promise<void> = async () => undefined;
  const close = async () => {
    await end();
    for (const place of PLACES) {
      try {
        ip('netns', 'del', name(place));
      } catch {
        // It was never made.
      }
    }
    rmSync(folder, { recursive: true, force: true });
  };
  const file = (of: string, text: string) => {
    writeFileSync(join(folder, of), text);
    return join(folder, of);
  };
  try {
    build();
    const secretFile = file('secret', SECRET);
    const chromium = file(
      'chromium',
      `#!/bin/sh\nexec ip netns exec ${name('guest')} /usr/bin/chromium "$@"\n`,
    );
    chmodSync(chromium, 0o755);
    let log = '';
    const server = spawn('ip', ['netns', 'exec', name('relay'), 'turnserver', ...SERVER], {
      ...{ env: { PATH }, cwd: folder, stdio: 'pipe' },
    });
    for (const stream of [server.stdout, server.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        log += text;
      });
    }
    const ended = new Promise<void>((resolve) => server.once('close', () => resolve()));
    end = async () => {
      server.kill('SIGKILL');
      await ended;
    };
    await until(
      () => /listener opened on\s*:?\s*10\.94\.2\.1/i.test(log),
      WITHIN_MS,
      () => log,
    );
    return {
      ...{ boxAddress: '10.94.1.2', iceServer: 'turn:10.94.2.1:3478', secretFile, chromium },
      inBox: ['ip', 'netns', 'exec', name('box')],
      log: () => log,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

const SERVER = [
  ...['-n', '--no-cli', '--no-tls', '--no-dtls', '--log-file=stdout', '--verbose'],
  ...['--listening-ip=10.94.2.1', '--relay-ip=10.94.1.1', '--realm=venue'],
  ...['--use-auth-secret', `--static-auth-secret=${SECRET}`, '--userdb=turn.db'],
];
