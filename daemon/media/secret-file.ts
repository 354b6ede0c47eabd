/** Secrets that stand in files of their own, so that the config can be shown around. */
import { statSync } from 'node:fs';
import { readRegular, SECRET_BYTES_MAX } from '../../hal/os/files/read-regular.ts';
import { messageOf } from '../../hal/os/log.ts';
import { ConfigError } from '../config/file.ts';
import type { UplinkConfig } from '../config/uplink.ts';

/** Printable ASCII; for SRT's passphrase as well (draft-sharabayko-srt §6.1.3). */
const SECRET = /^[\x20-\x7e]{10,79}$/;

/**
 * Undefined where no file is named.
 *
 * @param key Names the setting in errors, which never show the secret.
 * @throws ConfigError
 */
export function readSecretFile(key: string, file: string): string | undefined {
  if (file === '') return undefined;
  const fault = faultOf(key, file);
  const secret = readText(fault, file).replace(/\r?\n$/, '');
  if (!SECRET.test(secret)) throw fault('must hold one line of 10 to 79 characters');
  return secret;
}

/** Services make theirs of letters, digits, `-`, `_`, and some add a query. */
const STREAM_KEY = /^[\x21-\x7e]{4,512}$/;

const faultOf = (key: string, file: string) => (why: string) =>
  new ConfigError([`${key}: ${file}: ${why}`]);

function readText(fault: (why: string) => ConfigError, file: string): string {
  try {
    return readRegular(file, SECRET_BYTES_MAX).toString();
  } catch (error) {
    throw fault(`cannot be read: ${messageOf(error)}`);
  }
}

/** A file that others must not be able to read: with a stream key anybody may send to the channel. */
function readPrivate(fault: (why: string) => ConfigError, file: string): string {
  const text = readText(fault, file);
  if ((statSync(file).mode & 0o077) !== 0) throw fault('others can read it: chmod 600 it');
  return text;
}

function readStreamKey(key: string, file: string): string {
  const fault = faultOf(key, file);
  const secret = readPrivate(fault, file).replace(/\r?\n$/, '');
  if (!STREAM_KEY.test(secret)) throw fault('must hold the stream key in one line');
  return secret;
}

/** OpenSSH's format begins with its name and the cipher: this is `none`, in base64. */
const OPENSSH = '-----BEGIN OPENSSH PRIVATE KEY-----';
const OPEN_KEY = /^b3BlbnNzaC1rZXktdjEAAAAABG5vbmU/;

/**
 * A key that ssh can use with nobody there to type a passphrase.
 *
 * @throws ConfigError
 */
export function checkSshKey(key: string, file: string): void {
  const fault = faultOf(key, file);
  const [first = '', second = ''] = readPrivate(fault, file).split('\n');
  if (!/^-----BEGIN (?:\w+ )*PRIVATE KEY-----\s*$/.test(first)) {
    throw fault('must hold a private key: ssh-keygen -t ed25519 -N "" -f FILE makes one');
  }
  const isLocked =
    first.trim() === OPENSSH
      ? !OPEN_KEY.test(second)
      : first.includes('ENCRYPTED') || second.includes('ENCRYPTED');
  if (isLocked) throw fault('has a passphrase: ssh-keygen -p -N "" -f FILE takes it off');
}

/** From the files that the config names. */
export interface UplinkSecrets {
  readonly passphrase: string | undefined;
  readonly relaySecret: string | undefined;
  /** Passphrases and stream keys, by the destinations' ids. */
  readonly destinations: Readonly<Record<string, string | undefined>>;
}

/** @throws ConfigError */
export function readUplinkSecrets(uplink: UplinkConfig | undefined): UplinkSecrets {
  const read = (key: 'passphrase_file' | 'relay_secret_file') =>
    readSecretFile(`uplink.${key}`, uplink?.[key] ?? '');
  const destinations = (uplink?.destinations ?? []).flatMap((one, i) => {
    const key = `uplink.destinations.${i}`;
    if (!one.enabled) return [];
    const secret =
      one.kind === 'srt'
        ? readSecretFile(`${key}.passphrase_file`, one.passphrase_file)
        : readStreamKey(`${key}.key_file`, one.key_file);
    return [[one.id, secret] as const];
  });
  return {
    passphrase: read('passphrase_file'),
    relaySecret: read('relay_secret_file'),
    destinations: Object.fromEntries(destinations),
  };
}

/** Read once; where that fails, again when they are used, for its supervisor. */
export function openUplinkSecrets(uplink: UplinkConfig | undefined): () => UplinkSecrets {
  let secrets: UplinkSecrets | undefined;
  const read = () => {
    secrets ??= readUplinkSecrets(uplink);
    return secrets;
  };
  try {
    read();
  } catch {
    // Said by the one who uses them.
  }
  return read;
}
