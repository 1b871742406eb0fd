import type { Engine } from '@customer-portal/billing'
import type { Assistant, LoginAttempts, Workbench } from '@customer-portal/workbench'

/** What the workbench's routes work with. */
export interface WorkbenchApiOptions {
  /** The engine acting for the vendor. What concerns one customer is asked of it in that customer's name. */
  engine: Engine
  workbench: Workbench
  assistant: Assistant
  /** The meter a suggestion is counted on. */
  meter?: string
  /** Where the portal is: a path on this origin, or an absolute URL on another one. */
  portalUrl?: string
  /** Cookies only over https. */
  secure: boolean
  /** Where failed logins are counted; in memory, of this process alone, when none is given. */
  attempts?: LoginAttempts
}

export type Deps = Required<WorkbenchApiOptions>
