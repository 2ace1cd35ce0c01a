/**
 * Every failure this package knows by name: code → plain words.
 * Codes are stable, the words may change.
 */
export const ERROR_TEXTS = {
  ALLOW_INVALID: 'the list of allowed addresses holds something that is neither an address nor a range',
  BODY_EMPTY: 'the request had no body',
  BODY_TOO_LARGE: 'the request is larger than the listener takes',
  DOCUMENT_MISSING: 'no XML or JSON document was found in the request',
  DOCUMENT_TOO_LARGE: 'the event document is larger than the listener takes',
  EVENT_UNKNOWN_ROOT: 'the document is not an event notification',
  INTERNAL: 'an error of this package, please report it',
  JSON_INVALID: 'the JSON document cannot be read',
  JSON_TOO_COMPLEX: 'the JSON document has too many keys or levels',
  LISTENER_OPEN: 'anyone could send to this listener: set a secret, a login or allowed addresses',
  LISTENER_NO_CERTIFICATE: 'the TLS settings of the listener hold no certificate and key',
  LISTENER_PORT_IN_USE: 'the port is in use by another program',
  LISTENER_FAILED: 'the listener could not open its port',
  LOGIN_MISSING: 'the listener asks for a login but has no user name or password',
  MULTIPART_NO_BOUNDARY: 'the multipart body has no boundary',
  PATH_TAKEN: 'this path already belongs to another kind of device',
  PART_HEADER_TOO_LARGE: 'the head of a part is too long',
  PARTS_TOO_MANY: 'the request has too many parts',
  PORT_INVALID: 'the port is not a number from 0 to 65535',
  XML_DOCTYPE: 'the XML document declares a DOCTYPE, which is refused',
  XML_INVALID: 'the XML document cannot be read',
  XML_TOO_COMPLEX: 'the XML document has too many elements, attributes or levels',
} as const;

/** Stable name of a failure. */
export type AlarmErrorCode = keyof typeof ERROR_TEXTS;

/**
 * The only error the core throws on purpose. `code` identifies it; `message` is for people and never holds
 * bytes from outside or a secret.
 */
export class AlarmError extends Error {
  override readonly name = 'AlarmError';

  constructor(
    readonly code: AlarmErrorCode,
    detail?: string,
    options?: ErrorOptions,
  ) {
    super(detail === undefined ? ERROR_TEXTS[code] : `${ERROR_TEXTS[code]} (${detail})`, options);
  }
}

/** What went wrong, as an {@link AlarmError}: anything else becomes one with the given code. */
export function asAlarmError(error: unknown, code: AlarmErrorCode): AlarmError {
  return error instanceof AlarmError ? error : new AlarmError(code, undefined, { cause: error });
}
