/** Who a simulated recorder is. */
export interface RecorderIdentity {
  readonly name: string;
  /** Lower case with colons; each form writes it its own way. */
  readonly mac: string;
  readonly address: string;
  /** What the page of the event push platform was named. */
  readonly platform: string;
}

/** `00-00-5E-00-53-31` */
export const dashedMac = ({ mac }: RecorderIdentity): string => mac.toUpperCase().replaceAll(':', '-');

/** `00005E005331` */
export const plainMac = ({ mac }: RecorderIdentity): string => mac.toUpperCase().replaceAll(':', '');
