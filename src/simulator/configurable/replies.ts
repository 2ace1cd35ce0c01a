import { responseStatus, statusOf, type Word } from './response-status.js';

/** What goes back over the wire. */
export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: Buffer | string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

export const XML = 'application/xml; charset="UTF-8"';
export const JSON_TYPE = 'application/json; charset="UTF-8"';
export const HTML = 'text/html';

/** A document in the language of a device. */
export const documentReply = (body: Buffer | string, format: 'xml' | 'json' = 'xml'): Reply => ({
  status: 200,
  type: format === 'xml' ? XML : JSON_TYPE,
  body,
});

/** Writes what a device says of a request in its namespace and language. */
export type Says = (word: Word, status?: number) => Reply;

export const saying =
  (path: string, format: 'xml' | 'json', namespace: string): Says =>
  (word, status = statusOf(word)) => ({
    ...documentReply(responseStatus(word, path, format, namespace), format),
    status,
  });
