/** How far the set-up is: kept over restarts, in `setup.json` of the state folder. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { turns } from '../../hal/os/async.ts';
import { CONFIG_BYTES_MAX, readRegular } from '../../hal/os/files/read-regular.ts';
import type { Log } from '../../hal/os/log.ts';
import { removeFile, saveFile } from '../../hal/os/save-file.ts';
import { openSaved, type Saved } from '../../hal/os/state/saved.ts';
import { NOT_JOINED } from '../model/hotspot.ts';
import type { JoinFailure } from './join-failure.ts';
import { nextStep, STEPS, type Step } from './steps.ts';

const savedSchema = v.object({
  /** `joining`: all is answered, and the box is on its way into the venue's Wi-Fi. */
  phase: v.picklist(['open', 'joining', 'finished']),
  answered: v.record(v.picklist(STEPS), v.picklist(['done', 'skipped'])),
  /** The venue's Wi-Fi that was chosen; its password is in a file of its own. */
  ssid: v.optional(v.string()),
  /** The network that could not be joined. */
  notJoined: v.optional(v.string()),
  /** As far as it is known. */
  why: v.optional(v.picklist(NOT_JOINED)),
  /** Hash of the key of the phone that does the set-up. */
  key: v.optional(v.string()),
  /** While joining: the set-up was finished before, and stays so. */
  again: v.optional(v.literal(true)),
  /** All was answered, and its person has seen where the page will be. */
  isHandOverShown: v.optional(v.literal(true)),
  /** Somebody has signed in by the PIN that the box has made, or may have: by an older version. */
  isPinKnown: v.optional(v.boolean(), true),
});

export type Progress = v.InferOutput<typeof savedSchema>;

const NO_FAILURE = { notJoined: undefined, why: undefined };
const NEW: Progress = { phase: 'open', answered: {}, isPinKnown: false };
const FILE = 'setup.json';
const PASSWORD_FILE = 'setup-wifi-password';

export class SetUp {
  readonly #folder: string;
  readonly #saved: Saved<Progress>;
  /** The password of one network must not go with that of the one before. */
  readonly #inTurn = turns();

  constructor(folder: string, saved: Saved<Progress>) {
    this.#folder = folder;
    this.#saved = saved;
  }

  get progress(): Progress {
    return this.#saved.value ?? NEW;
  }

  get isFinished(): boolean {
    return this.progress.phase === 'finished' || this.progress.again === true;
  }

  /** The Wi-Fi that could not be joined, until another is chosen. */
  get missed(): JoinFailure {
    const { notJoined, why } = this.progress;
    return { ...(notJoined !== undefined && { notJoined }), ...(why && { why }) };
  }

  async answer(step: Step, how: 'done' | 'skipped'): Promise<void> {
    await this.#save({ answered: { ...this.progress.answered, [step]: how } });
  }

  /** @param password Empty for an open network. An empty name: no Wi-Fi. */
  async chooseWifi(ssid: string, password: string): Promise<void> {
    await this.#inTurn(async () => {
      if (ssid === '') await this.#forgetPassword();
      else await saveFile(this.#passwordFile(), `${password}\n`);
      const chosen = { ssid: ssid === '' ? undefined : ssid, isHandOverShown: undefined };
      await this.#save({ ...chosen, ...NO_FAILURE });
    });
  }

  /** Undefined where none is chosen. */
  chosenWifi(): { readonly ssid: string; readonly password: string } | undefined {
    const { ssid } = this.progress;
    if (ssid === undefined) return undefined;
    try {
      const text = readRegular(this.#passwordFile(), CONFIG_BYTES_MAX).toString();
      return { ssid, password: text.replace(/\n$/, '') };
    } catch {
      return undefined;
    }
  }

  /** Nothing but the button is left of it. */
  get isHandOverShown(): boolean {
    const { phase, isHandOverShown = false } = this.progress;
    return phase === 'open' && isHandOverShown && this.#isAnswered;
  }

  get #isAnswered(): boolean {
    const { answered, ssid } = this.progress;
    return ssid !== undefined && nextStep(answered) === undefined;
  }

  async showHandOver(): Promise<void> {
    if (this.#isAnswered && !this.isHandOverShown) await this.#save({ isHandOverShown: true });
  }

  async startJoining(): Promise<void> {
    await this.#save({ phase: 'joining', again: this.isFinished ? true : undefined });
  }

  /** Of a file that sets more than that: without a PIN that somebody knows, the set-up comes first. */
  async takeWifi(ssid: string, password: string, hasPin: boolean): Promise<void> {
    await this.chooseWifi(ssid, password);
    if (hasPin || this.isFinished) await this.startJoining();
    else await this.answer('network', 'done');
  }

  async learnPin(): Promise<void> {
    if (!this.isFinished && !this.progress.isPinKnown) await this.#save({ isPinKnown: true });
  }

  /** The password is with NetworkManager now. */
  async finish(): Promise<void> {
    const over = { key: undefined, again: undefined, isHandOverShown: undefined };
    await this.#save({ phase: 'finished', ...NO_FAILURE, ...over });
    await this.#forgetPassword();
  }

  /** Only the network is asked for again; after the set-up, by those who sign in. */
  async reopen({ notJoined, why }: JoinFailure): Promise<void> {
    const { network: _, ...answered } = this.progress.answered;
    const phase = this.isFinished ? 'finished' : 'open';
    const failed = { again: undefined, ssid: undefined, notJoined, why };
    await this.#inTurn(async () => {
      await this.#save({ phase, answered, ...failed });
      await this.#forgetPassword();
    });
  }

  /** A new key for the phone that does the set-up; the one before is void. */
  async issueKey(): Promise<string> {
    const key = randomBytes(32).toString('base64url');
    await this.#save({ key: hashOf(key) });
    return key;
  }

  async forgetKey(): Promise<void> {
    if (this.progress.key !== undefined) await this.#save({ key: undefined });
  }

  hasKey(key: string | undefined): boolean {
    const own = this.progress.key;
    if (own === undefined || key === undefined) return false;
    const [a, b] = [Buffer.from(hashOf(key)), Buffer.from(own)];
    return a.length === b.length && timingSafeEqual(a, b);
  }

  #passwordFile(): string {
    return join(this.#folder, PASSWORD_FILE);
  }

  async #forgetPassword(): Promise<void> {
    await removeFile(this.#passwordFile()).catch(() => undefined);
  }

  /** Where the disk takes nothing it goes on: a restart would ask again. */
  async #save(change: { readonly [K in keyof Progress]?: Progress[K] | undefined }): Promise<void> {
    await this.#saved.save({ ...this.progress, ...change } as Progress);
  }
}

/** @param isNew Nobody has set this box up in another way. */
export async function openSetUp(folder: string, isNew: boolean, log: Log): Promise<SetUp> {
  const saved = openSaved(join(folder, FILE), savedSchema, { what: 'set-up', log });
  const setUp = new SetUp(folder, saved);
  if (saved.value !== undefined) return setUp;
  // An older version, whose crew may have read the PIN that it has made.
  const isPinKnown = existsSync(join(folder, 'operator-pin'));
  // Also where all is new: what comes later is told from what an older version has left.
  const made = saved.save({ ...NEW, isPinKnown });
  await (isNew ? made : setUp.finish());
  return setUp;
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}
