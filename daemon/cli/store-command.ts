/** `venuebox relay --store`: the relay also takes what boxes send later. */
import { statSync } from 'node:fs';
import { CERTIFICATE_BYTES_MAX, readRegular } from '../../hal/os/files/read-regular.ts';
import { type ClockAndLog, messageOf } from '../../hal/os/log.ts';
import { supervise } from '../../hal/os/supervise.ts';
import type { Task } from '../../hal/os/task.ts';
import type { Endpoint } from '../../pipelines/bond/core/config.ts';
import { runStore, type StoreOptions } from '../../pipelines/store/server.ts';
import { readSecretFile } from '../media/secret-file.ts';
import { parseEndpoint } from './parse-options.ts';
import { UsageError } from './usage.ts';

export interface StoreArguments {
  readonly folder: string;
  readonly listen: Endpoint;
  readonly tokenFile: string;
  readonly quotaGb: number;
  /** Both or none. */
  readonly certFile: string;
  readonly keyFile: string;
}

const QUOTA_GB = 100;
const POLICY = { firstPauseMs: 1_000, longestPauseMs: 30_000, healthyMs: 10_000 };

/**
 * Undefined where `relay` is to have no store.
 *
 * @param text The value of an option.
 * @throws UsageError
 */
export function storeArguments(
  text: (option: string) => string | undefined,
): StoreArguments | undefined {
  const folder = text('store');
  const of = (option: string) => text(`store-${option}`) ?? '';
  const [listen, tokenFile, quota] = [of('listen'), of('token-file'), of('quota-gb')];
  const [certFile, keyFile] = [of('cert-file'), of('key-file')];
  if (folder === undefined) {
    const isAnyGiven = `${listen}${tokenFile}${quota}${certFile}${keyFile}` !== '';
    if (isAnyGiven) throw new UsageError('the options of a store need --store FOLDER', 'relay');
    return undefined;
  }
  if (listen === '' || tokenFile === '') {
    throw new UsageError('--store needs --store-listen PORT and --store-token-file FILE', 'relay');
  }
  if ((certFile === '') !== (keyFile === '')) {
    throw new UsageError('--store-cert-file and --store-key-file go together', 'relay');
  }
  if (quota !== '' && !/^[1-9]\d{0,6}$/.test(quota)) {
    throw new UsageError(
      `--store-quota-gb must be a whole number from 1 on, not ${quota}`,
      'relay',
    );
  }
  const quotaGb = quota === '' ? QUOTA_GB : Number(quota);
  const at = parseEndpoint('--store-listen', listen, '::');
  return { folder, listen: at, tokenFile, quotaGb, certFile, keyFile };
}

/**
 * Reads the files that it names. Whatever fails later is tried again: the live stream goes
 * through the same process, and matters more.
 *
 * @throws ConfigError or UsageError
 */
export function runStoreOf(store: StoreArguments, { clock, log }: ClockAndLog): Task {
  const options = storeOptions(store);
  const onStart = (port: number) => log.info('store listening', { port, folder: store.folder });
  if (options.tls === undefined) {
    log.warn('the store speaks HTTP: for the own network only; others need a certificate');
  }
  const storing: Task = (signal) => runStore(options, { log, onStart }, signal);
  return (signal) => supervise('store', storing, { policy: POLICY, clock, log }, signal);
}

function storeOptions(store: StoreArguments): StoreOptions {
  const { folder, listen, tokenFile, quotaGb, certFile, keyFile } = store;
  const token = readSecretFile('--store-token-file', tokenFile) ?? '';
  if ((statSync(tokenFile).mode & 0o077) !== 0) {
    throw new UsageError(`--store-token-file: others can read ${tokenFile}: chmod 600 it`);
  }
  const options = { folder, listen, token, quotaBytes: quotaGb * 1e9 };
  if (certFile === '') return options;
  assertReadable('--store-cert-file', certFile);
  assertReadable('--store-key-file', keyFile);
  return { ...options, tls: { cert_file: certFile, key_file: keyFile } };
}

function assertReadable(option: string, file: string): void {
  try {
    readRegular(file, CERTIFICATE_BYTES_MAX);
  } catch (error) {
    throw new UsageError(`${option}: ${file} cannot be read: ${messageOf(error)}`);
  }
}
