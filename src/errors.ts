/**
 * Every failure this package knows by name: code → plain words.
 * Codes are stable, the words may change.
 */
export const ERROR_TEXTS = {
  ADDRESS_DENIED: 'its address is not among the allowed ones',
  ALLOW_INVALID: 'the list of allowed addresses holds something that is neither an address nor a range',
  ARCHIVE_FAILED: 'the pictures cannot be written to the archive',
  ARCHIVE_NOT_REMOVED: 'old pictures cannot be removed from the archive',
  BODY_EMPTY: 'the request had no body',
  BODY_TOO_LARGE: 'it sent more than the listener takes',
  CONNECTIONS_TOO_MANY: 'it has too many connections open',
  CHANNEL_INVALID: 'the channel is a number from 1, the stream one from 1 to 99',
  CHAT_MISSING: 'no Telegram chat is given that the alarm could be sent to',
  CONFIG_ACTION_INVALID: 'this is none of the actions of the node',
  CONFIG_ADDRESS_UNKNOWN: 'no address of this machine leads to the device: fill it in',
  CONFIG_BUSY: 'the device is busy: try again in a minute',
  CONFIG_EVENTS_MISSING: 'name the events that are to be armed: none were disarmed here before',
  CONFIG_EVENT_UNKNOWN: 'the device has no such event',
  CONFIG_HOST_NAME: 'the device does not take this kind of address for its listener',
  CONFIG_LISTENER_MISSING: 'no listener is chosen that the device could push to',
  CONFIG_LOGIN: 'the device cannot log in as the listener asks it to',
  CONFIG_NO_ALARM_PUSH:
    'the firmware of the camera has no alarm push: all it may do is call a plain URL on an alarm (alarm_http_url of set_alarm.cgi), which brings no picture',
  CONFIG_NO_BACKUP: 'nothing is remembered that could be restored on this device',
  CONFIG_NO_ENTRY: 'the device has no entry of this listener',
  CONFIG_NO_LISTENING: 'the device has no setting for whom it pushes to',
  CONFIG_NO_TRIGGERS: 'the device does not say which events it has',
  CONFIG_NO_SLOT: 'the device pushes to others in all its places already',
  CONFIG_NOT_DEPLOYED: 'only what is deployed can be told to a device: deploy first',
  CONFIG_NOT_RESTORED: 'the device did not take back what it had before',
  CONFIG_NOT_STORED: 'the device said yes, but did not store what it was told',
  CONFIG_PORT: 'the device does not take this port for its listener',
  CONFIG_PROTOCOL: 'the device cannot push over the protocol of the listener',
  CONFIG_REFUSED: 'the device refused the change',
  CONFIG_UNREADABLE: 'what the device answered is not what it was asked for',
  CONFIG_URL_TOO_LONG: 'the path of the listener is longer than the device takes',
  DATAGRAM_TOO_LARGE: 'the datagram is larger than any event',
  DEVICE_ADDRESS_INVALID: 'the address of the device is not a host name or IP address with a port',
  DEVICE_ANSWER_BROKEN: 'the device broke its answer off or did not answer in proper HTTP',
  DEVICE_ANSWER_TOO_LARGE: 'the answer of the device is larger than is taken',
  DEVICE_CLOSED: 'the connection to the device was closed on this side',
  DEVICE_FORBIDDEN: 'the user has no right to this on the device',
  DEVICE_INFO_REFUSED: 'the device does not say what it is',
  DEVICE_FINGERPRINT: 'the certificate of the device is not the one that was pinned',
  DEVICE_LOGIN_MISSING: 'the device asks for a login but no user name is set',
  DEVICE_LOGIN_PLAIN:
    'the device wants the password unprotected: use HTTPS, or allow Basic login in its settings',
  DEVICE_LOGIN_REFUSED: 'the device does not take the user name and password',
  DEVICE_LOGIN_UNKNOWN: 'the device asks for a kind of login this package does not know',
  DEVICE_MISSING: 'no device with an address is chosen',
  DEVICE_NAME_UNKNOWN: 'no device of this name is found on the network',
  DEVICE_NOT_ACTIVATED: 'the device has no password yet: activate it on its own page first',
  DEVICE_NOT_ISAPI: 'what answers at this address and port does not speak ISAPI',
  DEVICE_PATH_INVALID: 'a path on a device begins with / and holds neither blanks nor special letters',
  DEVICE_REDIRECTS: 'the device sends requests to another address: it may want HTTPS',
  DEVICE_REFUSED: 'the device takes no connections at this port',
  DEVICE_TIMEOUT: 'the device did not answer in time',
  DEVICE_TLS: 'no secure connection to the device: check its certificate and whether it speaks HTTPS',
  DEVICE_UNREACHABLE: 'the device cannot be reached: is it switched on and on this network?',
  DISCOVERY_FAILED: 'no network interface could be searched',
  DISCOVERY_PORT_IN_USE: 'another program has the port of the search for itself, such as a SADP tool',
  DOCTOR_NOT_DEPLOYED: 'a device is examined as it is deployed: deploy it first',
  DOCUMENT_MISSING: 'no XML or JSON document was found in the request',
  DOCUMENT_TOO_LARGE: 'the event document is larger than the listener takes',
  ENCODING_REFUSED: 'it compresses what it sends, which is refused',
  EVENT_UNKNOWN_ROOT: 'the document is not an event notification',
  FINGERPRINT_INVALID: 'the fingerprint is not the SHA-256 of a certificate: 64 hexadecimal digits',
  HEAD_TOO_LARGE: 'the head of its request is too long',
  HTTPS_EXPECTED: 'it speaks plain HTTP, this listener HTTPS',
  HTTP_EXPECTED: 'it speaks HTTPS, this listener plain HTTP',
  INTERNAL: 'an error of this package, please report it',
  JSON_INVALID: 'the JSON document cannot be read',
  JSON_TOO_COMPLEX: 'the JSON document has too many keys or levels',
  KEEPALIVE_MISSING: 'its sign of life did not come',
  KEEPALIVE_UNKNOWN:
    'its sign of life was refused, as it has sent no alarm yet: add its address to the allowed ones',
  LISTENER_CLOSED: 'the listener is not open: no deployed node receives from it',
  LISTENER_FAILED: 'the listener could not open its port',
  LISTENER_NO_CERTIFICATE: 'the TLS settings of the listener hold no certificate and key',
  LISTENER_OPEN: 'anyone could send to this listener: set a secret, a login or allowed addresses',
  LISTENER_PORT_IN_USE: 'the port is in use by another program',
  LOGIN_MISSING: 'the listener asks for a login but has no user name or password',
  LOGIN_WRONG: 'it did not log in with the right name and password',
  MEMORY_FULL: 'too much came in at once',
  METHOD_WRONG: 'it did not POST',
  MULTIPART_NO_BOUNDARY: 'the multipart body has no boundary',
  NOT_AN_ALARM: 'the message is neither an alarm nor the state of a device, as alarm nodes send them',
  PARTS_TOO_MANY: 'the request has too many parts',
  PART_HEADER_TOO_LARGE: 'the head of a part is too long',
  PASSWORD_NEEDED:
    'type the password again: the stored one is only for the address, port and user it was stored with',
  PATH_TAKEN: 'this path already belongs to another kind of device',
  PATH_UNKNOWN: 'it sent to a path that no node has',
  PORT_INVALID: 'the port is not a number from 0 to 65535',
  REQUEST_MALFORMED: 'it does not speak proper HTTP',
  REQUEST_TOO_SLOW: 'it took too long to send',
  SECRET_WRONG: 'its path does not begin with the secret of the listener',
  SENDER_UNKNOWN: 'an alarm came from a device that no node on this path is set to',
  SIMULATE_ADDRESS_DENIED:
    'the listener takes nothing from this machine itself: add 127.0.0.1 to its allowed addresses',
  SIMULATE_BUSY: 'too many simulated alarms are waiting for their turn',
  SIMULATE_KIND_UNKNOWN: 'the simulated device has no alarm of this kind',
  SIMULATE_NO_ANSWER: 'the listener did not answer the simulated device',
  SIMULATE_PATH_UNKNOWN: 'no node receives at this path of the listener',
  SIMULATE_REFUSED: 'the listener did not take the simulated alarm',
  SIMULATE_TARGET_MISSING: 'no listener is chosen that the alarm could be played to',
  SIMULATE_UDP: 'only recorders send by UDP: choose the recorder, or another listener',
  SNAPSHOT_NO_PICTURE: 'the device sent no picture, or only a part of one',
  SNAPSHOT_REFUSED: 'the device gives no picture of this channel and stream',
  SPOOL_AGED: 'an alarm on disk is too old to be given out',
  SPOOL_DAMAGED: 'an alarm on disk can no longer be read',
  SPOOL_FAILED: 'alarms cannot be written to disk',
  SPOOL_FULL: 'more alarms are waiting than are kept',
  SUBSCRIPTION_INCOMPLETE: 'the device does not send all of the events that were chosen',
  STREAM_BUSY:
    'the device gives no more alert streams: another program has them, or it still counts an old one',
  STREAM_ENDED: 'the device ended its alert stream',
  STREAM_FORBIDDEN: 'the user may not read the alert stream of the device',
  STREAM_HTTP: 'the device gives no alert stream',
  STREAM_MISSING: 'the device has no alert stream: use HTTP listening instead',
  STREAM_PART_ENDLESS: 'the alert stream sent something without end',
  STREAM_SILENT: 'the alert stream fell silent',
  TEMPLATE_INVALID: 'the template has a mistake',
  TESTS_TOO_MANY: 'this device, or too many others, are being tested just now',
  TEST_INVALID: 'the settings to test are not complete',
  TEST_NOT_DEPLOYED: 'a value from the environment is known only once it is deployed',
  UDP_GROUP_INVALID: 'the group is not a multicast address, such as 239.192.0.10',
  UDP_INTERFACE_UNKNOWN: 'this machine has no network with the address of the listener just now',
  UDP_OVERLOAD: 'more datagrams came in than are taken',
  UNDELIVERED: 'no node of the flow confirmed the alarm, however often it was given out',
  XML_DOCTYPE: 'the XML document declares a DOCTYPE, which is refused',
  XML_INVALID: 'the XML document cannot be read',
  XML_TOO_COMPLEX: 'the XML document has too many elements, attributes or levels',
  SCHEDULE_INVALID:
    'the schedule cannot be read: it has to be spans such as 22:00 to 06:00 for the days mon to sun',
  ZONE_UNKNOWN: 'the time zone is none: use one such as Europe/Warsaw, +01:00, or local',
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

/** Whether something that was thrown is this failure. */
export const isCode = (error: unknown, code: AlarmErrorCode): error is AlarmError =>
  error instanceof AlarmError && error.code === code;

/** A code with its words, as flows are told of it. */
export function reasonOf(code: AlarmErrorCode): string {
  return `${code}: ${ERROR_TEXTS[code]}`;
}

/** What went wrong, as an {@link AlarmError}: anything else becomes one with the given code. */
export function asAlarmError(error: unknown, code: AlarmErrorCode): AlarmError {
  return error instanceof AlarmError ? error : new AlarmError(code, undefined, { cause: error });
}
