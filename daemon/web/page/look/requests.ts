/** Requests about the look of the guests' page. */
import { UPLOAD_ANSWER_MS, UPLOAD_MAX_BYTES } from '../../../model/look.ts';
import { fromBox, stageTexts as text } from '../text/texts.ts';
import { ask, checked } from '../ui/request.ts';

export type LookPart = 'colors' | 'logo' | 'title';

/** What guests see, and what of it was uploaded. */
export interface Look {
  readonly colors: Readonly<Record<'background' | 'text' | 'accent', string>> | null;
  readonly logo: { readonly path: string } | null;
  readonly title: { readonly path: string } | null;
  readonly uploaded: readonly LookPart[];
  /** What is as it was before by an undo. */
  readonly undoable: readonly LookPart[];
}

export async function readLook(): Promise<Look> {
  return (await checked(await ask('GET', '/look'))) as Look;
}

/** The new look, or why it is not taken. */
export async function sendColors(colors: Readonly<Record<string, string>>): Promise<Look | string> {
  return await outcomeOf(await ask('PUT', '/look/colors', colors));
}

export async function sendPicture(part: LookPart, picture: Blob): Promise<Look | string> {
  if (picture.size > UPLOAD_MAX_BYTES) return text.lookTooLarge;
  return await outcomeOf(await ask('PUT', `/look/${part}`, picture, UPLOAD_ANSWER_MS));
}

export async function removeLook(part: LookPart): Promise<Look | string> {
  return await outcomeOf(await ask('DELETE', `/look/${part}`));
}

export async function undoLook(part: LookPart): Promise<Look | string> {
  return await outcomeOf(await ask('POST', `/look/${part}/undo`));
}

async function outcomeOf(response: Response): Promise<Look | string> {
  const outcome = (await checked(response)) as
    | { readonly status: 'done'; readonly result: Look }
    | { readonly status: 'rejected'; readonly detail: string };
  return outcome.status === 'done' ? outcome.result : fromBox(outcome.detail);
}
