/** Certificates that the settings name, at the start: one that no server takes keeps no box dark. */
import { join } from 'node:path';
import { errnoOf } from '../../hal/os/errors.ts';
import { messageOf } from '../../hal/os/log.ts';
import { putAside } from '../../hal/os/save-file.ts';
import { checkTlsFiles, type TlsFiles } from '../../pipelines/http/tls-files.ts';
import { type Values, valueAt, withValue } from '../config/form/layers.ts';
import { saveStored } from './stored.ts';

/** Of the operator's page and of guests; where the config file has one, that is the truth. */
export const CERTIFICATE_KEYS = ['operator.tls', 'viewers.tls'] as const;

/** What the crew has sent: certificate, chain and key. */
export const certificateFile = (folder: string): string => join(folder, 'certificate.pem');

/** Values that the box goes without, by their paths. */
export type SavedOnly = Readonly<Record<string, unknown>>;

interface UsableSettings {
  readonly values: Values;
  /** Paths of what is left out. */
  readonly leftOut: readonly string[];
  /** What the settings on the disk go on to say of these. */
  readonly kept: SavedOnly;
  readonly fault: string;
}

/**
 * The settings without those certificates, and why; undefined where all can be used. The box's own
 * file is put aside as `certificate.pem.bad`; files of others, and those that cannot be read now,
 * may be there at the next start, so the settings on the disk go on to name them.
 *
 * @param mayReplace Whether `values` are those on the disk, which may be written.
 */
export async function withUsableCertificates(
  folder: string,
  { values, written }: { readonly values: Values; readonly written: unknown },
  mayReplace: boolean,
): Promise<UsableSettings | undefined> {
  const own = certificateFile(folder);
  const named = (from: unknown, path: string) => valueAt(from, path) as TlsFiles | undefined;
  const isTheirs = CERTIFICATE_KEYS.some((path) => named(written, path)?.key_file === own);
  const faults = CERTIFICATE_KEYS.flatMap((path) => {
    const tls = named(values, path);
    if (tls === undefined || named(written, path) !== undefined) return [];
    const error = faultOf(tls);
    const isOwn = tls.cert_file === own && tls.key_file === own && !isTheirs;
    return error === undefined ? [] : [{ path, error, isLost: isOwn && isLost(error) }];
  });
  const [first] = faults;
  if (first === undefined) return undefined;
  const usable = without(values, faults);
  const lost = faults.filter((one) => one.isLost);
  if (mayReplace && lost.length > 0) {
    await saveStored(folder, without(values, lost)).catch(() => undefined);
    await putAside(own).catch(() => undefined);
  }
  const leftOut = faults.map(({ path }) => path);
  const fault = `The box goes without ${leftOut.join(' and ')}: ${messageOf(first.error)}`;
  const kept = faults.filter((one) => !mayReplace || !one.isLost);
  const valuesOf = kept.map(({ path }) => [path, valueAt(values, path)] as const);
  return { values: usable, leftOut, kept: Object.fromEntries(valuesOf), fault };
}

/** As they are on the disk. */
export const withSavedOnly = (values: Values, kept: SavedOnly): Values =>
  Object.entries(kept).reduce((all, [path, value]) => withValue(all, path, value), values);

function faultOf(tls: TlsFiles): unknown {
  try {
    checkTlsFiles(tls);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Its content is none, or it is gone; else the disk does not give it now. OpenSSL has codes of its own. */
function isLost(error: unknown): boolean {
  const code = errnoOf(error);
  return code === undefined || code === 'ENOENT' || code.startsWith('ERR_');
}

function without(values: Values, gone: readonly { readonly path: string }[]): Values {
  return gone.reduce((left, { path }) => withValue(left, path, undefined), values);
}
