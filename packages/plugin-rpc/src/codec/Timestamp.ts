const NANOSECONDS = 1_000_000_000;

/**
 * A point in time to the nanosecond, as Go's time.Time has it; a Date only has
 * milliseconds.
 *
 * @public
 */
export class Timestamp {
  /**
   * @param seconds - whole seconds since 1970, may be negative
   * @param nanoseconds - 0 … 999,999,999, counted forward from `seconds`
   */
  constructor(readonly seconds: number, readonly nanoseconds: number = 0) {
    if (!Number.isSafeInteger(seconds)) {
      throw new RangeError(
        `A timestamp's seconds must be an integer, not ${seconds}`,
      );
    }
    if (
      !Number.isInteger(nanoseconds) ||
      nanoseconds < 0 ||
      nanoseconds >= NANOSECONDS
    ) {
      throw new RangeError(
        `A timestamp's nanoseconds must lie in 0 … 999999999, not ${nanoseconds}`,
      );
    }
  }

  static fromDate(date: Date): Timestamp {
    const milliseconds = date.getTime();
    const seconds = Math.floor(milliseconds / 1000);
    return new Timestamp(seconds, (milliseconds - seconds * 1000) * 1_000_000);
  }

  /** Loses what is finer than a millisecond. */
  toDate(): Date {
    return new Date(
      this.seconds * 1000 + Math.floor(this.nanoseconds / 1_000_000),
    );
  }
}
