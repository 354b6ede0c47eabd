/** The page that verifies claim stubs: a photograph or a pasted text, no network. */
import jsqr from 'jsqr';
import { decodeQR } from 'qr/decode.js';
import { chooseStubLanguage, STUB_TEXTS } from './text/languages.ts';
import { type Read, readClaim } from './verify.ts';

/** A phone's picture is too large to search, and its code is found in a smaller one too. */
const SIZES_PX = [1400, 900, 600];

const language = chooseStubLanguage(navigator.languages);
const says = STUB_TEXTS[language];
const key = document.querySelector<HTMLMetaElement>('meta[name=venuebox-key]')?.content ?? '';
const photo = document.querySelector<HTMLInputElement>('#photo');
const code = document.querySelector<HTMLTextAreaElement>('#code');
const result = document.querySelector<HTMLOutputElement>('#result');

document.documentElement.lang = language;
document.title = says.title;
for (const place of document.querySelectorAll<HTMLElement>('[data-text]')) {
  place.textContent = says[place.dataset['text'] as keyof typeof says];
}

photo?.addEventListener('change', async () => {
  const file = photo.files?.[0];
  photo.value = '';
  if (file === undefined) return;
  const text = await readPhoto(file).catch(() => undefined);
  show(text === undefined ? { isValid: false, text: says.noCode } : readClaim(text, key, says));
});
code?.addEventListener('input', () => {
  if (code.value.trim() !== '') show(readClaim(code.value, key, says));
});

function show({ isValid, text }: Read): void {
  if (result === null) return;
  result.className = isValid ? 'valid' : 'bad';
  result.textContent = text;
}

async function readPhoto(file: Blob): Promise<string | undefined> {
  const bitmap = await createImageBitmap(file);
  for (const size of SIZES_PX) {
    const scale = Math.min(1, size / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    const context = canvas.getContext('2d');
    context?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    const pixels = context?.getImageData(0, 0, canvas.width, canvas.height);
    if (pixels === undefined) return undefined;
    const text = readPixels(pixels);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** jsQR reads a code that is turned or blurred; the other one reads small modules better. */
function readPixels(pixels: ImageData): string | undefined {
  const found = jsqr(pixels.data, pixels.width, pixels.height);
  if (found !== null && found.data !== '') return found.data;
  try {
    return decodeQR(pixels);
  } catch {
    return undefined;
  }
}
