/** The page that checks claim stubs, in French. */
import type { StubTexts } from './en.ts';

export const fr: StubTexts = {
  title: 'Coupons de retrait',
  intro:
    'Cette page marche sans réseau. Un coupon valable est une vraie commande ; gardez-le, pour qu’il ne serve pas deux fois.',
  photo: 'Photographier le code',
  paste: 'ou coller son texte',
  nothing: 'Rien n’a encore été vérifié.',
  noCode: 'Aucun code trouvé : approchez le téléphone et ne bougez pas.',
  valid: 'VALABLE',
  notValid: 'NON VALABLE',
  noStub: 'Ce n’est pas un coupon de retrait d’une venuebox.',
  otherBox: 'Il n’a pas été signé par cette box.',
  wrongSignature: 'La signature est fausse : coupon falsifié ou mal lu. Réessayez.',
  unreadable: 'Il est illisible.',
  numbered: '{item}, n° {number}',
  piece: 'pièce {piece} sur {pieces}',
  order: 'commande {order}',
  drop: 'drop {drop}',
};
