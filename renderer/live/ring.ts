/**
 * The last points of a series, in memory that is taken once: a window that is open for days must not
 * grow. A point is one number for each column; the first column is its time.
 */
export class Ring {
  readonly #values: Float64Array;
  readonly #columns: number;
  readonly #capacity: number;
  #start = 0;
  #length = 0;

  constructor(columns: number, capacity: number) {
    this.#columns = columns;
    this.#capacity = capacity;
    this.#values = new Float64Array(columns * capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** Adds a point; the oldest goes where there is no room. @param point - Borrowed. */
  push(point: ArrayLike<number>): void {
    const place = (this.#start + this.#length) % this.#capacity;
    for (let column = 0; column < this.#columns; column += 1) {
      this.#values[place * this.#columns + column] = point[column] ?? Number.NaN;
    }
    if (this.#length < this.#capacity) this.#length += 1;
    else this.#start = (this.#start + 1) % this.#capacity;
  }

  /** Returns a number of a point; 0 is the oldest. NaN where there is no such point. */
  at(index: number, column: number): number {
    if (index < 0 || index >= this.#length) return Number.NaN;
    const place = (this.#start + index) % this.#capacity;
    return this.#values[place * this.#columns + column] ?? Number.NaN;
  }

  /** Returns the first point at or after a time; `length` where there is none. */
  findFrom(timeMs: number): number {
    let index = this.#length;
    while (index > 0 && this.at(index - 1, 0) >= timeMs) index -= 1;
    return index;
  }
}
