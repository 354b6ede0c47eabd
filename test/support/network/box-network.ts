/**
 * A box in network namespaces of this test run: guests behind an access point that keeps them
 * apart, the crew's machine, and two ways to the internet.
 *
 *   guest1 ─┐                            ┌─ uplink   10.99.0.1, and 198.51.100.1 behind it
 *   guest2 ─┴─ ap ── wlan0  box  eth0 ───┘
 *   crew ─────────── eth1        wwan0 ──── cellular 10.98.0.1, and 198.51.100.1 behind it
 */
import { execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const PLACES = ['box', 'ap', 'guest1', 'guest2', 'crew', 'uplink', 'cellular'] as const;
export type Place = (typeof PLACES)[number];

export const INTERNET = '198.51.100.1';
export const RESOLVER = '198.51.100.53';

export interface BoxNetwork extends AsyncDisposable {
  readonly name: (place: Place) => string;
  /** Runs a program in a place, and resolves with what it prints. */
  run(place: Place, ...words: readonly string[]): string;
  /** Starts to listen; the ports answer with the address that they see. */
  listen(place: Place, ports: readonly string[]): Promise<void>;
  /**
   * Which of `tcp:ADDRESS:PORT` and `udp:…` answer there, with the address that they see.
   *
   * @param expected Those are waited for, others only a little longer.
   */
  reach(
    place: Place,
    expected: readonly string[],
    others?: readonly string[],
  ): Promise<Readonly<Record<string, string>>>;
}

const PROGRAM = fileURLToPath(new URL('./echo-program.mjs', import.meta.url));

/** Why this machine cannot make one; undefined where it can. */
export function whyNoBoxNetwork(): string | undefined {
  for (const [name, flag] of [
    ['nft', '--version'],
    ['tc', '-V'],
    ['ip', '-V'],
  ] as const) {
    try {
      execFileSync(name, [flag], { stdio: 'ignore', timeout: 120_000 });
    } catch {
      return `${name} is not on this machine`;
    }
  }
  const name = `vbt${process.pid}`;
  try {
    execFileSync('ip', ['netns', 'add', name], { stdio: 'ignore', timeout: 120_000 });
    const inside = ['netns', 'exec', name];
    execFileSync('ip', [...inside, 'nft', 'add', 'table', 'inet', 'probe'], { stdio: 'ignore' });
    const htb = ['tc', 'qdisc', 'add', 'dev', 'lo', 'root', 'htb'];
    execFileSync('ip', [...inside, ...htb], { stdio: 'ignore', timeout: 120_000 });
    return undefined;
  } catch {
    return 'this machine allows no namespaces, or its kernel has neither nftables nor HTB';
  } finally {
    try {
      execFileSync('ip', ['netns', 'del', name], { stdio: 'ignore', timeout: 120_000 });
    } catch {
      // It was never made.
    }
  }
}

export function openBoxNetwork(): BoxNetwork {
  const name = (place: Place) => `vb${place}${process.pid}`;
  const ip = (...args: readonly string[]) => {
    execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 120_000 });
  };
  const run = (place: Place, ...words: readonly string[]) =>
    execFileSync('ip', ['netns', 'exec', name(place), ...words], {
      encoding: 'utf8',
      timeout: 120_000,
    });
  const cable = (a: Place, aName: string, b: Place, bName: string) => {
    const peer = ['type', 'veth', 'peer', 'name', bName, 'netns', name(b)];
    ip('link', 'add', aName, 'netns', name(a), ...peer);
    for (const [place, device] of [
      [a, aName],
      [b, bName],
    ] as const) {
      run(place, 'ip', 'link', 'set', device, 'up');
    }
  };
  const address = (place: Place, device: string, text: string) =>
    run(place, 'ip', 'addr', 'add', text, 'dev', device);
  const children: { readonly end: () => Promise<void> }[] = [];

  const close = async () => {
    for (const child of children) await child.end();
    for (const place of PLACES) {
      try {
        ip('netns', 'del', name(place));
      } catch {
        // It was never made.
      }
    }
  };
  const make = () => {
    for (const place of PLACES) {
      ip('netns', 'add', name(place));
      run(place, 'ip', 'link', 'set', 'lo', 'up');
    }
    cable('box', 'wlan0', 'ap', 'box0');
    cable('box', 'eth1', 'crew', 'eth0');
    cable('box', 'eth0', 'uplink', 'lan0');
    cable('box', 'wwan0', 'cellular', 'lan0');
    run('ap', 'ip', 'link', 'add', 'br0', 'type', 'bridge');
    run('ap', 'ip', 'link', 'set', 'br0', 'up');
    run('ap', 'ip', 'link', 'set', 'box0', 'master', 'br0');
    address('box', 'wlan0', '10.42.0.1/24');
    address('box', 'eth1', '10.42.77.1/24');
    address('box', 'eth0', '10.99.0.2/24');
    address('box', 'wwan0', '10.98.0.2/24');
    for (const [i, guest] of (['guest1', 'guest2'] as const).entries()) {
      cable('ap', guest, guest, 'wlan0');
      run('ap', 'ip', 'link', 'set', guest, 'master', 'br0');
      // As ap-isolation does.
      run('ap', 'ip', 'link', 'set', guest, 'type', 'bridge_slave', 'isolated', 'on');
      address(guest, 'wlan0', `10.42.0.${i + 2}/24`);
      run(guest, 'ip', 'route', 'add', 'default', 'via', '10.42.0.1');
    }
    address('crew', 'eth0', '10.42.77.2/24');
    run('crew', 'ip', 'route', 'add', 'default', 'via', '10.42.77.1');
    for (const [place, net] of [
      ['uplink', '10.99.0'],
      ['cellular', '10.98.0'],
    ] as const) {
      address(place, 'lan0', `${net}.1/24`);
      address(place, 'lo', `${INTERNET}/32`);
      address(place, 'lo', `${RESOLVER}/32`);
      // A stranger there who knows what is behind the box.
      run(place, 'ip', 'route', 'add', '10.42.0.0/16', 'via', `${net}.2`);
    }
    const route = ['ip', 'route', 'add', 'default', 'via'];
    run('box', ...route, '10.99.0.1', 'dev', 'eth0', 'metric', '100');
    run('box', ...route, '10.98.0.1', 'dev', 'wwan0', 'metric', '700');
  };
  try {
    make();
  } catch (error) {
    void close();
    throw error;
  }
  const start = (place: Place, words: readonly string[]) => {
    const command = ['netns', 'exec', name(place), process.execPath, PROGRAM];
    const stdio = ['ignore', 'pipe', 'inherit'] as const;
    const child = spawn('ip', [...command, ...words], { stdio: [...stdio] });
    let text = '';
    let wake = () => {};
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      wake();
    });
    const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
    const until = async (wanted: string) => {
      while (!text.includes(wanted)) {
        await Promise.race([
          new Promise<void>((resolve) => {
            wake = resolve;
          }),
          ended.then(() => {
            throw new Error(`${words.join(' ')} ended: ${text}`);
          }),
        ]);
      }
      return text;
    };
    const end = async () => {
      child.kill('SIGKILL');
      await ended;
    };
    return { until, end };
  };
  return {
    name,
    run,
    listen: async (place, ports) => {
      const child = start(place, ['listen', ...ports]);
      children.push(child);
      await child.until('ready\n');
    },
    reach: async (place, expected, others = []) => {
      const child = start(place, ['reach', ...expected.map((one) => `+${one}`), ...others]);
      const text = await child.until('done\n');
      await child.end();
      return JSON.parse(text.split('\n')[0] ?? '{}') as Record<string, string>;
    },
    [Symbol.asyncDispose]: close,
  };
}
