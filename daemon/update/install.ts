/** Installs a release beside the version that runs, and puts it on trial. */
import type { Progress } from '../model/commands.ts';
import { compareReleases, type Header, ReleaseError } from './release.ts';
import { readSource } from './source.ts';
import type { VersionStore } from './store.ts';
import { LineStream, type Opened, openRelease } from './stream.ts';
import { type Expectation, INSTALLED, onTrial, versionOf, withoutSpare } from './versions.ts';

/** The version that runs. */
export interface Running {
  readonly id: string;
  readonly version: string;
  readonly built: string;
}

export interface InstallDeps {
  readonly store: VersionStore;
  readonly running: Running;
  readonly key: string;
  /** Why the box must not be disturbed now; undefined where it may. */
  readonly busyWith: () => string | undefined;
  /** What works now, and has to after the update. */
  readonly whatWorks: (signal: AbortSignal) => Promise<Expectation>;
  /** It is on the disk that the version starts next: nothing stops that any more. */
  readonly onPlaced?: () => void;
}

export interface Asked {
  readonly from: string;
  /** Only this one is wanted. */
  readonly version?: string;
  readonly isOlderWelcome: boolean;
}

/** It came between: nothing is changed. */
export class NotIdle extends Error {}

/** Left free for recordings, events and the log. */
const RESERVE_BYTES = 200_000_000;
const PERCENT = 100;

/** Resolves with what is put on trial, or would be. Rejects with ReleaseError, {@link NotIdle}, or what the disk says. */
export async function install(
  asked: Asked,
  deps: InstallDeps,
  isDryRun: boolean,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Header> {
  const { store, key, busyWith } = deps;
  await using stream = new LineStream(readSource(asked.from, signal));
  const opened = await openRelease(stream, key);
  refuseOther(opened, asked, deps.running);
  if (isDryRun) return opened.header;
  await makeRoom(opened, deps);
  let percent = -1;
  await store.add(stream, opened, (ratio) => {
    const what = busyWith();
    if (what !== undefined) throw new NotIdle(what);
    const now = Math.floor(ratio * PERCENT);
    if (now === percent) return;
    percent = now;
    onProgress({ detail: `${now} % of ${opened.header.version}`, ratio });
  });
  await putOnTrial(opened.id, deps, signal);
  return opened.header;
}

/** Rejects with {@link NotIdle} where the box is not idle any more, and with ReleaseError where it has no such version. */
export async function putOnTrial(
  id: string,
  { store, busyWith, whatWorks, onPlaced }: InstallDeps,
  signal: AbortSignal,
): Promise<void> {
  const expectation = await whatWorks(signal);
  const before = await store.loadForChange();
  if (!(await store.has(id))) {
    if (before.previous === id) await store.save({ ...before, previous: null });
    throw new ReleaseError(`${nameOf(id)} is not on the disk any more`);
  }
  signal.throwIfAborted();
  await store.save(onTrial(before, id, expectation));
  const what = busyWith();
  if (what === undefined && !signal.aborted) return onPlaced?.();
  // A drop goes on with what it began with, also after a power cut.
  await store.save(before);
  signal.throwIfAborted();
  throw new NotIdle(what);
}

/** @throws ReleaseError */
function refuseOther({ header, id }: Opened, asked: Asked, running: Running): void {
  const { version, arch } = header;
  if (arch !== process.arch) {
    throw new ReleaseError(`it is for ${arch}, and this machine is ${process.arch}`);
  }
  if (asked.version !== undefined && asked.version !== version) {
    throw new ReleaseError(`version ${version} is offered, not ${asked.version}`);
  }
  if (id === running.id) throw new ReleaseError(`${version} runs already`);
  if (asked.isOlderWelcome || compareReleases(header, running) > 0) return;
  throw new ReleaseError(
    `${version} is not newer than ${running.version}, which runs; older=true takes it all the same`,
  );
}

/** What is left of an earlier update, and then the version to go back to, go only for want of room. */
async function makeRoom({ header }: Opened, { store, running }: InstallDeps): Promise<void> {
  const versions = await store.loadForChange();
  if (versions.good !== running.id) {
    throw new ReleaseError('the version that runs is on trial itself: wait a minute');
  }
  const missingBytes = async () =>
    header.unpacked_bytes + RESERVE_BYTES - (await store.freeBytes());
  if ((await missingBytes()) <= 0) return;
  await store.sweep(versions);
  if ((await missingBytes()) <= 0) return;
  const without = withoutSpare(versions);
  await store.save(without);
  await store.sweep(without);
  const missing = await missingBytes();
  if (missing <= 0) return;
  const mb = Math.ceil(missing / 1e6);
  throw new ReleaseError(`${mb} MB are missing on the system disk: delete recordings or clips`);
}

/** What a person calls a version. */
export const nameOf = (id: string): string =>
  id === INSTALLED ? 'the installed version' : versionOf(id);
