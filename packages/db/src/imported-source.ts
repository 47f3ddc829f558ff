import type { Database } from './connect.ts'

/** A source of another vendor, whose rows come from files. */
export interface ImportedSource {
  readonly dataSourceId: number
  /** Part of every deterministic id; never changes. */
  readonly key: string
  readonly vendor: string
  readonly defaultCountry: string | null
}

/**
 * The source of this key, made if it is new. `reportingTimeZone` and `defaultCountry` change it if they are given.
 * Undefined if the key belongs to a source of another vendor, or to one that the pipeline loads.
 */
export async function ensureImportedSource(
  db: Database,
  wanted: {
    readonly key: string
    readonly vendor: string
    readonly reportingTimeZone?: string
    readonly defaultCountry?: string
  },
): Promise<ImportedSource | undefined> {
  const { key, vendor } = wanted
  const settings = {
    ...(wanted.reportingTimeZone === undefined ? {} : { reporting_time_zone: wanted.reportingTimeZone }),
    ...(wanted.defaultCountry === undefined ? {} : { default_country: wanted.defaultCountry }),
  }
  return db.transaction().execute(async (tx) => {
    await tx
      .insertInto('etl.data_source')
      .values({
        data_source_key: key,
        vendor,
        display_name: key,
        source_org_id: key,
        load_from: new Date(0),
        ...settings,
      })
      .onConflict((conflict) => conflict.column('data_source_key').doNothing())
      .execute()
    const row = await tx
      .selectFrom('etl.data_source')
      .selectAll()
      .where('data_source_key', '=', key)
      .executeTakeFirstOrThrow()
    if (row.vendor !== vendor) return undefined
    if (Object.keys(settings).length > 0) {
      await tx.updateTable('etl.data_source').set(settings).where('data_source_key', '=', key).execute()
    }
    return {
      dataSourceId: row.data_source_id,
      key,
      vendor,
      defaultCountry: wanted.defaultCountry ?? row.default_country,
    }
  })
}

/** Sources whose rows come from files, by key; the pipeline asks nobody about them. */
export async function listImportedSources(db: Database): Promise<Pick<ImportedSource, 'key' | 'vendor'>[]> {
  return db
    .selectFrom('etl.data_source')
    .select(['data_source_key as key', 'vendor'])
    .where('credential_id', 'is', null)
    .orderBy('data_source_key')
    .execute()
}
