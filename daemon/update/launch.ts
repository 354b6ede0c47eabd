/**
 * The program that systemd/venuebox.sh asks before it starts the box, and again while a version
 * is on trial. It belongs to the installed program: no update changes it.
 *
 *     launch.js choose run --config FILE …   prints `ID SECONDS`: what starts, and when to ask again
 *     launch.js expire ID PID                gives up a version that has not proved itself by then
 */
import { isMomentary } from '../../hal/os/errors.ts';
import { CONFIG_BYTES_MAX, readRegular } from '../../hal/os/files/read-regular.ts';
import { messageOf } from '../../hal/os/log.ts';
import { brokenIn, writtenValues } from '../config/file.ts';
import { isDropLive } from './live-drop.ts';
import { publicKeyOf } from './release.ts';
import { VersionStore } from './store.ts';
import { checkTree } from './unpack.ts';
import { gaveUp, INSTALLED, type NextStart, pickStart, type Versions } from './versions.ts';

/** The new version has given itself up by then, where it can (trial.ts). */
const EXPIRES_S = 120;

const [action, ...args] = process.argv.slice(2);
const stateFolder = process.env['STATE_DIRECTORY'] ?? '';
const store = new VersionStore(stateFolder, process.env['VENUEBOX_INSTALLED'] ?? '');

if (action === 'choose') await choose();
else await expire(args[0] ?? '', Number(args[1]));

async function choose(): Promise<void> {
  const before = await store.load();
  const { key, fault: keyFault } = keyOf(args);
  // Nothing is lost by a file that is repaired: the same version starts then.
  if (key === undefined) return withoutKey(before, keyFault);
  const unread: string[] = [];
  const faultOf = async (id: string) => {
    try {
      await checkTree(store.folderOf(id), id, key);
      return undefined;
    } catch (error) {
      if (isMomentary(error)) unread.push(id);
      report(`${id} is not started: ${messageOf(error)}`);
      return messageOf(error);
    }
  };
  const facts = { isLive: isDropLive(stateFolder), nowMs: Date.now(), faultOf };
  const chosen = await pickStart(before, facts);
  // What the disk does not give now may be well at the next start.
  const isSame = JSON.stringify(chosen.next) === JSON.stringify(before);
  if (isSame || unread.length > 0) return print(chosen);
  const fault = await store.save(chosen.next).then(() => undefined, messageOf);
  if (fault === undefined || !chosen.isTrial) return print(chosen);
  // What cannot be counted could be tried for ever.
  report(`${chosen.start} is not started, as its trial cannot be saved: ${fault}`);
  print(await pickStart({ ...before, trial: null }, facts));
}

function withoutKey(versions: Versions, fault: string | undefined): void {
  const id = versions.trial?.id ?? versions.good;
  if (id !== INSTALLED) report(`${id} is not started: ${fault}`);
  print({ start: INSTALLED, isTrial: false, next: versions });
}

/** A process that hangs does not end by itself, and not by what it runs. */
async function expire(id: string, pid: number): Promise<void> {
  const versions = await store.load();
  if (versions.trial?.id !== id || process.ppid !== pid || isDropLive(stateFolder)) return;
  await store.save(gaveUp(versions, `it did not work within ${EXPIRES_S} s`, Date.now()));
  process.kill(pid, 'SIGKILL');
}

function print({ start, isTrial }: NextStart): void {
  process.stdout.write(`${start} ${isTrial ? EXPIRES_S : 0}\n`);
}

function report(text: string): void {
  process.stderr.write(`venuebox: ${text}\n`);
}

/** As in the config file, which the box itself cannot write. Without one no version can be checked. */
function keyOf(words: readonly string[]): { readonly key?: string; readonly fault?: string } {
  const valuesOf = (...names: readonly string[]) =>
    words.flatMap((word, i) => {
      const joined = names.find((name) => word.startsWith(`${name}=`));
      if (joined !== undefined) return [word.slice(joined.length + 1)];
      return names.includes(word) ? (words[i + 1] ?? []) : [];
    });
  try {
    const [path = ''] = valuesOf('--config', '-c');
    const text = readRegular(path, CONFIG_BYTES_MAX).toString();
    const broken = brokenIn(text);
    if (broken !== undefined) return { fault: `no update.key: ${broken}` };
    const values = writtenValues(text, valuesOf('--set')) as { update?: { key?: unknown } } | null;
    const key = values?.update?.key;
    if (typeof key === 'string' && publicKeyOf(key) !== undefined) return { key };
    return { fault: 'update.key of the config file is no key' };
  } catch (error) {
    return { fault: `no update.key: ${messageOf(error)}` };
  }
}
