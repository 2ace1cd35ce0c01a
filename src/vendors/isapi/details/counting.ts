import type { Counting, Draft } from '../../../event.js';
import { child, type Fields, number, put, text } from '../../../wire/fields.js';

/** People counted (isapi.md §7 PeopleCounting), and the children among them, which stand beside. */
export function readCounting(people: Fields, alert: Fields): Counting {
  const counting: Draft<Counting> = {};
  put(counting, 'enter', number(people, 'enter'));
  put(counting, 'exit', number(people, 'exit'));
  const children = child(alert, 'childCounting');
  put(counting, 'childEnter', number(children, 'enter'));
  put(counting, 'childExit', number(children, 'exit'));
  put(counting, 'method', text(people, 'statisticalMethods'));
  const range = child(people, 'TimeRange');
  put(counting, 'from', text(range, 'startTime'));
  put(counting, 'to', text(range, 'endTime'));
  return counting;
}
