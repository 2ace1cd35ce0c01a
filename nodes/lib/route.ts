import {
  createIds,
  type DeviceClient,
  DeviceZone,
  type Limits,
  Pairing,
  type PairingMode,
  PictureFetch,
  type Subscriber,
  SYSTEM_CLOCK,
  WithoutHistory,
} from '../../src/index.js';
import { type Raw, readNumber, readText } from './settings.js';

/** What source nodes do to alarms on their way to the flow. A flow saved without these settings gets every event. */
export interface RouteConfig {
  /** `off`, `device` or `time`; missing is `off`. */
  readonly pairing?: Raw;
  /** Seconds. */
  readonly endAfter?: Raw;
  /** `keep` or `drop`; missing is `keep`. */
  readonly history?: Raw;
  readonly fetchPictures?: Raw;
  /** Of devices that do not say it; missing is not known. */
  readonly timezone?: Raw;
}

/** A device that can be asked for pictures. */
export interface PictureSource {
  readonly client: DeviceClient;
  readonly host: string;
}

/** A way for alarms, and how to close it. */
export interface Route {
  readonly entrance: Subscriber;
  close(): void;
}

/**
 * Steps in front of `exit`, in the order in which an alarm takes them: zone, history, start and end, pictures.
 * @throws AlarmError `ZONE_UNKNOWN`
 */
export function route(
  config: RouteConfig,
  exit: Subscriber,
  source: PictureSource | undefined,
  onError: (error: unknown) => void,
  limits: Limits,
): Route {
  const closers: (() => void)[] = [];
  let entrance = exit;
  if (source !== undefined && readText(config.fetchPictures) === 'true') {
    const { client, host } = source;
    const ask = async (path: string, signal: AbortSignal) => (await client.request({ path, signal })).body;
    const fetch = new PictureFetch({ host, ask }, entrance, onError, limits);
    closers.push(() => fetch.stop());
    entrance = fetch;
  }
  const mode = readPairing(config.pairing);
  if (mode !== 'off') {
    const endAfterMs = Math.max(1, readNumber(config.endAfter, 10)) * 1000;
    const pairing = new Pairing({ mode, endAfterMs }, entrance, createIds(), SYSTEM_CLOCK, limits);
    closers.push(() => pairing.stop());
    entrance = pairing;
  }
  if (readText(config.history) === 'drop') entrance = new WithoutHistory(entrance);
  const zone = readText(config.timezone);
  if (zone !== '') entrance = new DeviceZone(zone, entrance);
  return {
    entrance,
    close: () => {
      for (const close of closers) close();
    },
  };
}

function readPairing(value: Raw): PairingMode {
  const mode = readText(value, 'off').toLowerCase();
  return mode === 'device' || mode === 'time' ? mode : 'off';
}
