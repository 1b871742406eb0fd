export type {
  EmbedSession,
  Height,
  HostMethods,
  Locale,
  PortalMessage,
  PortalMethods,
  Theme,
} from './contract.ts'
export { PortalError, type PortalErrorCode } from './errors.ts'
export { mountPortal, type PortalHandle } from './mount.ts'
export type { PortalOptions } from './options.ts'
