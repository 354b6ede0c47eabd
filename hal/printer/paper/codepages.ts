/**
 * The upper halves of the code pages that thermal printers have in common, and
 * the numbers that `ESC t` selects them by.
 */
export type CodePage = 'cp437' | 'cp852' | 'cp858' | 'windows1252';

const CP437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐' +
  '└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';
const CP852 =
  'ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×čáíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐' +
  '└┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀ÓßÔŃńňŠšŔÚŕŰýÝţ´\u00ad˝˛ˇ˘§÷¸°¨˙űŘř■\u00a0';
const CP858 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐' +
  '└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈ€ÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0';
/** Written out: Node 20's TextDecoder reads windows-1252 as Latin-1 (nodejs/node#56542). */
const WINDOWS_1252 =
  '€\ufffd‚ƒ„…†‡ˆ‰Š‹Œ\ufffdŽ\ufffd\ufffd‘’“”•–—˜™š›œ\ufffdžŸ' +
  String.fromCharCode(...Array.from({ length: 96 }, (_, index) => index + 160));

const UPPER: Readonly<Record<CodePage, readonly string[]>> = {
  cp437: [...CP437],
  cp852: [...CP852],
  cp858: [...CP858],
  windows1252: [...WINDOWS_1252],
};

/** Epson's numbers, which most clones use for these four. */
export const EPSON_NUMBERS: Readonly<Record<CodePage, number>> = {
  cp437: 0,
  windows1252: 16,
  cp852: 18,
  cp858: 19,
};

/** The character that a byte prints as; control bytes give U+FFFD. */
export function decodeByte(page: CodePage, byte: number): string {
  if (byte < 0x20 || byte === 0x7f) return '\ufffd';
  return byte < 0x80 ? String.fromCharCode(byte) : (UPPER[page][byte - 0x80] ?? '\ufffd');
}

const ENCODABLE: ReadonlySet<string> = new Set(
  Object.values(UPPER)
    .flat()
    .filter((character) => character !== '\ufffd'),
);

/** Whether one page or the other has each character of a text. */
export function isEncodable(text: string): boolean {
  return [...text].every(
    (character) => (character >= ' ' && character <= '~') || ENCODABLE.has(character),
  );
}

/** The page that `ESC t number` selects, or undefined for one the box never uses. */
export function pageOf(
  numbers: Readonly<Record<CodePage, number>>,
  number: number,
): CodePage | undefined {
  const pages = Object.keys(numbers) as CodePage[];
  return pages.find((page) => numbers[page] === number);
}
