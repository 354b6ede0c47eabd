/** The certificate that the crew has uploaded, and the settings that name it. */
import { rmSync } from 'node:fs';
import { CERTIFICATE_BYTES_MAX, readRegular } from '../../../hal/os/files/read-regular.ts';
import { removeFile, saveFile } from '../../../hal/os/save-file.ts';
import type { Config } from '../../config/config.ts';
import { CERTIFICATE_KEYS } from '../../settings/certificates.ts';
import type { Changes } from '../../settings/change.ts';
import type { SaveOutcome, Settings, ShownSetting } from '../../settings/settings.ts';
import { type CertificateFacts, type CertificateFault, checkCertificate } from './certificate.ts';

export interface CertificateState {
  /** Null where there is none, or none that can be read. */
  readonly uploaded: CertificateFacts | null;
  /** The config file has the keys of both. */
  readonly isLocked: boolean;
  /** Where guests are served with it. */
  readonly guestsPort?: number;
}

export type CertificateOutcome =
  | { readonly status: 'done'; readonly saved: Saved }
  /** Settings that would name it; none for one that is renewed. */
  | { readonly status: 'planned'; readonly changes: readonly string[] }
  | { readonly status: 'rejected'; readonly fault: StoreFault; readonly reason?: string };

/** `refused` has the reason. */
export type StoreFault =
  | CertificateFault
  | 'locked'
  | 'in-drop'
  | 'in-use'
  | 'not-saved'
  | 'refused';

/** What became of the settings that name it. */
type Saved = Extract<SaveOutcome, { readonly differences: unknown }>;

export interface CertificateStoreDeps {
  /** For the certificate and its key. */
  readonly file: string;
  readonly settings: Pick<Settings, 'view' | 'save' | 'isBusy'>;
  readonly config: () => Pick<Config, 'operator' | 'viewers'>;
  /** Undefined while the clock of the box is not to be trusted. */
  readonly nowMs: () => number | undefined;
}

export class CertificateStore {
  readonly #deps: CertificateStoreDeps;

  constructor(deps: CertificateStoreDeps) {
    this.#deps = deps;
  }

  async state(): Promise<CertificateState> {
    const { settings } = await this.#deps.settings.view();
    const { tls } = this.#deps.config().viewers;
    const text = this.#read()?.toString('latin1') ?? '';
    const checked = checkCertificate(text, undefined);
    return {
      uploaded: 'facts' in checked ? checked.facts : null,
      isLocked: keysIn(settings).every(({ isLocked }) => isLocked),
      ...(tls !== undefined && this.#isNamedBy(tls) ? { guestsPort: tls.port } : {}),
    };
  }

  /**
   * A server that has it already takes the new one within a minute; else the settings name it, but
   * not in a drop: the crew would be signed out, and what sends to the page would find it no more.
   *
   * @param isTry Says what would happen, and does nothing.
   */
  async put(text: string, isTry = false): Promise<CertificateOutcome> {
    const { file, settings, nowMs } = this.#deps;
    const checked = checkCertificate(text, nowMs());
    if ('fault' in checked) return rejected(checked.fault);
    const view = await settings.view();
    const free = keysIn(view.settings).filter(({ isLocked }) => !isLocked);
    if (free.length === 0) return rejected('locked');
    const named = { cert_file: file, key_file: file };
    const changes = free
      .filter(({ value }) => !this.#isNamedBy(value))
      .map(({ path, value }) => [path, { ...(value as object | undefined), ...named }] as const);
    if (changes.length > 0 && settings.isBusy()) return rejected('in-drop');
    if (isTry) return { status: 'planned', changes: changes.map(([path]) => path) };
    const before = this.#read();
    try {
      await saveFile(file, checked.pem);
    } catch {
      return rejected('not-saved');
    }
    const outcome = await this.#save(Object.fromEntries(changes), view.tag);
    if (outcome.status === 'done') return outcome;
    await (before === undefined ? removeFile(file) : saveFile(file, before));
    return outcome;
  }

  /** Nothing is served with it from then on, and its key is gone. */
  async remove(): Promise<CertificateOutcome> {
    const { file, settings, config } = this.#deps;
    const view = await settings.view();
    const naming = keysIn(view.settings).filter(({ value }) => this.#isNamedBy(value));
    if (naming.some(({ isLocked }) => isLocked)) return rejected('locked');
    // A process that is started again during the drop reads it again.
    if (naming.length > 0 && settings.isBusy()) return rejected('in-use');
    const changes = Object.fromEntries(naming.map(({ path }) => [path, null]));
    const outcome = await this.#save(changes, view.tag);
    const { operator, viewers } = config();
    const isInUse = [operator.tls, viewers.tls].some((tls) => this.#isNamedBy(tls));
    if (outcome.status === 'rejected') return outcome;
    if (isInUse) return rejected('in-use');
    // At once: the server of this page leaves within a moment.
    rmSync(file, { force: true });
    return outcome;
  }

  async #save(changes: Changes, tag: string): Promise<CertificateOutcome> {
    const nothing = { status: 'saved', differences: [], waiting: [] } as const;
    if (Object.keys(changes).length === 0) return { status: 'done', saved: nothing };
    const saved = await this.#deps.settings.save({ changes }, tag, false);
    switch (saved.status) {
      case 'wrong': {
        const reason = saved.faults.map((one) => `${one.path} ${one.reason}`).join('; ');
        return { ...rejected('refused'), reason };
      }
      case 'failed':
        return { ...rejected('refused'), reason: saved.reason };
      case 'conflict':
        return rejected('not-saved');
      default:
        return { status: 'done', saved };
    }
  }

  #read(): Buffer | undefined {
    try {
      return readRegular(this.#deps.file, CERTIFICATE_BYTES_MAX);
    } catch {
      return undefined;
    }
  }

  #isNamedBy(tls: unknown): boolean {
    return (tls as { readonly key_file?: unknown } | undefined)?.key_file === this.#deps.file;
  }
}

function keysIn(settings: readonly ShownSetting[]): readonly ShownSetting[] {
  return settings.filter(({ path }) => CERTIFICATE_KEYS.some((key) => key === path));
}

const rejected = (fault: StoreFault) => ({ status: 'rejected', fault }) as const;
