import { bareEvent } from '../bare-event.js';
import { AlarmError } from '../errors.js';
import type { AlarmDraft, Notification, Vendor } from '../notification.js';
import { decodeText } from '../wire/charset.js';
import { isapi } from './isapi/index.js';
import { raysharp } from './raysharp/index.js';

/** Characters of what nobody can read that are told in the document; all of it is in `raw`. */
const SHOWN = 1_024;

/**
 * What comes in one UDP datagram: no document describes it (unknowns R1), so that its content decides. What nobody can
 * read is an event too: rather a message of kind unknown than nothing.
 */
export const datagram: Vendor = {
  id: 'raysharp',
  decode(notification, limits) {
    let failure: AlarmError | undefined;
    for (const vendor of [raysharp, isapi]) {
      try {
        const drafts = vendor.decode(notification, limits);
        // How things are may be nothing to tell; an alert of ISAPI that is none is for nobody.
        if (drafts.length > 0 || vendor === raysharp) return drafts;
      } catch (error) {
        if (!(error instanceof AlarmError)) throw error;
        failure ??= error;
      }
    }
    return [unknown(notification, failure)];
  },
  reply: (outcome) => raysharp.reply(outcome),
};

function unknown(notification: Notification, failure?: AlarmError): AlarmDraft {
  const { parts, address } = notification;
  const raw = Buffer.concat(parts.map(({ bytes }) => bytes));
  const event = bareEvent('unknown', notification, { id: address, address }, 'datagram');
  event.kind = 'unknown';
  const reason = failure === undefined ? {} : { reason: failure.code };
  event.document = { text: decodeText(raw).text.slice(0, SHOWN), ...reason };
  return { event, attachments: [], raw };
}
