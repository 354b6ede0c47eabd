/** The page that checks claim stubs, in Dutch. */
import type { StubTexts } from './en.ts';

export const nl: StubTexts = {
  title: 'Afhaalbonnen',
  intro:
    'Deze pagina werkt zonder netwerk. Een geldige bon is een echte bestelling; neem hem in, zodat hij niet twee keer wordt gebruikt.',
  photo: 'De code fotograferen',
  paste: 'of de tekst plakken',
  nothing: 'Nog niets gecontroleerd.',
  noCode: 'Geen code gevonden: houd de telefoon dichterbij en stil.',
  valid: 'GELDIG',
  notValid: 'ONGELDIG',
  noStub: 'Dit is geen afhaalbon van een venuebox.',
  otherBox: 'Hij is niet door deze box ondertekend.',
  wrongSignature: 'De handtekening klopt niet: vervalst of slecht gelezen. Probeer het opnieuw.',
  unreadable: 'Hij is niet te lezen.',
  numbered: '{item}, nr. {number}',
  piece: 'stuk {piece} van {pieces}',
  order: 'bestelling {order}',
  drop: 'drop {drop}',
};
