/** How a device writes its alertStream: one object for each kind of firmware or fault (isapi.md §1). */
export interface StreamStyle {
  /** Cameras write CRLF, recorders LF (isapi.md §1.5). */
  readonly lineEnd: '\r\n' | '\n';
  /** As the head of the answer announces it. */
  readonly boundary: string;
  /** The line between parts when it is not `--` and the boundary: older recorders (isapi.md §1.3). */
  readonly delimiter?: string;
  /** Content-Length of a part: left out, or too large by so many bytes. */
  readonly length?: 'none' | number;
  /** One more line break behind a part than its Content-Length counts: newer firmwares (isapi.md §1.6). */
  readonly lineBehind?: boolean;
  /** The delimiter stands there twice (isapi.md §1.7). */
  readonly twice?: boolean;
  /** No blank line between the head and the body of a part (isapi.md §1.7). */
  readonly glued?: boolean;
  /** A new status line behind each document, as doorbells write it (isapi.md §1.7). */
  readonly statusLine?: boolean;
}

export const CAMERA_STYLE: StreamStyle = { lineEnd: '\r\n', boundary: 'boundary' };
export const RECORDER_STYLE: StreamStyle = { lineEnd: '\n', boundary: 'boundary' };
export const TERMINAL_STYLE: StreamStyle = { lineEnd: '\r\n', boundary: 'MIME_boundary' };

/** A part of a stream. */
export interface StreamPart {
  readonly contentType: string;
  readonly bytes: Buffer | string;
  /** Further lines of its head. */
  readonly headers?: readonly string[];
}

export const XML_PART = 'application/xml; charset="UTF-8"';
export const JSON_PART = 'application/json; charset="UTF-8"';

/** The bytes of parts as a device with this style writes them. */
export function streamParts(parts: readonly StreamPart[], style: StreamStyle): Buffer {
  return Buffer.concat(parts.flatMap((part) => partBytes(part, style)));
}

function partBytes({ contentType, bytes, headers = [] }: StreamPart, style: StreamStyle): Buffer[] {
  const { lineEnd, boundary, delimiter = `--${boundary}`, length = 0 } = style;
  const body = Buffer.from(bytes as Buffer);
  const isDocument = /xml|json/.test(contentType);
  const head = [
    delimiter,
    ...(style.twice ? [delimiter] : []),
    ...headers,
    `Content-Type: ${contentType}`,
    ...(length === 'none' ? [] : [`Content-Length: ${body.length + length}`]),
    ...(style.glued ? [] : ['']),
    '',
  ];
  const behind = style.statusLine && isDocument ? `HTTP/1.1 200 OK${lineEnd}` : '';
  // The count of a document includes its last line break, that of a picture does not (isapi.md §1.6).
  const last = !isDocument || style.lineBehind || length === 'none' ? lineEnd : '';
  return [Buffer.from(head.join(lineEnd)), body, Buffer.from(behind + last)];
}

/** The head of the answer (isapi.md §1.1). */
export interface StreamHead {
  readonly version: '1.1' | '1.0';
  /** The end of the connection is the end of the stream, unless it is sent in chunks. */
  readonly chunked: boolean;
  /** Heads that end their lines in LF alone are refused by strict clients. */
  readonly lineEnd: '\r\n' | '\n';
  readonly contentType: string;
  /** Further lines. */
  readonly headers: readonly string[];
}

export function streamHead(head: StreamHead): Buffer {
  const lines = [
    `HTTP/${head.version} 200 OK`,
    'MIME-Version: 1.0',
    'Connection: close',
    `Content-Type: ${head.contentType}`,
    ...(head.chunked ? ['Transfer-Encoding: chunked'] : []),
    ...head.headers,
    '',
    '',
  ];
  return Buffer.from(lines.join(head.lineEnd), 'latin1');
}

/** A piece of a body in chunked coding (RFC 9112 §7.1). */
export const chunkOf = (bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
