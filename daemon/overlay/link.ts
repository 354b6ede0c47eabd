/** Which link the code in the picture shows. Pure. */
import { LINK_MAX_BYTES } from '../../pipelines/overlay/code-sprite.ts';
import { codeFault } from '../config/drop.ts';
import { takesOrders } from '../model/orders.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';

export type Resolved =
  | { readonly link: string }
  /** Why there is none. */
  | { readonly missing: string };

/**
 * The link of `page`, `checkout`, or of what is a link itself.
 *
 * @param hosts To which links may lead.
 */
export function resolveLink(
  code: string,
  { playerUrl, shop }: Pick<BoxSnapshot, 'playerUrl' | 'shop'>,
  hosts: readonly string[],
): Resolved {
  if (code === 'page') return limited(playerUrl, 'the page has no address yet');
  if (code === 'checkout') {
    if (shop !== undefined && !takesOrders(shop)) return { missing: 'no orders are taken now' };
    const onSale = shop?.articles.find(
      ({ isOpen, left, checkoutUrl }) => isOpen && left !== 0 && checkoutUrl !== undefined,
    );
    return limited(onSale?.checkoutUrl, 'no item that is on sale has a checkout page');
  }
  const fault = codeFault(code, hosts);
  return fault === undefined ? { link: code } : { missing: fault };
}

function limited(link: string | undefined, missing: string): Resolved {
  if (link === undefined) return { missing };
  return Buffer.byteLength(link) > LINK_MAX_BYTES
    ? { missing: `the link has more than ${LINK_MAX_BYTES} bytes: use a shorter one` }
    : { link };
}
