/**
 * Cuts ESC/POS bytes into commands, as printers do: whatever is no known command
 * is skipped with the bytes that its family defines. Any bytes parse.
 */
export type Command =
  | { readonly kind: 'text'; readonly byte: number }
  | { readonly kind: 'newline' | 'reset' | 'cut' | 'qr-print' }
  | { readonly kind: 'set'; readonly what: Setting; readonly value: number }
  | { readonly kind: 'feed-dots' | 'feed-lines'; readonly count: number }
  /** Rows of packed dots, below the line. */
  | {
      readonly kind: 'raster';
      readonly rowBytes: number;
      readonly rows: number;
      readonly bits: Uint8Array;
    }
  /** Columns of packed dots, in the line. `stretch` is how many dots wide each is. */
  | {
      readonly kind: 'columns';
      readonly columnBytes: number;
      readonly stretch: number;
      readonly bits: Uint8Array;
    }
  | { readonly kind: 'qr-data'; readonly data: Uint8Array }
  | { readonly kind: 'status-request'; readonly which: number }
  /** `GS r 1`, or `GS ( H` with its four characters. */
  | { readonly kind: 'confirm'; readonly id?: Uint8Array }
  | { readonly kind: 'skipped'; readonly bytes: Uint8Array };

type Setting =
  | 'align'
  | 'bold'
  | 'mode'
  | 'font'
  | 'underline'
  | 'size'
  | 'invert'
  | 'code-page'
  | 'line-spacing'
  | 'default-spacing'
  | 'qr-module'
  | 'qr-level';

const DLE = 0x10;
const ESC = 0x1b;
const FS = 0x1c;
const GS = 0x1d;

/** `ESC x n` and `GS x n` with one argument. */
const ESC_SETTINGS: Readonly<Record<number, Setting>> = {
  97: 'align',
  69: 'bold',
  71: 'bold',
  33: 'mode',
  77: 'font',
  45: 'underline',
  116: 'code-page',
  51: 'line-spacing',
};
const GS_SETTINGS: Readonly<Record<number, Setting>> = { 33: 'size', 66: 'invert' };
/** Arguments of commands that change nothing on the picture. */
const ESC_IGNORED: Readonly<Record<number, number>> = {
  32: 1,
  82: 1,
  112: 3,
  36: 2,
  92: 2,
  99: 2,
  61: 1,
  123: 1,
  86: 1,
};
const GS_IGNORED: Readonly<Record<number, number>> = {
  97: 1,
  76: 2,
  87: 2,
  72: 1,
  102: 1,
  104: 1,
  119: 1,
  73: 1,
  80: 2,
};

export function parseEscPos(bytes: Uint8Array): Command[] {
  const { commands, rest } = parseComplete(bytes);
  // A torn job ends in half a command: what is there of it is printed.
  const [last] = rest.length === 0 ? [] : parseOne(rest);
  return last === undefined ? commands : [...commands, last];
}

/** The commands that are complete, and the bytes of the one that is not. */
export function parseComplete(bytes: Uint8Array): { commands: Command[]; rest: Uint8Array } {
  const commands: Command[] = [];
  let at = 0;
  while (at < bytes.length) {
    const [command, length] = parseOne(bytes.subarray(at));
    const isHalf = at + length > bytes.length || isIntroducer(bytes, at);
    if (isHalf) break;
    if (command !== undefined) commands.push(command);
    at += Math.max(1, length);
  }
  return { commands, rest: bytes.subarray(at) };
}

/** Whether the last byte only says that a command follows. */
function isIntroducer(bytes: Uint8Array, at: number): boolean {
  return at === bytes.length - 1 && [DLE, ESC, FS, GS].includes(bytes[at] ?? 0);
}

type Parsed = readonly [command: Command | undefined, length: number];

function parseOne(bytes: Uint8Array): Parsed {
  const [first = 0, second = 0, third = 0] = bytes;
  if (first === ESC && bytes.length > 1) return parseEsc(bytes, second, third);
  if (first === GS && bytes.length > 1) return parseGs(bytes, second, third);
  if (first === DLE && second === 0x04) return [{ kind: 'status-request', which: third }, 3];
  if (first === DLE || first === FS) return skip(bytes, first === FS ? 2 : 3);
  if (first === 0x0a) return [{ kind: 'newline' }, 1];
  if (first < 0x20) return [undefined, 1];
  return [{ kind: 'text', byte: first }, 1];
}

