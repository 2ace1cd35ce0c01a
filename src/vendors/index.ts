import type { Vendor } from '../notification.js';
import { isapi } from './isapi/index.js';
import { raysharp } from './raysharp/index.js';
import { vstarcam } from './vstarcam/index.js';

/** Every wire format this package reads. A new vendor is a folder here and a word in this list. */
export const VENDORS: readonly Vendor[] = [isapi, raysharp, vstarcam];
