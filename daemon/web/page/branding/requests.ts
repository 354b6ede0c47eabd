/** Requests about the branding of the guests’ page. */
import { UPLOAD_ANSWER_MS, UPLOAD_MAX_BYTES } from '../../../model/look.ts';
import { fromBox, stageTexts as text } from '../text/texts.ts';
import { ask, checked } from '../ui/request.ts';

export type BrandingPart = 'colors' | 'logo' | 'title';

/** What guests see, and what of it was uploaded. */
export interface BrandingState {
  readonly colors: Readonly<Record<'background' | 'text' | 'accent', string>> | null;
  readonly logo: { readonly path: string } | null;
  readonly title: { readonly path: string } | null;
  readonly uploaded: readonly BrandingPart[];
  /** What is as it was before by an undo. */
  readonly undoable: readonly BrandingPart[];
}

export async function readBranding(): Promise<BrandingState> {
  return (await checked(await ask('GET', '/look'))) as BrandingState;
}

/** The new look, or why it is not taken. */
export async function sendColors(
  colors: Readonly<Record<string, string>>,
): Promise<BrandingState | string> {
  return await outcomeOf(await ask('PUT', '/look/colors', colors));
}

export async function sendPicture(
  part: BrandingPart,
  picture: Blob,
): Promise<BrandingState | string> {
  if (picture.size > UPLOAD_MAX_BYTES) return text.lookTooLarge;
  return await outcomeOf(await ask('PUT', `/look/${part}`, picture, UPLOAD_ANSWER_MS));
}

export async function removeBranding(part: BrandingPart): Promise<BrandingState | string> {
  return await outcomeOf(await ask('DELETE', `/look/${part}`));
}

export async function undoBranding(part: BrandingPart): Promise<BrandingState | string> {
  return await outcomeOf(await ask('POST', `/look/${part}/undo`));
}

async function outcomeOf(response: Response): Promise<BrandingState | string> {
  const outcome = (await checked(response)) as
    | { readonly status: 'done'; readonly result: BrandingState }
    | { readonly status: 'rejected'; readonly detail: string };
  return outcome.status === 'done' ? outcome.result : fromBox(outcome.detail);
}
