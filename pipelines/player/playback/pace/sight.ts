/** Whether the guest sees the picture: in picture-in-picture also where the page is hidden. */

export type AppleVideo = HTMLVideoElement & { readonly webkitPresentationMode?: string };

export function isInPicture({ webkitPresentationMode }: AppleVideo): boolean {
  const isApart = webkitPresentationMode === 'picture-in-picture';
  return isApart || (document.pictureInPictureElement ?? null) !== null;
}

/** The guest sees neither the page nor its picture. */
export function isOutOfSight(video: AppleVideo): boolean {
  return document.hidden && !isInPicture(video);
}
