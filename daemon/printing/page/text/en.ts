/** The page that checks claim stubs, in English. */

/** Of each language: a missing text, or one too many, fails the build. */
export type StubTexts = Readonly<Record<keyof typeof en, string>>;

export const en = {
  title: 'Claim stubs',
  intro:
    'This page works without a network. A valid stub is a real order; take the paper, so that it is not handed in twice.',
  photo: 'Photograph the code',
  paste: 'or paste its text',
  nothing: 'Nothing checked yet.',
  noCode: 'No code found: hold the phone nearer, and keep it still.',
  valid: 'VALID',
  notValid: 'NOT VALID',
  noStub: 'This is not a claim stub of a venuebox.',
  otherBox: 'It was not signed by this box.',
  wrongSignature: 'The signature is wrong: forged, or not read well. Try again.',
  unreadable: 'It cannot be read.',
  numbered: '{item}, No. {number}',
  piece: 'piece {piece} of {pieces}',
  order: 'order {order}',
  drop: 'drop {drop}',
} as const;
