/** The page that checks claim stubs, in Spanish. */
import type { StubTexts } from './en.ts';

export const es: StubTexts = {
  title: 'Resguardos',
  intro:
    'Esta página funciona sin red. Un resguardo válido es un pedido real; quédate con él para que no se use dos veces.',
  photo: 'Fotografiar el código',
  paste: 'o pegar su texto',
  nothing: 'Aún no se ha comprobado nada.',
  noCode: 'No se encontró ningún código: acerca el móvil y no lo muevas.',
  valid: 'VÁLIDO',
  notValid: 'NO VÁLIDO',
  noStub: 'Esto no es un resguardo de una venuebox.',
  otherBox: 'No lo firmó esta caja.',
  wrongSignature: 'La firma no es correcta: falsificado o mal leído. Prueba otra vez.',
  unreadable: 'No se puede leer.',
  numbered: '{item}, n.º {number}',
  piece: 'pieza {piece} de {pieces}',
  order: 'pedido {order}',
  drop: 'drop {drop}',
};
