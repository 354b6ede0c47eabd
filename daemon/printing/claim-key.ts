/** The key that signs claim stubs: made by the box, in a file that only its user can read. */
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../../hal/os/errors.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { putAside, saveFile } from '../../hal/os/save-file.ts';
import { parsePrivateKey } from './claim.ts';

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
