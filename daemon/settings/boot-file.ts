/**
 * Settings from a file on the boot partition, `venuebox.yaml`, taken once at the start: with
 * secrets in it, which go into files of their own. systemd/venuebox.boot brings it as `boot.yaml`
 * in the state folder, and takes what came of it back to the partition.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { errnoOf } from '../../hal/os/errors.ts';
import { CONFIG_BYTES_MAX, readRegular } from '../../hal/os/files/read-regular.ts';
import { messageOf } from '../../hal/os/log.ts';
import { removeFile, saveFile } from '../../hal/os/save-file.ts';
import { renderTaken, writtenValues } from '../config/file.ts';
import { checkValues } from '../config/form/faults.ts';
import { isValues, layered, setPaths, type Values } from '../config/form/layers.ts';
import { hasChosenPin } from '../config/operator.ts';
import { openYaml } from '../config/yaml/yaml-text.ts';
import { WPA_PASSPHRASE } from '../model/hotspot.ts';
import { lockedPaths } from './change.ts';
import { type ConfigText, settingsBelow } from './load.ts';
import { withSecretFiles } from './secret-values.ts';
import { type NewSecret, secretFault } from './secrets.ts';
import { saveSecret, saveStored, secretFile } from './stored.ts';

/** The venue's Wi-Fi, which is no setting: NetworkManager has it. */
export interface BootWifi {
  readonly ssid: string;
  readonly password: string;
}

export interface BootFileDeps {
  /** What is saved of a secret, for example a hash of the PIN. */
  readonly sealed: (path: string, text: string) => Promise<string>;
  /** @param hasPin A person has chosen the PIN: in it, or before. */
  readonly chooseWifi: (wifi: BootWifi, hasPin: boolean) => Promise<void>;
}

/** For the person who reads what was taken. */
const NO_PIN =
  "# No operator.pin: if none was chosen before, choose one in the set-up, on the box's own Wi-Fi.\n";

interface Taken {
  readonly values: Values;
  /** They, over those before. */
  readonly all: Values;
  readonly secrets: readonly NewSecret[];
  readonly wifi: BootWifi | undefined;
  readonly hasPin: boolean;
}

/** Nothing of a file with a fault is taken. Never rejects: the box starts without it. */
export async function takeBootFile(folder: string, text: ConfigText, deps: BootFileDeps) {
  const file = join(folder, 'boot.yaml');
  let yaml: string;
  try {
    yaml = readRegular(file, CONFIG_BYTES_MAX).toString();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return;
    yaml = '';
  }
  const head = `taken ${createHash('sha256').update(yaml).digest('hex')}\n`;
  try {
    // It was taken, and could not be erased: what the crew has changed since holds.
    if (outcomeOf(folder).startsWith(head)) return await removeFile(file);
    const below = await settingsBelow(folder, text);
    const read = below.map((before) => readBootFile(folder, yaml, text, before));
    const taken = read.find((one) => 'all' in one) ?? (read.at(-1) as Read);
    const outcome =
      'faults' in taken
        ? `bad\n${taken.faults.join('\n')}\n`
        : `${head}${await take(folder, taken, deps)}`;
    await saveFile(join(folder, 'boot-outcome'), outcome);
  } catch (error) {
    const reason = `bad\nIt could not be saved on the box: ${messageOf(error)}\n`;
    await saveFile(join(folder, 'boot-outcome'), reason).catch(() => undefined);
  }
  await removeFile(file).catch(() => undefined);
}

/** Of a start before, where it was not brought back to the partition. */
function outcomeOf(folder: string): string {
  try {
    return readRegular(join(folder, 'boot-outcome'), CONFIG_BYTES_MAX).toString();
  } catch {
    return '';
  }
}

