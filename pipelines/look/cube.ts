/** Reads .cube files (Adobe Cube LUT Specification 1.0, and what DaVinci Resolve writes). Pure. */

/** A look-up table; `rgb` has three numbers an entry, red changing fastest in a 3D one. */
export interface Cube {
  readonly title: string;
  readonly kind: '1D' | '3D';
  /** Entries of an axis. */
  readonly size: number;
  readonly rgb: Float32Array;
  readonly domainMin: Triple;
  readonly domainMax: Triple;
}

export type Triple = readonly [red: number, green: number, blue: number];

/**
 * What is wrong with a file, and in which line, counted from 1. The reason has no words of the
 * file: any file of the box can be named, and the reason is shown to the person who named it.
 */
export interface CubeFault {
  readonly line: number;
  readonly reason: string;
}

const SIZE_MAX = { '1D': 65_536, '3D': 65 } as const;
/** A 3D table of 65 has 275,000 lines of 30 bytes. */
export const CUBE_MAX_BYTES = 16_000_000;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const KEYWORD = /^[A-Z][A-Z0-9_]*$/i;
/** Values far out of the picture are a slip; some below 0 and above 1 are usual. */
const VALUE_MAX = 100;

/** The table in a file, or the first thing that is wrong with it. */
export function parseCube(text: string): Cube | CubeFault {
  const reader = new CubeReader();
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  for (const [i, line] of lines.entries()) {
    const reason = reader.add(line.trim(), i + 1);
    if (reason !== undefined) return { line: i + 1, reason };
  }
  return reader.end(lines.length);
}

class CubeReader {
  #title = '';
  #kind: Cube['kind'] | undefined;
  #size = 0;
  #rgb = new Float32Array(0);
  #count = 0;
  #domainMin: Triple = [0, 0, 0];
  #domainMax: Triple = [1, 1, 1];
  #domainLine = 1;
  readonly #seen = new Set<string>();

  /** Why a line cannot be; undefined where it can. */
  add(line: string, number: number): string | undefined {
    if (line === '' || line.startsWith('#')) return undefined;
    const [word = '', ...rest] = line.split(/\s+/);
    if (NUMBER.test(word)) return this.#addEntry([word, ...rest]);
    if (!KEYWORD.test(word)) return 'is neither a keyword nor three numbers';
    if (this.#count > 0) return 'a keyword must stand before the table';
    if (this.#seen.has(word)) return 'this keyword is there twice';
    this.#seen.add(word);
    return this.#addKeyword(word, line.slice(word.length).trim(), rest, number);
  }

  end(line: number): Cube | CubeFault {
    if (this.#kind === undefined) return { line, reason: 'LUT_1D_SIZE or LUT_3D_SIZE is missing' };
    const wanted = this.#rgb.length / 3;
    if (this.#count < wanted) {
      return { line, reason: `the table ends after ${this.#count} of ${wanted} lines` };
    }
    if (this.#domainMin.some((min, i) => min >= (this.#domainMax[i] ?? 0))) {
      const reason = 'each number of DOMAIN_MIN must be below that of DOMAIN_MAX';
      return { line: this.#domainLine, reason };
    }
    return {
      ...{ title: this.#title, kind: this.#kind, size: this.#size, rgb: this.#rgb },
      ...{ domainMin: this.#domainMin, domainMax: this.#domainMax },
    };
  }

  #addKeyword(
    word: string,
    value: string,
    words: readonly string[],
    line: number,
  ): string | undefined {
    switch (word) {
      case 'TITLE':
        this.#title = value.replace(/^"(.*)"$/, '$1').slice(0, 250);
        return undefined;
      case 'LUT_1D_SIZE':
        return this.#setSize('1D', words);
      case 'LUT_3D_SIZE':
        return this.#setSize('3D', words);
      case 'DOMAIN_MIN':
      case 'DOMAIN_MAX':
        this.#domainLine = line;
        return this.#setDomain(word, words);
      case 'LUT_1D_INPUT_RANGE':
      case 'LUT_3D_INPUT_RANGE':
        this.#domainLine = line;
        return this.#setRange(word, words);
      default:
        return 'is not a keyword of .cube files';
    }
  }

  #setSize(kind: Cube['kind'], [text = '', ...more]: readonly string[]): string | undefined {
    const max = SIZE_MAX[kind];
    const size = /^\d{1,6}$/.test(text) && more.length === 0 ? Number(text) : 0;
    if (this.#kind !== undefined) return 'a file has one table: LUT_1D_SIZE or LUT_3D_SIZE';
    if (size < 2 || size > max) return `LUT_${kind}_SIZE must be a whole number from 2 to ${max}`;
    this.#kind = kind;
    this.#size = size;
    this.#rgb = new Float32Array(3 * (kind === '1D' ? size : size ** 3));
    return undefined;
  }

  #setDomain(word: string, words: readonly string[]): string | undefined {
    const values = numbersIn(words);
    const [red = 0, green = 0, blue = 0] = values ?? [];
    if (values?.length !== 3) return `${word} must be three numbers`;
    if (word === 'DOMAIN_MIN') this.#domainMin = [red, green, blue];
    else this.#domainMax = [red, green, blue];
    return undefined;
  }

  /** Of DaVinci Resolve: one range for all three. */
  #setRange(word: string, words: readonly string[]): string | undefined {
    const values = numbersIn(words);
    const [min = 0, max = 1] = values ?? [];
    if (values?.length !== 2) return `${word} must be two numbers`;
    this.#domainMin = [min, min, min];
    this.#domainMax = [max, max, max];
    return undefined;
  }

  #addEntry(words: readonly string[]): string | undefined {
    if (this.#kind === undefined) return 'LUT_1D_SIZE or LUT_3D_SIZE must stand before the table';
    const values = numbersIn(words);
    if (values?.length !== 3) return 'a line of the table must be three numbers';
    if (this.#count * 3 >= this.#rgb.length) {
      return `the table has more than its ${this.#rgb.length / 3} lines`;
    }
    this.#rgb.set(values, this.#count * 3);
    this.#count += 1;
    return undefined;
  }
}

/** Undefined where one is none, or beyond all that a picture can have. */
function numbersIn(words: readonly string[]): readonly number[] | undefined {
  const values = words.map((word) => (NUMBER.test(word) ? Number(word) : Number.NaN));
  return values.every((value) => Math.abs(value) <= VALUE_MAX) ? values : undefined;
}
