/** The page that checks claim stubs, in Italian. */
import type { StubTexts } from './en.ts';

export const it: StubTexts = {
  title: 'Tagliandi',
  intro:
    'Questa pagina funziona senza rete. Un tagliando valido è un ordine vero; trattienilo, così non viene usato due volte.',
  photo: 'Fotografa il codice',
  paste: 'o incolla il suo testo',
  nothing: 'Ancora niente controllato.',
  noCode: 'Nessun codice trovato: avvicina il telefono e tienilo fermo.',
  valid: 'VALIDO',
  notValid: 'NON VALIDO',
  noStub: 'Questo non è un tagliando di una venuebox.',
  otherBox: 'Non è stato firmato da questa box.',
  wrongSignature: 'La firma è sbagliata: falsificato o letto male. Riprova.',
  unreadable: 'Non si può leggere.',
  numbered: '{item}, n. {number}',
  piece: 'pezzo {piece} di {pieces}',
  order: 'ordine {order}',
  drop: 'drop {drop}',
};