/** @returns what was taken, for the person who reads it. */
async function take(folder: string, taken: Taken, deps: BootFileDeps) {
  const { values, all, secrets, wifi, hasPin } = taken;
  for (const { path, file, text } of secrets) await saveSecret(file, await deps.sealed(path, text));
  await saveStored(folder, all);
  if (wifi !== undefined) await deps.chooseWifi(wifi, hasPin);
  const shown = without(values, new Set(secrets.map(({ file }) => file))) as Values;
  const network = wifi === undefined ? {} : { wifi: { ssid: wifi.ssid } };
  const next = hasPin ? '' : NO_PIN;
  return `${next}${renderTaken({ ...shown, ...network })}`;
}

type Read = Taken | { readonly faults: readonly string[] };

/** By the rules of the config file, each fault with its line. */
function readBootFile(folder: string, yaml: string, text: ConfigText, before: Values): Read {
  const opened = openYaml(yaml);
  const broken = opened.broken.map((one) => `line ${one.line}: ${one.text}`);
  const found = broken.length > 0 ? undefined : opened.read();
  const read = found !== undefined && 'read' in found ? found.read : undefined;
  const isEmpty = !isValues(read) || Object.keys(read).length === 0;
  if (isEmpty) return { faults: broken.length > 0 ? broken : ['it holds no settings'] };
  const faults: string[] = [];
  const at = (path: readonly (string | number)[]) => {
    const line = opened.lineOf(path);
    return line === undefined ? '' : `line ${line}: `;
  };
  const refuse = (path: string, reason: string) =>
    void faults.push(`${at(path.split('.'))}${path} ${reason}`);
  const { wifi, ...rest } = read;
  const login = wifi === undefined ? undefined : wifiOf(wifi, refuse);
  const secrets: NewSecret[] = [];
  const values = withSecretFiles(rest, (path, plain, given) => {
    const fault =
      typeof given === 'string' ? secretFault(path, given) : 'must be text in quotes: "0123"';
    if (fault !== undefined) refuse(plain, fault);
    const file = secretFile(folder, path);
    secrets.push({ path, file, text: String(given) });
    return file;
  });
  const written = writtenValues(text.yaml, text.overrides);
  const locked = lockedPaths(written);
  for (const path of setPaths(values)) {
    if (locked.has(path)) refuse(path, `is set in ${text.source}: change it there`);
    // Each version is checked by it before the box starts, by a program that reads no settings.
    else if (path === 'update.key') refuse(path, `must be set in ${text.source}`);
  }
  const all = layered(before, values) as Values;
  const checked = checkValues(layered(all, written));
  if ('faults' in checked) {
    faults.push(...checked.faults.map((one) => `${at(one.path)}${one.text}`));
    return { faults };
  }
  const hasPin = hasChosenPin(checked.config.operator);
  if (!hasPin && setPaths(values).includes('network.hotspot') && !checked.config.network.hotspot)
    refuse('network.hotspot', 'must not be false without operator.pin: nobody could sign in');
  return faults.length > 0 ? { faults } : { values, all, secrets, wifi: login, hasPin };
}

function wifiOf(wifi: unknown, refuse: (path: string, reason: string) => void) {
  const { ssid, password = '' } = isValues(wifi) ? wifi : {};
  if (typeof ssid !== 'string' || ssid === '' || Buffer.byteLength(ssid) > 32) {
    refuse('wifi.ssid', 'must be the name of the Wi-Fi, in quotes, 32 bytes at most');
    return undefined;
  }
  if (typeof password !== 'string' || (password !== '' && !WPA_PASSPHRASE.test(password))) {
    refuse('wifi.password', 'must be text in quotes, 8 to 63 characters; left out: none');
    return undefined;
  }
  return { ssid, password };
}

function without(value: unknown, files: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((one) => without(one, files));
  if (!isValues(value)) return value;
  const kept = Object.entries(value).filter(
    ([, one]) => typeof one !== 'string' || !files.has(one),
  );
  return Object.fromEntries(kept.map(([key, one]) => [key, without(one, files)]));
}
