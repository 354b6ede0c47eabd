/** Starts nginx with the example config as a cache in front of a box. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../box.ts';
import { freePort } from '../free-port.ts';

export interface Logged {
  /** nginx's `$upstream_cache_status`, or `-`. */
  readonly cache: string;
  readonly status: number;
  readonly path: string;
}

export interface Nginx extends AsyncDisposable {
  readonly url: string;
  /** Its log, line by line. */
  logged(): readonly Logged[];
}

/**
 * A real nginx on a free loopback port, as the example has it, in front of `originUrl`.
 *
 * @param locations Further ones of its server.
 */
export async function startNginx(originUrl: string, locations = ''): Promise<Nginx> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-nginx-'));
  mkdirSync(join(folder, 'cache'));
  const log = join(folder, 'access.log');
  const example = readFileSync('systemd/nginx.example.conf', 'utf8')
    .replace('127.0.0.1:8080', new URL(originUrl).host)
    .replace('listen 80;', `listen 127.0.0.1:${port};`)
    .replace('    location = /beacon {', `${locations}\n    location = /beacon {`)
    .replace('/var/cache/nginx/venuebox', join(folder, 'cache'))
    .replace('/var/log/nginx/venuebox.log', log);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, name)};`,
  );
  const config = join(folder, 'nginx.conf');
  writeFileSync(
    config,
    [
      // As root it would become www-data, who may not write where this test does.
      ...(process.getuid?.() === 0 ? ['user root;'] : []),
      `pid ${join(folder, 'nginx.pid')};`,
      'daemon off; worker_processes 1; error_log stderr warn;',
      'events { worker_connections 4096; }',
      `http { keepalive_requests 100000; ${temporary.join(' ')}`,
      example,
      '}',
      '',
    ].join('\n'),
  );
  let output = '';
  const child = spawn('/usr/sbin/nginx', ['-p', folder, '-c', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-20_000);
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.once('error', (error) => {
    output += error.message;
  });
  const url = `http://127.0.0.1:${port}`;
  const answers = async () => (await fetch(`${url}/drop.json`)).status > 0;
  await until(answers, 15_000, () => output);
  return {
    url,
    logged: () =>
      readFileSync(log, 'utf8')
        .trim()
        .split('\n')
        .map((line) => {
          const [cache = '', status = '', , , path = ''] = line.split(' ');
          return { cache, status: Number(status), path };
        }),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
