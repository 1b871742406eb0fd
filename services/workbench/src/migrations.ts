import { fileURLToPath } from 'node:url'
import { migrate, type Database } from '@customer-portal/database'

export const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url))

/** Applies the workbench's migrations. Safe to run from several processes at once. */
export async function migrateWorkbench(db: Database): Promise<void> {
  await migrate(db, migrationsFolder, { name: 'workbench' })
}
