/** The key that signs claim stubs, in a file that only the box's user can read, and the page that verifies them. */
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, HalError } from '../../hal/os/errors.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { putAside, saveFile } from '../../hal/os/save-file.ts';
import { parsePrivateKey, rawKeyOf } from './claim.ts';

export interface ClaimKeys {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export const keyFileOf = (stateFolder: string): string => join(stateFolder, 'ticket-key.pem');

/** Reads the key, or makes one where there is none. A damaged file is renamed to `.bad`. */
export async function openClaimKeys(stateFolder: string, log: Log): Promise<ClaimKeys> {
  const path = keyFileOf(stateFolder);
  try {
    return await readClaimKeys(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') {
      const advice = 'stubs that were printed before do not verify any more';
      log.error('ticket key damaged, a new one is made', {
        path,
        advice,
        reason: messageOf(error),
      });
      await putAside(path).catch(() => undefined);
    }
  }
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  // Made with mode 0600, see saveFile.
  await saveFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  return { privateKey, publicKey };
}

/** Rejects where there is none, or a damaged one. */
export async function readClaimKeys(path: string): Promise<ClaimKeys> {
  const privateKey = parsePrivateKey(await readFile(path, 'utf8'));
  await chmod(path, 0o600).catch(() => undefined);
  return { privateKey, publicKey: createPublicKey(privateKey) };
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
