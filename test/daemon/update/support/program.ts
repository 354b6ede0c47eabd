/** Small programs as releases hold them, with a key of their own. */
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { makeKey, pack } from '../../../../scripts/release/pack.ts';

/** The launcher of this checkout, as it is built. */
const LAUNCH = buildSync({
  entryPoints: ['daemon/update/launch.ts'],
  ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20' },
  banner: {
    js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);",
  },
  write: false,
}).outputFiles[0]?.text;
const NODE = `#!/bin/sh\nexec '${process.execPath}' "$@"\n`;

export interface Small {
  readonly version: string;
  /** What it does as the box: JavaScript. */
  readonly run?: string;
  /** How it checks a config file: JavaScript. */
  readonly check?: string;
  readonly files?: Readonly<Record<string, string>>;
}

/** Lays a program down that says its version and does what it is given. */
export function layProgram(
  folder: string,
  { version, run = '', check = '', files = {} }: Small,
): void {
  const main = `
    if (process.argv[2] === '--version') console.log('venuebox ${version}');
    else if (process.argv[2] === 'run') {
      console.log('runs ${version}');
      ${run}
    } else if (process.argv[2] === 'check') {
      ${check}
    } else console.log('is ${version}');
  `;
  const all = {
    'bin/node': NODE,
    'package.json': JSON.stringify({ version, type: 'module' }),
    'dist/daemon/main.js': main,
    'dist/daemon/update/launch.js': LAUNCH ?? '',
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  chmodSync(join(folder, 'bin/node'), 0o755);
}

export interface Workshop {
  readonly folder: string;
  /** The public key, for update.key. */
  readonly key: string;
  /** Makes a release; returns its file. */
  release(
    small: Small,
    options?: { readonly arch?: string; readonly built?: string },
  ): Promise<string>;
}

let made = 0;

export function openWorkshop(): Workshop {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-update-'));
  const keyFile = join(folder, 'key.pem');
  return {
    folder,
    key: makeKey(keyFile),
    release: async (small, { built = '2026-11-29T20:00:00.000Z', ...options } = {}) => {
      made += 1;
      const program = join(folder, `program-${made}`);
      const out = join(folder, `${made}.release`);
      layProgram(program, small);
      await pack({ program, keyFile, out, built, ...options });
      return out;
    },
  };
}
