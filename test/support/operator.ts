/** Signs in at the operator's page of a test box. */
import { OWN_HEADER } from '../../daemon/web/guard.ts';

/** The PIN that test boxes have, and its hash. */
export const TEST_PIN = '246810';
export const TEST_PIN_HASH =
  'scrypt$15$8$1$Bt_8n0_bxR-vNKYF4jL4-A$koMeGvnjKWFL-UDz1Blzxn7IaMcv6LiANA8qTv2kR68';

/** Headers of a request that the page itself makes. */
export const OWN_PAGE = { [OWN_HEADER]: '1', 'content-type': 'application/json' };

/** Signs in at an operator's port; returns the Cookie header of the session. */
export async function signIn(operatorUrl: string, pin = TEST_PIN): Promise<string> {
  const response = await fetch(`${operatorUrl}/session`, {
    method: 'POST',
    headers: OWN_PAGE,
    body: JSON.stringify({ pin }),
  });
  if (!response.ok) throw new Error(`sign-in: ${response.status} ${await response.text()}`);
  return response.headers.get('set-cookie')?.split(';')[0] ?? '';
}

/** Presses a button or moves a switch of a box's simulated devices, as the page does. */
export async function sendPanelAction(operatorUrl: string, action: object): Promise<void> {
  const cookie = await signIn(operatorUrl);
  const response = await fetch(`${operatorUrl}/panel`, {
    method: 'POST',
    headers: { ...OWN_PAGE, cookie },
    body: JSON.stringify(action),
  });
  if (!response.ok) throw new Error(`panel: ${response.status} ${await response.text()}`);
}
