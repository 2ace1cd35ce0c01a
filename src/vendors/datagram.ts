import type { Vendor } from '../notification.js';
import { isapi } from './isapi/index.js';

/** What devices send as one datagram. */
export const datagram: Vendor = { ...isapi };
