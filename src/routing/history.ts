import type { Alarm } from '../event.js';
import { Stage } from './stage.js';

/** Leaves out what a device sends from its memory: some send their whole log at every connect (isapi.md §1.10). */
export class WithoutHistory extends Stage {
  alarm(alarm: Alarm): void {
    if (alarm.event.history === true) alarm.receipt?.settle();
    else this.next.alarm(alarm);
  }
}
