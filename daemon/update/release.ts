/**
 * A release: one file that holds a program, signed. Pure.
 *
 *     {"format":"venuebox-release-1", …}   the header, one line of JSON
 *     …==                                  its Ed25519 signature, base64
 *     [["bin/node",…],…]                   the list of files, whose hash is in the header
 *     …                                    their contents one after the other, gzip
 *
 * The list has the hash of each file, so that all of it can be checked while it comes, and again
 * at each start. There are no links, no owners and no paths that lead out.
 */
import { createHash, createPublicKey, verify } from 'node:crypto';
import * as v from 'valibot';

const FORMAT = 'venuebox-release-1';

export const HEADER_BYTES_MAX = 4_096;
export const SIGNATURE_BYTES_MAX = 256;
export const LIST_BYTES_MAX = 8_000_000;
/** Of all files; Node.js alone has about 100 MB. */
const UNPACKED_BYTES_MAX = 2_000_000_000;
const FILES_MAX = 50_000;

/** What a program cannot run without. */
export const NODE = 'bin/node';
export const PROGRAM = 'dist/daemon/main.js';
/** In the folder of a version: header, signature and list, as they came. */
export const RELEASE_FILE = '.release';

/** A release that cannot be used; the message says why and what to do. */
export class ReleaseError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ReleaseError';
  }
}

const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const count = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(max));

const headerSchema = v.object({
  format: v.literal(FORMAT),
  version: v.pipe(v.string(), v.regex(/^[0-9A-Za-z][0-9A-Za-z.+~]{0,39}$/)),
  /** As Node.js names it. */
  arch: v.picklist(['x64', 'arm64']),
  built: v.pipe(v.string(), v.isoTimestamp()),
  list_sha256: sha256,
  unpacked_bytes: count(UNPACKED_BYTES_MAX),
});

export type Header = v.InferOutput<typeof headerSchema>;

/** A path below the folder of the version: no way up, nothing absolute, nothing that a disk does not take. */
const PATH = /^(?!\.\.?(?:\/|$))[^/\0]{1,200}(?:\/(?!\.\.?(?:\/|$))[^/\0]{1,200}){0,40}$/;

const listSchema = v.pipe(
  v.array(
    v.tuple([
      v.pipe(v.string(), v.regex(PATH), v.maxLength(1_000)),
      count(UNPACKED_BYTES_MAX),
      sha256,
      /** It can be executed. */
      v.picklist([0, 1]),
    ]),
  ),
  v.maxLength(FILES_MAX),
);

export type List = v.InferOutput<typeof listSchema>;

export interface Head {
  readonly header: Header;
  /** Names this very release, also where two have the same version. */
  readonly id: string;
}

/** RFC 8410: what stands before the 32 bytes of a public key. */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const KEY_BYTES = 32;

/** A key of the config; undefined for what is none. */
export function publicKeyOf(text: string) {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== KEY_BYTES || bytes.toString('base64') !== text) return undefined;
  return createPublicKey({ key: Buffer.concat([SPKI, bytes]), format: 'der', type: 'spki' });
}

const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/**
 * The header, once its signature is checked: nothing of it is read before.
 *
 * @param key As in the config, `update.key`.
 * @throws ReleaseError
 */
export function readHead(headerLine: Buffer, signatureLine: Buffer, key: string): Head {
  const publicKey = publicKeyOf(key);
  if (publicKey === undefined) {
    throw new ReleaseError('this box has no key for updates: set update.key in its config file');
  }
  if (!headerLine.toString().startsWith(`{"format":"${FORMAT}"`)) {
    throw new ReleaseError('this is no release of venuebox: make one with scripts/package.sh');
  }
  const signature = Buffer.from(signatureLine.toString(), 'base64');
  const isCanonical = signature.toString('base64') === signatureLine.toString();
  if (!isCanonical || !verify(null, headerLine, publicKey, signature)) {
    throw new ReleaseError(
      'the signature is wrong: it was signed with another key than update.key, or changed on its way; nothing of it was installed',
    );
  }
  const header = parsed(headerSchema, headerLine, 'header');
  return { header, id: `${header.version}-${hashOf(headerLine).slice(0, 12)}` };
}

/** @throws ReleaseError */
export function readList({ header }: Head, listLine: Buffer): List {
  if (hashOf(listLine) !== header.list_sha256) throw new ReleaseError(CHANGED);
  const list = parsed(listSchema, listLine, 'list of files');
  const bytes = list.reduce((sum, [, size]) => sum + size, 0);
  const paths = new Set(list.map(([path]) => path));
  const isComplete = [NODE, PROGRAM, 'package.json'].every((path) => paths.has(path));
  if (!isComplete || paths.size !== list.length || paths.has(RELEASE_FILE)) {
    throw new ReleaseError('the release is not a program of venuebox: make it again');
  }
  if (bytes !== header.unpacked_bytes) throw new ReleaseError('the release contradicts itself');
  return list;
}

export const CHANGED =
  'the release was changed on its way, or is damaged: fetch it again; nothing of it was installed';

function parsed<S extends v.GenericSchema>(schema: S, bytes: Buffer, what: string) {
  try {
    const result = v.safeParse(schema, JSON.parse(bytes.toString()) as unknown);
    if (result.success) return result.output as v.InferOutput<S>;
  } catch {}
  throw new ReleaseError(
    `the ${what} of the release cannot be read: it is made for a newer box; update to one between first`,
  );
}

/**
 * Of two releases the newer one, by version and then by the time of the build.
 * Positive where `a` is newer.
 */
export function compareReleases(
  a: Pick<Header, 'version' | 'built'>,
  b: Pick<Header, 'version' | 'built'>,
): number {
  return compareVersions(a.version, b.version) || Date.parse(a.built) - Date.parse(b.built);
}

/** As Debian does: numbers as numbers, a tilde before everything. */
export function compareVersions(a: string, b: string): number {
  const parts = (text: string) => text.match(/\d+|[^\d]+/g) ?? [];
  const [left, right] = [parts(a), parts(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const order = comparePart(left[i] ?? '', right[i] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

function comparePart(a: string, b: string): number {
  if (a.startsWith('~') !== b.startsWith('~')) return a.startsWith('~') ? -1 : 1;
  const [x, y] = [Number(a || 'NaN'), Number(b || 'NaN')];
  if (Number.isNaN(x) || Number.isNaN(y)) return a === b ? 0 : a < b ? -1 : 1;
  return x - y;
}
