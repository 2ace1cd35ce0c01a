import type { AlarmDraft } from '../../notification.js';
import type { Fields } from '../../wire/fields.js';
import type { Push } from './push.js';

/** What the entries of an envelope have in common. */
export interface Context {
  readonly push: Push;
  /** `dev_net_info`, for the document of each event. */
  readonly device: Fields | undefined;
  /** Of the one camera that all of it is about. */
  readonly channelName: string | undefined;
}

/** An event that may want a picture. */
export interface Wanting {
  readonly draft: AlarmDraft;
  /** The device's name for the picture. */
  readonly wants?: string;
}

/** What of an envelope is about one event. */
export function documentOf({ device }: Context, time: unknown, what: Fields): Fields {
  return {
    ...(time !== undefined && { time }),
    ...(device !== undefined && { dev_net_info: device }),
    ...what,
  };
}
