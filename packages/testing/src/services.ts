/** What the global setup hands to every integration test file. */
declare module 'vitest' {
  export interface ProvidedContext {
    /** Administrative address: the user may create databases. */
    readonly adminDatabaseUrl: string
    /** A migrated database to clone from. */
    readonly templateDatabase: string
    readonly redisUrl: string
    /** Given by vitest.config.ts, so that this package imports no other: modules that export `connectDatabase` and `migrate`. */
    readonly connectModule: string
    readonly migratorModule: string
    /** `main.ts` of the vendor simulator. */
    readonly simulatorEntry: string
  }
}
export {}
