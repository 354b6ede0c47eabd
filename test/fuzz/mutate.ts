/** Damaged inputs from valid ones: what a stranger sends, and what a line or a disk makes of bytes. */
import type { Dice } from '../simulation/scenario.ts';

const NUMBERS = [
  '-1',
  '0',
  '4294967296',
  '9007199254740993',
  '1e999',
  'NaN',
  '00000000000000000000',
];
const SIGNS = [
  '\0',
  '\r\n',
  '"',
  '\\',
  '%00',
  '%2e%2e%2f',
  ',',
  ';',
  '=',
  '{',
  '[',
  'é',
  '\u202e',
  '😀',
];

/** One of the samples with some damage. */
export function mutateText(samples: readonly string[], dice: Dice): string {
  let text = dice.pick(samples);
  for (let left = dice.whole(0, 6); left > 0; left -= 1) text = damage(text, samples, dice);
  return text.slice(0, 100_000);
}

function damage(text: string, samples: readonly string[], dice: Dice): string {
  const at = dice.whole(0, text.length);
  const to = Math.min(text.length, at + dice.whole(0, 12));
  const [before, part, after] = [text.slice(0, at), text.slice(at, to), text.slice(to)];
  switch (dice.pick(['cut', 'end', 'repeat', 'number', 'sign', 'flip', 'splice'])) {
    case 'cut':
      return before + after;
    case 'end':
      return before;
    case 'repeat':
      return before + part.repeat(dice.pick([2, 3, 50, 2_000])) + after;
    case 'number':
      return text.replace(/\d+/, () => dice.pick(NUMBERS));
    case 'sign':
      return before + dice.pick(SIGNS) + after;
    case 'flip':
      return before + String.fromCharCode(dice.whole(0, 255)) + after.slice(1);
    default:
      return before + dice.pick(samples).slice(dice.whole(0, 40));
  }
}

export function mutateBytes(samples: readonly Buffer[], dice: Dice): Buffer {
  let bytes = Buffer.from(dice.pick(samples));
  for (let left = dice.whole(0, 5); left > 0; left -= 1) {
    const at = dice.whole(0, Math.max(0, bytes.length - 1));
    switch (dice.pick(['bit', 'byte', 'word', 'cut', 'end', 'more'])) {
      case 'bit':
        bytes[at] = (bytes[at] ?? 0) ^ (1 << dice.whole(0, 7));
        break;
      case 'byte':
        bytes[at] = dice.pick([0, 1, 0x7f, 0x80, 0xff]);
        break;
      case 'word':
        if (at + 4 <= bytes.length)
          bytes.writeUInt32BE(dice.pick([0, 7, 0x7fffffff, 0xffffffff]), at);
        break;
      case 'cut':
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + dice.whole(1, 8))]);
        break;
      case 'end':
        bytes = bytes.subarray(0, at);
        break;
      default:
        bytes = Buffer.concat([bytes, Buffer.alloc(dice.whole(1, 40), dice.whole(0, 255))]);
    }
  }
  return bytes;
}
