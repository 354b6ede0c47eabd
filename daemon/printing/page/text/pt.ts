/** The page that checks claim stubs, in Portuguese. */
import type { StubTexts } from './en.ts';

export const pt: StubTexts = {
  title: 'Talões de levantamento',
  intro:
    'Esta página funciona sem rede. Um talão válido é uma encomenda verdadeira; fique com ele, para não ser usado duas vezes.',
  photo: 'Fotografar o código',
  paste: 'ou colar o texto',
  nothing: 'Ainda nada foi verificado.',
  noCode: 'Nenhum código encontrado: aproxime o telemóvel e não o mexa.',
  valid: 'VÁLIDO',
  notValid: 'NÃO VÁLIDO',
  noStub: 'Isto não é um talão de uma venuebox.',
  otherBox: 'Não foi assinado por esta caixa.',
  wrongSignature: 'A assinatura está errada: falsificado ou mal lido. Tente outra vez.',
  unreadable: 'Não se consegue ler.',
  numbered: '{item}, n.º {number}',
  piece: 'peça {piece} de {pieces}',
  order: 'encomenda {order}',
  drop: 'drop {drop}',
};
