/** Makes and signs a release of a program's folder: the format is daemon/update/release.ts. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
} from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** Makes a private key, for its owner alone. Returns the public one, for update.key. */
export function makeKey(file: string): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(file, pem, { mode: 0o600, flag: 'wx' });
  return publicKeyOf(file);
}

export function publicKeyOf(file: string): string {
  const { x } = createPublicKey(createPrivateKey(readFileSync(file))).export({ format: 'jwk' });
  return Buffer.from(x ?? '', 'base64url').toString('base64');
}

export interface Packing {
  /** As scripts/package.sh lays it down: bin/node, dist, node_modules, package.json. */
  readonly program: string;
  readonly keyFile: string;
  readonly out: string;
  /** Of the build, RFC 3339: of two releases of one version the later one is newer. */
  readonly built: string;
  /** Whose Node.js and addons it holds. */
  readonly arch?: string;
}

/** The same program, time and key give the same bytes. Returns the version. */
export async function pack({ program, keyFile, out, built, arch }: Packing): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(program, 'package.json'), 'utf8')) as {
    version: string;
  };
  const entries = await readdir(program, { recursive: true, withFileTypes: true });
  const odd = entries.find((entry) => !entry.isFile() && !entry.isDirectory());
  if (odd !== undefined) throw new Error(`${odd.name} is a link or a device: a release has none`);
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(program.length + 1))
    .toSorted();
  const list = paths.map((path) => {
    const { size, mode } = statSync(join(program, path));
    const sha256 = createHash('sha256')
      .update(readFileSync(join(program, path)))
      .digest('hex');
    return [path, size, sha256, (mode & 0o100) === 0 ? 0 : 1] as const;
  });
  const listLine = JSON.stringify(list);
  const header = JSON.stringify({
    ...{ format: 'venuebox-release-1', version, arch: arch ?? process.arch, built },
    list_sha256: createHash('sha256').update(listLine).digest('hex'),
    unpacked_bytes: list.reduce((sum, [, size]) => sum + size, 0),
  });
  const signature = sign(null, Buffer.from(header), createPrivateKey(readFileSync(keyFile)));
  const beside = `${out}.new`;
  writeFileSync(beside, `${header}\n${signature.toString('base64')}\n${listLine}\n`);
  await pipeline(
    Readable.from(contentsOf(program, paths), { objectMode: false }),
    createGzip({ level: 9 }),
    createWriteStream(beside, { flags: 'a' }),
  );
  await rename(beside, out);
  return version;
}

async function* contentsOf(program: string, paths: readonly string[]): AsyncGenerator<Buffer> {
  for (const path of paths) {
    for await (const chunk of createReadStream(join(program, path))) yield chunk as Buffer;
  }
}
