/** Starts the reverse proxies of the examples in front of a box. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../box.ts';
import { freePort } from '../free-port.ts';
import { startProgram } from '../program.ts';
import { startNginx } from './nginx.ts';

export interface ReverseProxy {
  readonly name: string;
  /** Undefined where it is installed. */
  missing(): string | undefined;
  start(boxUrl: string): Promise<{ readonly url: string } & AsyncDisposable>;
}

interface Started {
  readonly command: string;
  /** @param config The example, with the two addresses of this run. @param folder Removed at the end. */
  readonly args: (config: string, folder: string, port: number) => readonly string[];
  readonly example: string;
  readonly edit: (text: string, box: URL, port: number) => string;
}

async function start(boxUrl: string, { command, args, example, edit }: Started) {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-proxy-'));
  const port = await freePort();
  const config = join(folder, 'config');
  writeFileSync(config, edit(readFileSync(example, 'utf8'), new URL(boxUrl), port));
  const program = startProgram(command, args(config, folder, port));
  const url = `http://127.0.0.1:${port}`;
  const end = async () => {
    await program[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const answers = async () => (await fetch(`${url}/drop.json`)).status > 0;
    await until(answers, 15_000, program.output);
  } catch (error) {
    await end();
    throw error;
  }
  return { url, [Symbol.asyncDispose]: end };
}

const has = (path: string, from: string) =>
  existsSync(path) ? undefined : `${path} (apt: ${from})`;

export const PROXIES: readonly ReverseProxy[] = [
  {
    name: 'nginx',
    missing: () => has('/usr/sbin/nginx', 'nginx'),
    start: (url) => startNginx(url),
  },
  {
    name: 'HAProxy',
    missing: () => has('/usr/sbin/haproxy', 'haproxy'),
    start: (boxUrl) =>
      start(boxUrl, {
        command: '/usr/sbin/haproxy',
        args: (config) => ['-db', '-f', config],
        example: 'systemd/haproxy.example.cfg',
        edit: (text, { host }, port) =>
          text.replace('127.0.0.1:8080', host).replace('bind :80', `bind 127.0.0.1:${port}`),
      }),
  },
  {
    name: 'Varnish',
    missing: () => has('/usr/sbin/varnishd', 'varnish'),
    start: (boxUrl) =>
      start(boxUrl, {
        command: '/usr/sbin/varnishd',
        args: (config, folder, port) => [
          ...['-F', '-f', config, '-a', `127.0.0.1:${port}`, '-n', join(folder, 'work')],
          ...['-s', 'malloc,200m', '-j', 'none'],
        ],
        example: 'systemd/varnish.example.vcl',
        edit: (text, { port }) => text.replace('"8080"', `"${port}"`),
      }),
  },
  {
    name: 'Caddy',
    missing: () => has('/usr/bin/caddy', 'caddy'),
    start: (boxUrl) =>
      start(boxUrl, {
        command: '/usr/bin/caddy',
        args: (config) => ['run', '--adapter', 'caddyfile', '--config', config],
        example: 'systemd/Caddyfile.example',
        edit: (text, { host }, port) =>
          `{\n\tadmin off\n}\n${text}`
            .replace('127.0.0.1:8080', host)
            .replace('show.example', `http://127.0.0.1:${port}`),
      }),
  },
];
