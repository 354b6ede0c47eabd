/** Further receivers of the drop, each with a state of its own. */

export interface Destination {
  readonly id: string;
  readonly kind: 'srt' | 'rtmp';
  /** `off` while no drop is live. */
  readonly phase: 'off' | 'connecting' | 'connected';
  /** Why it is not connected. */
  readonly reason?: string;
  readonly sentBps: number;
  /** Since its process was last started. */
  readonly sentBytesTotal: number;
  /** Of SRT. */
  readonly rttMs?: number;
  /** How often its process was started again, in this run of the box. */
  readonly restartsTotal: number;
}
