const KIB = 1024;
const MIB = 1024 * KIB;

/** Every limit of what we ask a device. Bytes unless the name says otherwise; times in milliseconds. */
export const DEVICE_LIMITS = {
  /** Devices take few connections at a time and answer 403 beyond (defects.md D6). */
  connections: 4,
  /** On one network a connection takes milliseconds; longer means switched off or blocked. */
  connectTimeoutMs: 5_000,
  /** A busy recorder takes seconds for a picture of one of its channels. */
  headersTimeoutMs: 10_000,
  /** Between two pieces of a body: longer than any stall of a Wi-Fi link that still works. */
  bodyTimeoutMs: 10_000,
  /** From the call to its end, with waiting for others and with logging in: an alarm waits for its picture. */
  totalTimeoutMs: 20_000,
  /** Longest head seen from a device is below 1 KiB. */
  headBytes: 16 * KIB,
  /** The largest picture of a device of 12 megapixels, with room. */
  bodyBytes: 8 * MIB,
  /** Of a 401: a `userCheck` document is below 1 KiB. */
  refusalBytes: 16 * KIB,
  /** A 401 whose body is announced and does not come must not keep others from logging in. */
  refusalTimeoutMs: 2_000,
  /** After a wrong login nothing is sent for this long: about five wrong ones lock the account (isapi.md §11.4). */
  pauseMs: 300_000,
  /** After the first refusal: busy devices refuse good logins, so that one fresh try is due. */
  freshTryMs: 500,
  /** However long a device says it is locked. */
  pauseMaxMs: 86_400_000,
  /** Refused logins remembered beyond the life of their client. */
  pauses: 1_000,
  /** A login not used for longer is tried by one request alone: the password may have changed meanwhile. */
  trustMs: 10_000,
} as const;

/** The limits as a type, so that tests can give other numbers. */
export type DeviceLimits = { readonly [name in keyof typeof DEVICE_LIMITS]: number };
