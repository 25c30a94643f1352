// libsql as Kysely's SQLite dialect wants it: statements are kept, and bytes come as a Buffer.

import type { SqliteDatabase, SqliteStatement } from "kysely";
import Database from "libsql";

/** Texts of statements differ by their number of rows, so that there are some hundreds. */
const maxStatements = 512;

interface Statement {
  readonly reader: boolean;
  all(parameters: readonly unknown[]): Record<string, unknown>[];
  run(parameters: readonly unknown[]): { changes: number; lastInsertRowid: number };
}

export class Libsql implements SqliteDatabase {
  readonly #database: InstanceType<typeof Database>;
  #statements = new Map<string, SqliteStatement>();

  constructor(file: string) {
    this.#database = new Database(file);
  }

  exec(text: string): void {
    this.#database.exec(text);
  }

  prepare(text: string): SqliteStatement {
    const known = this.#statements.get(text);
    if (known !== undefined) return known;
    if (this.#statements.size >= maxStatements) this.#statements.clear();
    const statement = this.#database.prepare(text) as unknown as Statement;
    const prepared: SqliteStatement = {
      reader: statement.reader,
      all: (parameters) => statement.all(parameters).map(withBuffers),
      run: (parameters) => statement.run(parameters),
      iterate: () => {
        throw new Error("the relay streams no rows");
      },
    };
    this.#statements.set(text, prepared);
    return prepared;
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }
}

function withBuffers(row: Record<string, unknown>): Record<string, unknown> {
  for (const [name, value] of Object.entries(row)) {
    if (value instanceof ArrayBuffer) row[name] = Buffer.from(value);
  }
  return row;
}
