/** Of what there is, so much more is only for those who hold less than their part of it. */
const RESERVE = 1 / 4;

/**
 * Something that is limited and shared by many, such as places in a queue. One may take all of it; yet who comes then
 * still finds room, as a reserve is parted evenly among those who hold anything.
 */
export class Shares {
  readonly #most: number;
  readonly #held = new Map<string, number>();
  #sum = 0;

  /** @param most of whatever it is; a quarter of it is the reserve, which comes on top */
  constructor(most: number) {
    this.#most = most;
  }

  get sum(): number {
    return this.#sum;
  }

  /** @returns false when there is no room for it: nothing was taken */
  take(owner: string, amount: number): boolean {
    const held = this.#held.get(owner) ?? 0;
    if (this.#sum + amount > this.#most && !this.#inReserve(held, amount)) return false;
    this.add(owner, amount);
    return true;
  }

  /** Takes it, room or not. */
  add(owner: string, amount: number): void {
    this.#held.set(owner, (this.#held.get(owner) ?? 0) + amount);
    this.#sum += amount;
  }

  give(owner: string, amount: number): void {
    const held = (this.#held.get(owner) ?? 0) - amount;
    if (held > 0) this.#held.set(owner, held);
    else this.#held.delete(owner);
    this.#sum -= amount;
  }

  #inReserve(held: number, amount: number): boolean {
    const reserve = this.#most * RESERVE;
    const owners = this.#held.size + (held === 0 ? 1 : 0);
    return held + amount <= reserve / owners && this.#sum + amount <= this.#most + reserve;
  }
}
