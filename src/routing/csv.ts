/**
 * Comma-separated values as in RFC 4180, taken in pieces: quoted cells may hold commas, line breaks and doubled
 * quotes; lines end in LF or CRLF; a byte order mark and empty lines are skipped. Memory is one record, however long the file.
 */
export interface CsvRecord {
  /** Line on which the record begins, counted from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

export class CsvError extends Error {
  override readonly name = 'CsvError';
  constructor(
    readonly line: number,
    readonly detail: string,
  ) {
    super(`line ${line}: ${detail}`);
  }
}

type Place = 'start of cell' | 'in cell' | 'in quotes' | 'after quote';

export class CsvParser {
  private place: Place = 'start of cell';
  private cell = '';
  private cells: string[] = [];
  private line = 1;
  private recordLine = 1;
  private records: CsvRecord[] = [];
  private first = true;

  /** @returns the records that end in this piece of text */
  push(text: string): CsvRecord[] {
    for (let i = this.skipByteOrderMark(text); i < text.length; i++) this.take(text[i]!);
    return this.taken();
  }

  /**
   * @returns the last record, when the file doesn't end in a line break
   * @throws CsvError when a quoted cell is not closed
   */
  end(): CsvRecord[] {
    if (this.place === 'in quotes')
      throw new CsvError(
        this.recordLine,
        'a cell opens with a quote that is never closed; close it, or double it if it is meant',
      );
    this.endRecord();
    return this.taken();
  }

  private skipByteOrderMark(text: string): number {
    if (!this.first || text === '') return 0;
    this.first = false;
    return text.charCodeAt(0) === 0xfeff ? 1 : 0;
  }

  private taken(): CsvRecord[] {
    const records = this.records;
    this.records = [];
    return records;
  }

  private take(c: string): void {
    if (this.place === 'in quotes') return this.takeQuoted(c);
    if (c === ',') return this.endCell();
    if (c === '\n') return this.endRecord();
    if (c === '\r') return;
    if (c === '"') return this.takeQuote();
    if (this.place === 'after quote')
      throw new CsvError(this.line, `expected a comma or the end of the line after a closing quote, got "${c}"`);
    this.place = 'in cell';
    this.cell += c;
  }

  private takeQuoted(c: string): void {
    if (c === '"') {
      this.place = 'after quote';
      return;
    }
    if (c === '\n') this.line++;
    this.cell += c;
  }

  private takeQuote(): void {
    if (this.place === 'in cell')
      throw new CsvError(this.line, 'a quote inside a cell: put the whole cell in quotes and double this one');
    if (this.place === 'after quote') this.cell += '"';
    this.place = 'in quotes';
  }

  private endCell(): void {
    this.cells.push(this.cell);
    this.cell = '';
    this.place = 'start of cell';
  }

  private endRecord(): void {
    const empty = this.cells.length === 0 && this.cell === '' && this.place === 'start of cell';
    if (!empty) {
      this.endCell();
      this.records.push({ line: this.recordLine, cells: this.cells });
    }
    this.cells = [];
    this.line++;
    this.recordLine = this.line;
  }
}

/** All records of a text. @throws CsvError */
export function parseCsv(text: string): CsvRecord[] {
  const parser = new CsvParser();
  const records = parser.push(text);
  return [...records, ...parser.end()];
}
