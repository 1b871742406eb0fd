import { sqlState } from './sql-state.ts'
import type { Transaction } from './types.ts'

const rolesForDba = `CREATE ROLE portal NOLOGIN; CREATE ROLE billing NOLOGIN; GRANT portal, billing TO <user of DATABASE_URL>;`

/** The database lacks the roles `portal` and `billing`, and this user may not create them. */
export class RolesMissing extends Error {
  override name = 'RolesMissing'
}

// The lock keeps two starts from granting at the same moment, which PostgreSQL rejects with an error.
const createRoles = `
select pg_advisory_xact_lock(7305810227);
do $$
declare
  wanted text;
begin
  foreach wanted in array array['portal', 'billing'] loop
    if not exists (select from pg_roles where rolname = wanted) then
      begin
        execute format('create role %I nologin', wanted);
      exception when duplicate_object or unique_violation then
        null; -- another process made it in the same moment
      end;
    end if;
    if current_setting('server_version_num')::int >= 160000 then
      if not pg_has_role(current_user, wanted, 'set') then
        execute format('grant %I to current_user with inherit false, set true', wanted);
      end if;
    elsif not pg_has_role(current_user, wanted, 'member') then
      execute format('grant %I to current_user', wanted);
    end if;
  end loop;
end
$$`

/**
 * Creates the roles `portal` and `billing` where they are missing and lets the connected user switch to them.
 * Throws RolesMissing with the SQL for a DBA.
 */
export async function ensureRoles(owner: Transaction): Promise<void> {
  try {
    await owner.query(createRoles)
  } catch (error) {
    if (sqlState(error) !== '42501') throw error
    throw new RolesMissing(
      `The database user may not create the roles this program needs. Let a DBA run: ${rolesForDba}`,
      { cause: error },
    )
  }
  const weak = await owner.query<{ rolname: string }>(
    `select rolname
      from pg_roles
      where rolname in ('portal', 'billing') and (rolsuper or rolbypassrls or rolcanlogin)
      order by 1`,
  )
  if (weak.length > 0) {
    const names = weak.map((role) => role.rolname).join(' and ')
    throw new RolesMissing(
      `The role ${names} can log in or bypass row level security. Let a DBA run: `
        + 'ALTER ROLE … NOSUPERUSER NOBYPASSRLS NOLOGIN',
    )
  }
}
