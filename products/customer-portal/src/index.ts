export { registerPortalApi, type PortalApiOptions } from './routes.ts'
