import { Globe, Mail, MessageCircle, Phone, Smartphone } from '@lucide/vue'
import type { Conversation } from '../api.ts'

export const channelIcons: Record<Conversation['channel'], typeof Globe> = {
  web: Globe,
  wechat: MessageCircle,
  app: Smartphone,
  email: Mail,
  phone: Phone,
}
export const channels = Object.keys(channelIcons) as Conversation['channel'][]
