/** Title pictures, of drops and of the venue, in the widths and formats that phones want: made ahead. */
import { Condition } from '../../../hal/os/async.ts';
import { type Log, messageOf } from '../../../hal/os/log.ts';
import { digestOf } from '../../http/cache/digest.ts';
import type { HeaderLookup } from '../../http/negotiate.ts';
import type { Reply } from '../../http/reply.ts';
import type { VariantOnPage } from '../drop-json.ts';
import { answerPicture, etagsOf, type ServedPicture } from './served-picture.ts';

/** A picture as the host has saved it. */
export interface TitlePicture {
  /** Relative to the live page, and derived from the content. */
  readonly path: string;
  readonly bytes: Buffer;
}

/** The same in one width and format. */
export interface MadeVariant extends Omit<VariantOnPage, 'path'> {
  readonly bytes: Buffer;
}

export interface TitlePicturesDeps {
  /** Those that guests may see now: the drop's, the venue's. */
  readonly wanted: () => readonly TitlePicture[];
  /** Rejects where it cannot be decoded. */
  readonly make: (picture: Buffer, signal: AbortSignal) => Promise<readonly MadeVariant[]>;
  /** Variants are there now. */
  readonly onMade: () => void;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

type ServedVariant = VariantOnPage & ServedPicture;

const ENDINGS: Readonly<Record<string, string>> = {
  'image/avif': 'avif',
  'image/webp': 'webp',
  'image/jpeg': 'jpeg',
};

export class TitlePictures {
  readonly #deps: TitlePicturesDeps;
  readonly #changed = new Condition();
  /** By the picture's path; empty while none are made, and where none can be. */
  #made: ReadonlyMap<string, readonly ServedVariant[]> = new Map();

  constructor(deps: TitlePicturesDeps) {
    this.#deps = deps;
  }

  /** Empty until they are made: the picture itself is shown then. */
  readonly variantsOf = (path: string | undefined): readonly VariantOnPage[] => {
    const variants = this.#made.get(path ?? '') ?? [];
    return variants.map(({ bytes: _, digest: __, ...variant }) => variant);
  };

  get etags(): ReadonlyMap<string, string> {
    return etagsOf([...this.#made.values()].flat());
  }

  readonly answer = (path: string, header: HeaderLookup): Reply | undefined =>
    answerPicture([...this.#made.values()].flat(), path, header);

  /** Others may be wanted now. */
  refresh(): void {
    this.#changed.notifyAll();
  }

  /** Makes what is wanted, one after the other, and forgets the rest, until `signal` aborts. */
  readonly run = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      const waiting = this.#changed.wait(signal);
      const wanted = new Map(this.#deps.wanted().map(({ path, bytes }) => [path, bytes]));
      this.#made = new Map([...this.#made].filter(([path]) => wanted.has(path)));
      const [path, bytes] = [...wanted].find(([one]) => !this.#made.has(one)) ?? [];
      if (path === undefined || bytes === undefined) await waiting;
      else await this.#make(path, bytes, signal);
    }
  };

  async #make(path: string, bytes: Buffer, signal: AbortSignal): Promise<void> {
    const { make, onMade, log } = this.#deps;
    let variants: readonly ServedVariant[] = [];
    try {
      variants = (await make(bytes, signal)).map((one) => served(path, one));
      log.info('title picture made ahead', { picture: path, variants: variants.length });
    } catch (error) {
      if (signal.aborted) return;
      // It is shown as it is: browsers may decode what this could not.
      log.warn('title picture not made smaller', { picture: path, reason: messageOf(error) });
    }
    this.#made = new Map([...this.#made, [path, variants]]);
    if (variants.length > 0) onMade();
  }
}

/** Named as the picture is: an edge forwards a drop's (edge/url-map.ts), and has the venue's itself. */
function served(source: string, { bytes, type, ...size }: MadeVariant): ServedVariant {
  const digest = digestOf([bytes]);
  const name = digest.etag.replace(/\W/g, '');
  const stem = source.replace(/-[^-]*$/, '');
  const path = `${stem}-${name}${size.widthPx}.${ENDINGS[type] ?? 'bin'}`;
  return { path, type, ...size, bytes, digest };
}