function parseEsc(bytes: Uint8Array, code: number, value: number): Parsed {
  const setting = ESC_SETTINGS[code];
  if (setting !== undefined) return [{ kind: 'set', what: setting, value }, 3];
  if (code === 0x40) return [{ kind: 'reset' }, 2];
  if (code === 0x32) return [{ kind: 'set', what: 'default-spacing', value: 0 }, 2];
  if (code === 0x4a) return [{ kind: 'feed-dots', count: value }, 3];
  if (code === 0x64) return [{ kind: 'feed-lines', count: value }, 3];
  if (code === 0x69 || code === 0x6d) return [{ kind: 'cut' }, 2];
  if (code === 0x2a) return parseColumns(bytes, value);
  return skip(bytes, 2 + (ESC_IGNORED[code] ?? 0));
}

function parseGs(bytes: Uint8Array, code: number, value: number): Parsed {
  const setting = GS_SETTINGS[code];
  if (setting !== undefined) return [{ kind: 'set', what: setting, value }, 3];
  // Functions B (65, 66) carry the feed before the cut.
  if (code === 0x56) return [{ kind: 'cut' }, value === 65 || value === 66 ? 4 : 3];
  // Only its third byte says that it is a raster: of two, the rest is still to come.
  if (code === 0x76 && (value === 0x30 || bytes.length < 3)) return parseRaster(bytes);
  if (code === 0x28) return parseExtended(bytes, value);
  if (code === 0x72) return [{ kind: 'confirm' }, 3];
  return skip(bytes, 2 + (GS_IGNORED[code] ?? 0));
}

/** `ESC * m nL nH`: 8 or 24 dots high, one or two wide. */
function parseColumns(bytes: Uint8Array, mode: number): Parsed {
  const columns = (bytes[3] ?? 0) | ((bytes[4] ?? 0) << 8);
  const columnBytes = mode >= 32 ? 3 : 1;
  const stretch = mode === 0 || mode === 32 ? 2 : 1;
  const length = 5 + columns * columnBytes;
  return [{ kind: 'columns', columnBytes, stretch, bits: bytes.subarray(5, length) }, length];
}

/** `GS v 0 m xL xH yL yH`. */
function parseRaster(bytes: Uint8Array): Parsed {
  const rowBytes = (bytes[4] ?? 0) | ((bytes[5] ?? 0) << 8);
  const claimed = (bytes[6] ?? 0) | ((bytes[7] ?? 0) << 8);
  const bits = bytes.subarray(8, 8 + rowBytes * claimed);
  // A torn job has fewer rows than it claims: what is there is printed.
  const rows = rowBytes === 0 ? 0 : Math.min(claimed, Math.ceil(bits.length / rowBytes));
  return [{ kind: 'raster', rowBytes, rows, bits }, 8 + rowBytes * claimed];
}

/** `GS ( k pL pH cn fn …`: QR when cn is 49; other families are skipped by their length. */
function parseExtended(bytes: Uint8Array, family: number): Parsed {
  const length = 5 + ((bytes[3] ?? 0) | ((bytes[4] ?? 0) << 8));
  const [kind, call, value] = [bytes[5], bytes[6], bytes[7] ?? 0];
  if (family === 0x48 && kind === 48)
    return [{ kind: 'confirm', id: bytes.subarray(7, 11) }, length];
  if (family !== 0x6b || kind !== 49) return skip(bytes, length);
  if (call === 67) return [{ kind: 'set', what: 'qr-module', value }, length];
  if (call === 69) return [{ kind: 'set', what: 'qr-level', value }, length];
  if (call === 80) return [{ kind: 'qr-data', data: bytes.subarray(8, length) }, length];
  if (call === 81) return [{ kind: 'qr-print' }, length];
  return skip(bytes, length);
}

function skip(bytes: Uint8Array, length: number): Parsed {
  return [{ kind: 'skipped', bytes: bytes.subarray(0, length) }, length];
}
