import type { Clock } from '../../clock.js';
import { AlarmError } from '../../errors.js';
import { isapiPlayer } from './isapi.js';
import { cast, type Outlet, post, type Sent } from './outlet.js';
import { ownSeconds } from './own-seconds.js';
import type { Act, Play, PlayedVendor, Player } from './play.js';
import { raysharpPlayer } from './raysharp.js';
import { vstarcamPlayer } from './vstarcam.js';

/**
 * The simulated devices that people play alarms with, and what goes on in front of them. One for a process: their
 * counters and clocks go on, so that nothing they send is taken for a repetition.
 */
export class Stage {
  readonly #players: Readonly<Record<PlayedVendor, Player>>;
  /** Alarms that were begun and not ended, by where they were played. */
  readonly #open = new Set<string>();

  /** @param zone of the devices, minutes east of UTC */
  constructor(clock: Clock, zone: number) {
    const own = ownSeconds(clock);
    this.#players = {
      isapi: isapiPlayer(own, zone),
      vstarcam: vstarcamPlayer(own),
      raysharp: raysharpPlayer(own, zone),
    };
  }

  /** Kinds of alarms that a device can be played. */
  kinds(vendor: PlayedVendor): readonly string[] {
    return [...this.#players[vendor].kinds.keys()];
  }

  /**
   * Plays the start of an alarm. One that was begun there before is ended first: else this would be a repeat of it.
   * @throws AlarmError `SIMULATE_KIND_UNKNOWN`, `SIMULATE_UDP`, and as {@link post} and {@link cast}
   */
  async start(play: Play, outlet: Outlet): Promise<Sent> {
    await this.end(play, outlet);
    const sent = await this.#perform(play, 'start', outlet);
    if (this.#players[play.vendor].kinds.get(play.kind) === true) this.#open.add(placeOf(play, outlet));
    return sent;
  }

  /** Plays the end of an alarm, if it was begun and has one. @throws AlarmError as {@link start} */
  async end(play: Play, outlet: Outlet): Promise<void> {
    if (this.#open.delete(placeOf(play, outlet))) await this.#perform(play, 'end', outlet);
  }

  async #perform(play: Play, act: Act, outlet: Outlet): Promise<Sent> {
    const player = this.#players[play.vendor];
    if (!player.kinds.has(play.kind)) throw new AlarmError('SIMULATE_KIND_UNKNOWN');
    if (outlet.transport === 'http') {
      const { target, login } = outlet;
      return post(target, player.request(target, play, act), login);
    }
    if (player.datagram === undefined) throw new AlarmError('SIMULATE_UDP');
    return cast(outlet.target, player.datagram(play, act));
  }
}

function placeOf({ vendor, kind }: Play, { transport, target }: Outlet): string {
  const path = 'path' in target ? target.path : '';
  return JSON.stringify([transport, target.host, target.port, path, vendor, kind]);
}
