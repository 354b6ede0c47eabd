/** The key that signs claim stubs, in a file that only the box's user can read, and the page that verifies them. */
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HalError } from '../../hal/os/errors.ts';
import { openOwnSecret } from '../../hal/os/files/own-secret.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { parsePrivateKey, rawKeyOf } from './claim.ts';

export interface ClaimKeys {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const KEY_FILE = 'ticket-key.pem';

export const keyFileOf = (stateFolder: string): string => join(stateFolder, KEY_FILE);

/**
 * Reads the key, or makes one where there is none.
 *
 * @returns `damaged` names the file where stubs of an earlier or of this run will not verify.
 */
export async function openClaimKeys(
  stateFolder: string,
  log: Log,
): Promise<ClaimKeys & { readonly damaged: readonly string[] }> {
  const kind = { what: 'ticket key', parse: keysOf, make: makeKey };
  const { secret, fault } = await openOwnSecret(keyFileOf(stateFolder), kind, log);
  return { ...secret, damaged: fault === undefined ? [] : [KEY_FILE] };
}

/** Rejects where there is none, or a damaged one. */
export async function readClaimKeys(path: string): Promise<ClaimKeys> {
  return keysOf(await readFile(path, 'utf8'));
}

function keysOf(pem: string): ClaimKeys {
  const privateKey = parsePrivateKey(pem);
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

function makeKey(): string {
  const { privateKey } = generateKeyPairSync('ed25519');
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

const PAGE = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/daemon/printing/page/' : './page/',
  import.meta.url,
);

/** One file: what a page of a phone opens from its own storage may load nothing. */
export async function renderVerifyPage(publicKey: KeyObject): Promise<string> {
  const read = (name: string) =>
    readFile(new URL(name, PAGE), 'utf8').catch((error: unknown) => {
      throw new HalError(
        'NOT_FOUND',
        `the page is not built (${messageOf(error)}); run: npm run build`,
      );
    });
  const script = (await read('verify.js')).replaceAll('</script', '<\\/script');
  const html = await read('index.html');
  return html.replace('__KEY__', () => rawKeyOf(publicKey)).replace('__SCRIPT__', () => script);
}
