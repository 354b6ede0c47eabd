/** Follows the look's folders: a new picture or colour is shown without a restart. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { every } from '../../../hal/os/async.ts';
import { type Log, messageOf } from '../../../hal/os/log.ts';
import {
  BRAND_FILES,
  type Branding,
  joinBranding,
  orNone,
  readBranding,
  readUploads,
} from './branding.ts';

export interface BrandingFolders {
  /** Of the config; empty: none. */
  readonly config: string;
  /** Of what the crew uploads; empty: none. */
  readonly uploads: string;
}

const LOOK_EVERY_MS = 1_000;

export class LiveBranding {
  readonly #folders: BrandingFolders;
  readonly #log: Pick<Log, 'warn' | 'info'>;
  readonly #onChange: () => void;
  #seen = '';
  #isLooking = false;
  #current: Branding;

  constructor(folders: BrandingFolders, log: Pick<Log, 'warn' | 'info'>, onChange: () => void) {
    this.#folders = folders;
    this.#log = log;
    this.#onChange = onChange;
    const config = orNone(readBranding, folders.config, log);
    this.#current = joinBranding(config, orNone(readUploads, folders.uploads, log));
  }

  get current(): Branding {
    return this.#current;
  }

  async run(signal: AbortSignal): Promise<void> {
    this.#seen = await this.#look();
    await every(LOOK_EVERY_MS, signal, () => void this.look());
  }

  /** Reads the files again where one has changed; what cannot be used leaves the look as it is. */
  async look(): Promise<void> {
    // A disk that does not answer holds up one look, not one a second.
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      const seen = await this.#look();
      if (seen === this.#seen) return;
      this.#seen = seen;
      const { config, uploads } = this.#folders;
      this.#current = joinBranding(readBranding(config), readUploads(uploads));
      this.#log.info('branding changed', {});
      this.#onChange();
    } catch (error) {
      this.#log.warn('branding not used', { reason: messageOf(error) });
    } finally {
      this.#isLooking = false;
    }
  }

  /** When and how long each file is, as one text. */
  async #look(): Promise<string> {
    const { config, uploads } = this.#folders;
    const paths = [config, uploads]
      .filter((folder) => folder !== '')
      .flatMap((folder) => BRAND_FILES.map((name) => join(folder, name)));
    const found = await Promise.all(
      paths.map((path) =>
        stat(path).then(
          ({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`,
          () => '',
        ),
      ),
    );
    return found.join('\n');
  }
}
