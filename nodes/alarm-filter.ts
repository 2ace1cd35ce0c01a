import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import {
  AlarmError,
  AlarmFilter,
  asAlarmError,
  createIds,
  type FilterExits,
  FilterMemory,
  filterRules,
  SYSTEM_CLOCK,
} from '../src/index.js';
import { confirm } from './lib/confirmations.js';
import { nodeRedLanguage } from './lib/emitter.js';
import { type FilterConfig, readArmed, readFilter } from './lib/filter-settings.js';
import { FilterStore } from './lib/filter-store.js';
import { limitsOf } from './lib/limits.js';
import { readAlarm } from './lib/read-alarm.js';
import { seenValues } from './lib/seen-values.js';
import { readText } from './lib/settings.js';
import { alarmMessage } from './lib/to-msg.js';

type Definition = NodeDef & FilterConfig;

/** Wires can change while the node goes on. */
type Wired = Node & { readonly wires?: readonly (readonly string[])[] };

/** By node id: the node that comes in the place of one goes on with what that one knew. */
const MEMORIES = new Map<string, FilterMemory<NodeMessage>>();

export default function register(RED: NodeAPI): void {
  function AlarmFilterNode(this: Wired, config: Definition): void {
    RED.nodes.createNode(this, config);
    const { limits } = limitsOf(RED);
    const exits: FilterExits<NodeMessage> = {
      pass: (message) => this.send([message, null]),
      suppress: (message, reason) => {
        // What nobody is told of is dealt with: a listener that waits for it would send it again.
        if ((this.wires?.[1] ?? []).length === 0) confirm(message);
        this.send([null, Object.assign(message, { suppressed: { reason, count: filter?.suppressed ?? 0 } })]);
      },
      summarise: (event, attachments) => {
        this.send([alarmMessage({ event, attachments }), null]);
        show();
      },
    };
    let filter: AlarmFilter<NodeMessage> | undefined;
    let problem: AlarmError | undefined;
    const store = new FilterStore<NodeMessage>(this, limits, SYSTEM_CLOCK);

    const show = () => {
      if (filter === undefined) return;
      const { armed, isOpen, passed, suppressed } = filter;
      const key = problem !== undefined ? 'invalid' : armed ? (isOpen ? 'counts' : 'outside') : 'disarmed';
      const fill = problem !== undefined ? 'red' : armed ? (isOpen ? 'green' : 'yellow') : 'grey';
      const text = RED._(`@camera-alarms/node-red-camera-alarms/alarm-filter:status.${key}`, {
        passed,
        suppressed,
      });
      this.status({ fill, shape: fill === 'green' ? 'dot' : 'ring', text });
    };

    const onError = (error: unknown) => this.error(error as Error, {});
    const begin = (memory: FilterMemory<NodeMessage>) => {
      const options = {
        clock: SYSTEM_CLOCK,
        limits,
        newId: createIds(),
        language: nodeRedLanguage(RED),
        onError,
      };
      const settings = readFilter(config);
      try {
        filter = new AlarmFilter(filterRules(settings), exits, memory, options);
      } catch (error) {
        // Rather an alarm too many than none.
        problem = asAlarmError(error, 'INTERNAL');
        filter = new AlarmFilter(
          filterRules({ ...settings, schedule: '', zone: '' }),
          exits,
          memory,
          options,
        );
        this.error(problem, {});
      }
      MEMORIES.set(this.id, memory);
      show();
    };

    /** @throws AlarmError `NOT_AN_ALARM` */
    const take = (message: NodeMessage, send: (message: NodeMessage) => void) => {
      const armed = readArmed(message);
      const item = armed === undefined ? readAlarm(message) : undefined;
      if (armed !== undefined) filter?.arm(armed);
      else if (item !== undefined) filter?.take(item);
      else if (readText(config.others, 'pass') === 'refuse') throw new AlarmError('NOT_AN_ALARM');
      else send(message);
      if (armed !== undefined || item !== undefined) {
        store.changed(MEMORIES.get(this.id));
        show();
      }
    };

    const left = MEMORIES.get(this.id);
    if (left === undefined)
      store.read((kept) => begin(new FilterMemory(limits, readText(config.armed, 'true') === 'true', kept)));
    // Not before all nodes of the flow are there: Catch and Status nodes would miss it.
    else store.soon(() => begin(left));

    this.on('input', (message, send, done) => {
      store.ready(() => {
        try {
          take(message, send);
          done();
        } catch (error) {
          done(asAlarmError(error, 'INTERNAL'));
        }
      });
    });

    this.on('close', (removed: boolean, done: () => void) => {
      filter?.stop();
      if (removed) MEMORIES.delete(this.id);
      store.close(removed ? undefined : MEMORIES.get(this.id), done);
    });
  }

  RED.nodes.registerType('alarm-filter', AlarmFilterNode);

  /** For the dialog: what alarms have lately named. */
  RED.httpAdmin.get(
    '/camera-alarms/alarm-filter/seen',
    RED.auth.needsPermission('alarm-filter.read'),
    (_, response) => {
      response.json(seenValues(limitsOf(RED).limits).all());
    },
  );
}
