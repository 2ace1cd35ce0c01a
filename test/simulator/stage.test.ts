import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AlarmKind } from '../../src/event.js';
import { LIMITS } from '../../src/limits.js';
import type { Vendor } from '../../src/notification.js';
import type { PushTarget } from '../../src/simulator/http-push.js';
import { isapiPlayer } from '../../src/simulator/stage/isapi.js';
import { ownSeconds } from '../../src/simulator/stage/own-seconds.js';
import type { Act, Play, PlayedVendor, Player } from '../../src/simulator/stage/play.js';
import { raysharpPlayer } from '../../src/simulator/stage/raysharp.js';
import { vstarcamPlayer } from '../../src/simulator/stage/vstarcam.js';
import { isapi } from '../../src/vendors/isapi/index.js';
import { raysharp } from '../../src/vendors/raysharp/index.js';
import { vstarcam } from '../../src/vendors/vstarcam/index.js';
import { BodyReader } from '../../src/wire/body.js';
import { bodyPartOf } from '../../src/wire/body-part.js';
import { ManualClock } from '../support/manual-clock.js';

/** 08:15:05 at the device. */
const NOW = Date.UTC(2026, 10, 22, 7, 15, 5);
const TARGET: PushTarget = { host: '127.0.0.1', port: 8089, path: '/isapi' };
const NAME = 'Gate <A&B>';

const PLAYERS: Readonly<Record<PlayedVendor, readonly [Vendor, (clock: ManualClock) => Player]>> = {
  isapi: [isapi, (clock) => isapiPlayer(clock, 60)],
  vstarcam: [vstarcam, (clock) => vstarcamPlayer(clock)],
  raysharp: [raysharp, (clock) => raysharpPlayer(clock, 60)],
};

/** What the decoder makes of a request, which it reads to its end and finds nothing missing in. */
function decoded(vendor: Vendor, request: Buffer) {
  const end = request.indexOf('\r\n\r\n') + 4;
  const type = /^Content-Type: (.*)\r$/m.exec(request.toString('latin1', 0, end))?.[1];
  const limits = vendor.embedsPictures ? { ...LIMITS, documentBytes: LIMITS.bodyBytes } : LIMITS;
  const reader = new BodyReader(type, limits, vendor.sendsFormData);
  reader.write(request.subarray(end));
  const { parts, truncated, error } = reader.end();
  assert.equal(error, undefined);
  assert.equal(truncated, false);
  const receivedAt = new Date(NOW);
  const notification = {
    transport: 'http-push',
    receivedAt,
    address: '127.0.0.1',
    parts,
    truncated,
  } as const;
  const drafts = vendor.decode(notification, LIMITS);
  assert.equal(drafts.length, 1);
  return drafts[0]!;
}

for (const [id, [vendor, make]] of Object.entries(PLAYERS) as [
  PlayedVendor,
  (typeof PLAYERS)[PlayedVendor],
][]) {
  describe(`what is played of ${id}`, () => {
    const clock = new ManualClock(NOW);
    const player = make(clock);
    const request = (kind: AlarmKind, act: Act = 'start', picture = true) => {
      const play: Play = { vendor: id, kind, picture, name: NAME };
      return player.request(TARGET, play, act);
    };

    for (const [kind, lasts] of player.kinds) {
      it(`${kind}: is read as that, whole, with its time, and ends where it goes on`, () => {
        const { event, attachments, condition } = decoded(vendor, request(kind));
        assert.equal(event.kind, kind);
        assert.equal(event.truncated, undefined);
        assert.equal(event.guessed, undefined);
        assert.equal(event.state, lasts ? 'active' : 'pulse');
        if (id !== 'vstarcam' && kind !== 'heartbeat') {
          assert.equal(event.time, '2026-11-22T08:15:05+01:00');
          assert.equal(event.clockSkew, 0);
          if (kind !== 'disk') assert.equal(event.channelName, NAME);
        }
        for (const { content } of attachments) assert.equal(content[0], 0xff);
        const bare = decoded(vendor, request(kind, 'start', false));
        assert.equal(bare.event.kind, kind);
        assert.deepEqual(bare.attachments, []);
        assert.equal((bare as { awaits?: string }).awaits, undefined);
        if (!lasts) return;
        const end = decoded(vendor, request(kind, 'end'));
        assert.deepEqual([end.event.kind, end.event.state], [kind, 'inactive']);
        assert.equal(end.condition, condition);
        assert.deepEqual(end.attachments, []);
      });
    }
  });
}

it('a plate is told with its number, with and without its picture', () => {
  for (const id of ['isapi', 'raysharp'] as const) {
    const [vendor, make] = PLAYERS[id];
    for (const picture of [true, false]) {
      const play: Play = { vendor: id, kind: 'plate', picture, name: '' };
      const { event } = decoded(vendor, make(new ManualClock(NOW)).request(TARGET, play, 'start'));
      assert.equal(event.plate?.number, 'SIM12E34', `${id} ${picture}`);
      assert.equal(event.channelName, 'Simulated camera');
    }
  }
});

it('what a recorder sends by UDP is read as the same, without pictures', () => {
  const player = raysharpPlayer(new ManualClock(NOW), 60);
  for (const kind of player.kinds.keys()) {
    const bytes = player.datagram!({ vendor: 'raysharp', kind, picture: true, name: '' }, 'start');
    const parts = [bodyPartOf(new Map(), bytes, false)];
    const receivedAt = new Date(NOW);
    const from = { transport: 'udp', receivedAt, address: '127.0.0.1', truncated: false } as const;
    const drafts = raysharp.decode({ ...from, parts }, LIMITS);
    assert.deepEqual(
      drafts.map(({ event, attachments }) => [event.kind, attachments.length]),
      [[kind, 0]],
    );
  }
});

it('the clock of a device that is played never shows the same second twice, and is no later than that', () => {
  const clock = new ManualClock(NOW);
  const own = ownSeconds(clock);
  assert.deepEqual([own.now(), own.now(), own.now()], [NOW, NOW + 1000, NOW + 2000]);
  clock.pass(60_000);
  assert.equal(own.now(), NOW + 60_000);
});
