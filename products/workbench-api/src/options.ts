import type { Engine } from '@customer-portal/billing'
import type { Assistant, LoginAttempts, Workbench } from '@customer-portal/workbench'

/** The options of the workbench's routes. */
export interface WorkbenchApiOptions {
  /** The engine acting for the vendor. Handlers narrow it to the agent's customer. */
  engine: Engine
  workbench: Workbench
  assistant: Assistant
  /** The meter that counts suggestions. */
  meter?: string
  /** The portal's address: a path on this origin, or an absolute URL on another one. */
  portalUrl?: string
  /** Send cookies over https only. */
  secure: boolean
  /** Counter of failed logins; by default in the memory of this process alone. */
  attempts?: LoginAttempts
}

export type Deps = Required<WorkbenchApiOptions>
