import type { Expr } from './expr.js';

/** Parts of dates, times and instants, and what is asked of their place in the calendar. */
export abstract class DateParts<N extends string, T> {
  constructor(protected readonly of: Expr<N, T>) {}

  /**
   * The year.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17:30.250Z') }]).select({ r: col('t').dt.year() }).rows(); // [ { r: 2024 } ]
   */
  year(): Expr<N, 'int64'> {
    return this.of.with('dt.year');
  }
  /**
   * The quarter of the year, from 1.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17:30.250Z') }]).select({ r: col('t').dt.quarter() }).rows(); // [ { r: 1 } ]
   */
  quarter(): Expr<N, 'int64'> {
    return this.of.with('dt.quarter');
  }
  /**
   * The month, from 1.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17:30.250Z') }]).select({ r: col('t').dt.month() }).rows(); // [ { r: 2 } ]
   */
  month(): Expr<N, 'int64'> {
    return this.of.with('dt.month');
  }
  /**
   * The week of the year, as ISO 8601 counts it.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17:30.250Z') }]).select({ r: col('t').dt.week() }).rows(); // [ { r: 9 } ]
   */
  week(): Expr<N, 'int64'> {
    return this.of.with('dt.week');
  }
  /**
   * The day of the month, from 1.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17:30.250Z') }]).select({ r: col('t').dt.day() }).rows(); // [ { r: 29 } ]
   */
  day(): Expr<N, 'int64'> {
    return this.of.with('dt.day');
  }
  /**
   * Monday is 0, Sunday 6.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17:30.250Z') }]).select({ r: col('t').dt.weekday() }).rows(); // [ { r: 3 } ]
   */
  weekday(): Expr<N, 'int64'> {
    return this.of.with('dt.weekday');
  }
  /**
   * The day of the year, from 1.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17:30.250Z') }]).select({ r: col('t').dt.dayOfYear() }).rows(); // [ { r: 60 } ]
   */
  dayOfYear(): Expr<N, 'int64'> {
    return this.of.with('dt.dayOfYear');
  }
  /**
   * The hour of the day; of a `timestamptz` in UTC.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17:30.250Z') }]).select({ r: col('t').dt.hour() }).rows(); // [ { r: 10 } ]
   */
  hour(): Expr<N, 'int64'> {
    return this.of.with('dt.hour');
  }
  /**
   * The minute of the hour.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17:30.250Z') }]).select({ r: col('t').dt.minute() }).rows(); // [ { r: 17 } ]
   */
  minute(): Expr<N, 'int64'> {
    return this.of.with('dt.minute');
  }
  /**
   * The second of the minute.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17:30.250Z') }]).select({ r: col('t').dt.second() }).rows(); // [ { r: 30 } ]
   */
  second(): Expr<N, 'int64'> {
    return this.of.with('dt.second');
  }
  /**
   * Whole milliseconds within the second.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17:30.250Z') }]).select({ r: col('t').dt.millisecond() }).rows(); // [ { r: 250 } ]
   */
  millisecond(): Expr<N, 'int64'> {
    return this.of.with('dt.millisecond');
  }
  /**
   * Microseconds within the second.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17:30.250Z') }]).select({ r: col('t').dt.microsecond() }).rows(); // [ { r: 250000 } ]
   */
  microsecond(): Expr<N, 'int64'> {
    return this.of.with('dt.microsecond');
  }
  /**
   * Whether its year has 366 days.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17:30.250Z') }]).select({ r: col('t').dt.isLeapYear() }).rows(); // [ { r: true } ]
   */
  isLeapYear(): Expr<N, 'bool'> {
    return this.of.with('dt.isLeapYear');
  }
  /**
   * How many days its month has.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17:30.250Z') }]).select({ r: col('t').dt.daysInMonth() }).rows(); // [ { r: 29 } ]
   */
  daysInMonth(): Expr<N, 'int64'> {
    return this.of.with('dt.daysInMonth');
  }
  /**
   * The month's name in English.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17:30.250Z') }]).select({ r: col('t').dt.monthName() }).rows(); // [ { r: 'February' } ]
   */
  monthName(): Expr<N, 'string'> {
    return this.of.with('dt.monthName');
  }
  /**
   * The weekday's name in English.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17:30.250Z') }]).select({ r: col('t').dt.dayName() }).rows(); // [ { r: 'Thursday' } ]
   */
  dayName(): Expr<N, 'string'> {
    return this.of.with('dt.dayName');
  }
  /**
   * Whether it is a first day of a month.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-01') }]).select({ r: col('t').dt.isMonthStart() }).rows(); // [ { r: true } ]
   */
  isMonthStart(): Expr<N, 'bool'> {
    return this.of.with('dt.isMonthStart');
  }
  /**
   * Whether it is a last day of a month.
   *
   * @example
   * await fromRows([{ t: new Date('2024-02-29T10:17Z') }]).select({ r: col('t').dt.isMonthEnd() }).rows(); // [ { r: true } ]
   */
  isMonthEnd(): Expr<N, 'bool'> {
    return this.of.with('dt.isMonthEnd');
  }
  /**
   * Whether it is a first day of a quarter.
   *
   * @example
   * await fromRows([{ t: new Date('2024-04-01') }]).select({ r: col('t').dt.isQuarterStart() }).rows(); // [ { r: true } ]
   */
  isQuarterStart(): Expr<N, 'bool'> {
    return this.of.with('dt.isQuarterStart');
  }
  /**
   * Whether it is a last day of a quarter.
   *
   * @example
   * await fromRows([{ t: new Date('2024-06-30') }]).select({ r: col('t').dt.isQuarterEnd() }).rows(); // [ { r: true } ]
   */
  isQuarterEnd(): Expr<N, 'bool'> {
    return this.of.with('dt.isQuarterEnd');
  }
  /**
   * Whether it is a first of January.
   *
   * @example
   * await fromRows([{ t: new Date('2024-01-01') }]).select({ r: col('t').dt.isYearStart() }).rows(); // [ { r: true } ]
   */
  isYearStart(): Expr<N, 'bool'> {
    return this.of.with('dt.isYearStart');
  }
  /**
   * Whether it is a 31st of December.
   *
   * @example
   * await fromRows([{ t: new Date('2024-12-31') }]).select({ r: col('t').dt.isYearEnd() }).rows(); // [ { r: true } ]
   */
  isYearEnd(): Expr<N, 'bool'> {
    return this.of.with('dt.isYearEnd');
  }
}
