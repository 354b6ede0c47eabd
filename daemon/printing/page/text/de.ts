/** The page that checks claim stubs, in German. */
import type { StubTexts } from './en.ts';

export const de: StubTexts = {
  title: 'Abholbelege',
  intro:
    'Diese Seite geht ohne Netz. Ein gültiger Beleg ist eine echte Bestellung; behalte ihn, damit er nicht zweimal eingelöst wird.',
  photo: 'Den Code fotografieren',
  paste: 'oder den Text einfügen',
  nothing: 'Noch nichts geprüft.',
  noCode: 'Kein Code gefunden: Halte das Handy näher und ruhig.',
  valid: 'GÜLTIG',
  notValid: 'UNGÜLTIG',
  noStub: 'Das ist kein Abholbeleg einer venuebox.',
  otherBox: 'Er wurde nicht von dieser Box signiert.',
  wrongSignature:
    'Die Signatur stimmt nicht: gefälscht oder schlecht gelesen. Versuch es noch einmal.',
  unreadable: 'Er ist nicht lesbar.',
  numbered: '{item}, Nr. {number}',
  piece: 'Stück {piece} von {pieces}',
  order: 'Bestellung {order}',
  drop: 'Drop {drop}',
};
