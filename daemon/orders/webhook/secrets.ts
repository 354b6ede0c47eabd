/** The webhook's secrets: one a line, in a file that its user alone can read. */
import { statSync } from 'node:fs';
import { readRegular, SECRET_BYTES_MAX } from '../../../hal/os/files/read-regular.ts';
import { messageOf } from '../../../hal/os/log.ts';
import type { Scheme } from './signature.ts';

export type Secrets = { readonly secrets: readonly string[] } | { readonly fault: string };

/** While one is being replaced there are two. */
const SECRETS_MAX = 4;
const KEY_MIN_BYTES = 16;

/** Reads the file again once it has changed: a secret is replaced without a restart. */
export function openSecrets(file: string, scheme: Scheme): () => Secrets {
  let key = '';
  let read: Secrets = { fault: 'not read yet' };
  return () => {
    try {
      const { mtimeMs, size, mode, ino } = statSync(file);
      const newKey = [mtimeMs, size, mode, ino].join();
      if (newKey !== key) read = parse(mode, () => readRegular(file, SECRET_BYTES_MAX), scheme);
      key = newKey;
    } catch (error) {
      key = '';
      read = { fault: messageOf(error) };
    }
    return 'fault' in read ? { fault: `orders.webhook.secret_file: ${file}: ${read.fault}` } : read;
  };
}

function parse(mode: number, readFile: () => Buffer, scheme: Scheme): Secrets {
  if ((mode & 0o077) !== 0) {
    return { fault: 'others can read it: chmod 600 it, and make a new secret' };
  }
  const lines = readFile()
    .toString('latin1')
    .split(/\r?\n/)
    .map((line) => line.trim());
  const secrets = lines.filter((line) => line !== '');
  if (secrets.length === 0 || secrets.length > SECRETS_MAX) {
    return { fault: `must hold 1 to ${SECRETS_MAX} secrets, one a line` };
  }
  const isGood = (line: string) =>
    scheme === 'standard'
      ? /^(?:whsec_)?[A-Za-z0-9+/]+={0,2}$/.test(line) &&
        Buffer.from(line.replace(/^whsec_/, ''), 'base64').length >= KEY_MIN_BYTES
      : /^[\x21-\x7e]+$/.test(line) && line.length >= KEY_MIN_BYTES;
  const wrong = secrets.findIndex((line) => !isGood(line));
  if (wrong < 0) return { secrets };
  const form = scheme === 'standard' ? 'whsec_ and base64 of at least 16 bytes' : 'like whsec_…';
  return { fault: `secret ${wrong + 1} must be ${form}` };
}
