/**
 * The room that a replica has for outcomes that wait to be stored: so many of one router, and so many of all together,
 * or a thousand routers could each fill what one may. What is refused is told to come back in a second.
 */
import { Problem } from '../routing/problem.js';

export class OutcomeRoom {
  /** That wait, of all routers. */
  private rows = 0;

  /**
   * @param ofOne rows of one router that may wait
   * @param ofAll rows of all routers that may wait
   */
  constructor(
    private readonly ofOne: number,
    private readonly ofAll: number,
  ) {}

  /**
   * Takes room for rows; where none wait there is room for any batch, or a large one would never be taken.
   * @param own rows of the same router that wait already
   * @throws Problem 'overloaded'
   */
  take(rows: number, own: number): void {
    if (own > 0 && own + rows > this.ofOne) throw noRoom(`${own} outcomes of this router`, this.ofOne);
    if (this.rows > 0 && this.rows + rows > this.ofAll)
      throw noRoom(`${this.rows} outcomes of all routers`, this.ofAll);
    this.rows += rows;
  }

  /** Gives room back that was taken. */
  free(rows: number): void {
    this.rows -= rows;
  }
}

const noRoom = (waiting: string, fit: number): Problem =>
  new Problem('overloaded', `${waiting} wait to be stored and ${fit} fit; post these again in a second`, [], 1);
