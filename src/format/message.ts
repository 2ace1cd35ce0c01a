import type { Attachment } from '../event.js';

/** What a message of ours sets; the rest of it stays as it came. */
export interface Outgoing {
  readonly topic?: string;
  readonly payload: unknown;
  /** The text of a mail, where the payload is its HTML. */
  readonly plaintext?: string;
  /** Of a mail; only where the e-mail node has no address of its own. */
  readonly to?: string;
  readonly attachments?: readonly Partial<Attachment>[];
  readonly filename?: string;
  readonly raw?: Buffer;
  readonly qos?: number;
  readonly retain?: boolean;
}

/** Pictures and films that are sent along, and the names of those that would be too much. */
export interface Chosen {
  readonly sent: readonly Attachment[];
  readonly leftOut: readonly string[];
}

export const isFilm = ({ role }: Pick<Attachment, 'role'>) => role === 'video';
